"""Two apps that share one cache start together and serve; SIGTERM lets what is in hand finish."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

pytestmark = pytest.mark.e2e
PROJECT = Path(__file__).resolve().parents[2]
PATIENCE = 600  # seconds; the first start embeds the whole catalogue
IN_HAND = {"PROCESSING", "ITERATING", "FINISHED"}
HISTORY = "\n".join(
    f"{title} | {4 + n % 2}" for n, title in enumerate(["Alien (1979)", "Moon", "Heat", "Ronin"])
)


@contextmanager
def app(log: Path) -> Iterator[tuple[str, subprocess.Popen]]:
    """`python app.py` on a port of its own; killed at the end if it has not stopped."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "PYTHONUNBUFFERED": "1"}
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=PROJECT, env=environment, stdout=written, stderr=subprocess.STDOUT
        )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def wait_until(condition, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.2)


def ready(log: Path) -> bool:
    return "\nready\n" in log.read_text()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
def test_two_apps_start_together_serve_and_stop_cleanly(tmp_path):
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    with ExitStack() as stack:
        apps = [stack.enter_context(app(log)) for log in logs]
        for log in logs:
            wait_until(lambda log=log: ready(log), log.read_text())
        clients = [Client(url, verbose=False) for url, _ in apps]
        jobs = [client.submit(HISTORY, api_name="/profile") for client in clients]
        for job in jobs:
            wait_until(lambda job=job: job.status().code.name in IN_HAND, "the call never arrived")
        for _, process in apps:
            process.send_signal(signal.SIGTERM)
        texts = [job.result(timeout=60)["profile"] for job in jobs]
        assert texts[0] == texts[1]  # the same models, whoever prepared them
        for (url, process), log in zip(apps, logs, strict=True):
            assert process.wait(40) == 0
            assert log.read_text().rstrip().endswith("stopped")
            assert "Traceback" not in log.read_text()
            with pytest.raises((httpx.HTTPError, urllib.error.URLError, ConnectionError)):
                urllib.request.urlopen(url, timeout=2)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
def test_it_stops_while_the_models_are_loading(tmp_path):
    log = tmp_path / "app.log"
    with app(log) as (_, process):
        wait_until(lambda: "Running on" in log.read_text(), log.read_text())
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
        assert "Traceback" not in log.read_text()
