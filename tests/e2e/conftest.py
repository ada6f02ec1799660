"""The real app in its own process, and a real Chromium that visits it."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

PROJECT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 600  # the first start embeds the whole catalogue
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
expect.set_options(timeout=20_000)  # a ranking takes 50 ms, but two cores serve the browser, too
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def app_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("app") / "app.log"


@pytest.fixture(scope="session")
def app_url(app_log: Path) -> Iterator[str]:
    """Address of the app, started as a visitor's machine would: `python app.py`; or E2E_URL, if one runs."""
    if running := os.environ.get("E2E_URL"):
        yield running
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "PYTHONUNBUFFERED": "1"}
    with app_log.open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=PROJECT, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_served(url, process, app_log)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def _wait_until_served(url: str, process: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the app stopped at its start:\n{log.read_text()}")
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.5)
    pytest.fail(f"the app did not answer within {SECONDS_TO_START} s:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if path is None:
        pytest.fail("There is no Chromium. `make test` installs it from the system's packages.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, app_url: str) -> Iterator[Page]:
    """A fresh visitor on a wide screen, who sees the first example; errors of the page fail the test."""
    with _visitor(browser, app_url, 30_000) as page:
        yield page


@pytest.fixture(scope="module")
def visit(browser: Browser, app_url: str) -> Iterator[Page]:
    """One such visitor, who goes through the tests of a module one after the other."""
    with _visitor(browser, app_url, 60_000, reduced_motion="reduce") as page:
        yield page


@contextmanager
def _visitor(browser: Browser, app_url: str, timeout_ms: int, **how: str) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1440, "height": 900}, **how) as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.set_default_timeout(timeout_ms)
        open_app(page, app_url)
        yield page
        assert errors == []


def drawer_button(page: Page, name: str) -> Locator:
    """The button that opens and closes a drawer; its accessible name ends with an arrow."""
    return page.locator(".drawer > button").filter(has=page.get_by_text(name, exact=True))


def open_drawer(page: Page, name: str) -> None:
    """Open a drawer under the columns, as a person does."""
    drawer_button(page, name).click()


def open_app(page: Page, url: str) -> None:
    """Go to the app and wait until the first example is on the screen."""
    page.goto(url)
    page.locator("#ranking tbody tr").first.wait_for(timeout=SECONDS_TO_START * 1000)  # the models may load
    page.wait_for_function("!document.querySelector('#write').disabled")
