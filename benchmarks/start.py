"""How long a start takes: until the page is served, and until the models behind it are ready.

python -m benchmarks.start              # three starts of `python app.py`; the first one ever fills the cache
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from training.runs import parser_of

STARTS = 3
GIVE_UP_SECONDS = 900  # the first start ever fetches the models and embeds the catalogue


def start_once() -> tuple[float, float]:
    """Start the app and stop it again -> seconds until (the page is served, the app says it is ready)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {"PORT": str(port), "PYTHONUNBUFFERED": "1"}
    began = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "app.py"], env=environment, stdout=subprocess.PIPE, text=True
    ) as app:
        try:
            _wait_for_page(f"http://127.0.0.1:{port}", app, began)
            page = time.monotonic() - began
            if not any(line.startswith("ready") for line in app.stdout):
                raise SystemExit("The app stopped before its models were ready; its own message is above.")
            return page, time.monotonic() - began
        finally:
            app.terminate()


def _wait_for_page(url: str, app: subprocess.Popen, began: float) -> None:
    while time.monotonic() - began < GIVE_UP_SECONDS and app.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise SystemExit("The app did not answer; its own message is above.")


def main() -> None:
    """Print every start as a row of a Markdown table."""
    parser_of(__doc__).parse_args()
    print("| start | page served, s | models ready, s |\n|---|---|---|")
    for number in range(1, STARTS + 1):
        page, ready = start_once()
        print(f"| {number} | {page:.1f} | {ready:.1f} |", flush=True)


if __name__ == "__main__":
    main()
