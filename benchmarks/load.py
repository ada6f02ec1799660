"""The real app under visitors: errors, leaks between them, how long an edit takes, how much memory.

python -m benchmarks.load                                    # 1, 10, 50 visitors for 10 minutes each
python -m benchmarks.load --visitors 10 --seconds 60 --browsers 1
python -m benchmarks.load --visitors 10 --greedy             # one more, who never waits between two calls

Starts `python app.py` and visits it over HTTP: gradio_client sessions, and browsers that type. Between two
actions a visitor thinks, 6 s on average (exponentially distributed). Actions are drawn with the weights of
ACTIONS; each visitor's history and profile hold a word of their own: an answer with another's is a leak.
Wanted at 50 visitors on 2 cores: no error, no leak, p95 of edit -> ranking <= 500 ms, memory flat after 60 s.
"""

import argparse
import json
import os
import random
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from gradio_client import Client
from gradio_client.exceptions import AppError

from benchmarks.load_browser import type_edits

PROJECT = Path(__file__).resolve().parents[1]
ACTIONS = {
    "edit": 60,
    "filter": 12,
    "parse": 10,
    "profile": 4,
    "score": 4,
    "ask": 3,
    "cancel": 2,
    "reload": 5,
}
THINK_SECONDS = 6.0
ARRIVAL_SECONDS = 0.5  # between two visitors: they do not all arrive at once
SAMPLE_SECONDS = 2.0  # between two looks at the app's memory
START_SECONDS = 600  # the first start embeds the whole catalogue
TITLES = ("Alien (1979)", "Heat", "Moon (2009)", "Ronin", "Grease", "Dune", "Amélie", "Fargo", "Up", "Jaws")
TASTES = ("Lonely space films", "Heist films with a code", "Musicals with heart", "Bleak crime in the snow",
          "Animated films about growing up", "Monsters from the deep", "Slow romances abroad")  # fmt: skip
# Else the client reads the system's certificates at every call: more processor time than an edit takes.
TLS = ssl.create_default_context()
_MARK = re.compile(r"mark[0-9a-f]{10}")


@dataclass
class Seen:
    """What happened to all visitors; shared between their threads."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter = field(default_factory=Counter)
    busy: Counter = field(default_factory=Counter)  # polite refusals
    leaks: int = 0
    memory: list[tuple[float, float]] = field(default_factory=list)  # (s since the start, MB)

    def percentile(self, action: str, share: float) -> float:
        """In milliseconds; NaN where the action never happened."""
        taken = sorted(self.seconds[action])
        return 1_000 * taken[round(share * (len(taken) - 1))] if taken else float("nan")

    def swing(self, after: float) -> float:
        """Half the range of the memory after so many seconds, as a share of its middle."""
        late = [megabytes for at, megabytes in self.memory if at >= after]
        return (max(late) - min(late)) / (max(late) + min(late)) if late else float("nan")


class Visitor(threading.Thread):
    """One session that acts and thinks until the time is over."""

    actions = ACTIONS

    def __init__(self, url: str, seen: Seen, until: float, seed: int, think: float = THINK_SECONDS) -> None:
        super().__init__(daemon=True)
        self._url, self._seen, self._until, self._think = url, seen, until, think
        self._random = random.Random(seed)
        self._mark = f"mark{self._random.getrandbits(40):010x}"
        rows = self._random.sample(TITLES, 6)
        self._history = "\n".join(
            [f"{title} | {self._random.randint(1, 5)}" for title in rows] + [self._mark]
        )

    def run(self) -> None:
        """Arrive, then act."""
        client = self._arrive()
        while client and time.monotonic() < self._until:
            action = self._random.choices(list(self.actions), list(self.actions.values()))[0]
            if action == "reload":
                client.close()  # as a browser does: its old session is over
                client = self._arrive()
                continue
            self._act(client, action)
            time.sleep(min(self._random.expovariate(1 / self._think), 60) if self._think else 0)

    def _arrive(self) -> Client | None:
        start = time.monotonic()
        try:
            client = Client(self._url, ssl_verify=TLS, verbose=False, analytics_enabled=False)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is counted)
            self._seen.errors[f"arrive: {type(error).__name__}"] += 1
            return None
        self._seen.seconds["reload"].append(time.monotonic() - start)
        return client

    def _act(self, client: Client, action: str) -> None:
        start = time.monotonic()
        try:
            answer = getattr(self, f"_{action}")(client)
        except Exception as error:  # noqa: BLE001 (whatever it is, it is counted)
            kind = self._seen.busy if _is_polite(error) else self._seen.errors
            kind[f"{action}: {type(error).__name__} {str(error)[:80]}"] += 1
            return
        self._seen.seconds[action].append(time.monotonic() - start)
        if foreign(json.dumps(answer), self._mark):
            self._seen.leaks += 1

    def _profile_text(self) -> str:
        """An edited profile; its last word is new, so that nothing of it is remembered."""
        tastes = self._random.sample(TASTES, 2)
        return f"{tastes[0]}.\n{tastes[1]} and {self._mark} {self._random.randrange(10_000)}."

    def _edit(self, client: Client) -> object:
        return client.predict(self._profile_text(), self._history, "facets", "all", 20, api_name="/rank")

    def _filter(self, client: Client) -> object:
        return client.predict(f"{TASTES[0]}.\n{self._mark}.", "", "single", "movie", 20, api_name="/rank")

    def _parse(self, client: Client) -> object:
        return client.predict(self._history, api_name="/parse")

    def _profile(self, client: Client) -> object:
        return client.predict(self._history, api_name="/profile")

    def _score(self, client: Client) -> object:
        text = self._profile_text()
        return client.predict(self._history, "Blade Runner", text, "facets", False, 0, api_name="/score")

    def _ask(self, client: Client) -> object:
        text = self._profile_text()
        return client.predict("Would I like Dune?", self._history, text, "profile", "all", api_name="/ask")

    def _cancel(self, client: Client) -> object:
        job = client.submit(self._history, api_name="/profile")
        time.sleep(0.3)
        job.cancel()
        return None


def foreign(text: str, mark: str) -> set[str]:
    """The words of other visitors in what one was shown."""
    return set(_MARK.findall(text)) - {mark}


def _is_polite(error: Exception) -> bool:
    if isinstance(error, httpx.HTTPStatusError):
        return error.response.status_code in (429, 503)
    return isinstance(error, AppError) and "try again" in str(error).casefold()


@contextmanager
def app(
    log: Path, command: Sequence[str] = ("app.py",), **environment: str
) -> Iterator[tuple[str, subprocess.Popen]]:
    """The real app, loaded; SIGTERM at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | environment | {"PORT": str(port), "PYTHONUNBUFFERED": "1"}
    with log.open("w") as written:
        process = subprocess.Popen(
            [sys.executable, *command], cwd=PROJECT, env=environment, stdout=written, stderr=subprocess.STDOUT
        )
    try:
        deadline = time.monotonic() + START_SECONDS
        while "\nready\n" not in log.read_text():
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"error: the app did not start:\n{log.read_text()}")
            time.sleep(0.5)
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.kill()
        process.wait()


def visit(
    url: str, process: subprocess.Popen, arguments: argparse.Namespace, visitors: int,
    seen: Seen | None = None, kind: type[Visitor] = Visitor, tab: Callable = type_edits,
) -> Seen:  # fmt: skip
    """So many visitors of a kind, and browser tabs beside them, for so long."""
    seen, start = seen or Seen(), time.monotonic()
    until = start + arguments.seconds
    threads: list[threading.Thread] = [
        kind(url, seen, until, arguments.seed + number) for number in range(visitors)
    ]
    if arguments.greedy:
        threads.append(Visitor(url, Seen(), until, arguments.seed - 1, think=0.0))
    threads += [
        threading.Thread(target=tab, args=(url, seen, until), daemon=True) for _ in range(arguments.browsers)
    ]
    for thread in threads:
        thread.start()
        time.sleep(ARRIVAL_SECONDS)
    while any(thread.is_alive() for thread in threads):
        seen.memory.append((time.monotonic() - start, _resident_megabytes(process.pid)))
        if time.monotonic() > until + 120:
            seen.errors["a visitor is still waiting after two minutes"] += 1
            break
        time.sleep(SAMPLE_SECONDS)
    return seen


def _resident_megabytes(pid: int) -> float:
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return int(listed.stdout) / 1_000


def told(visitors: int, seen: Seen) -> str:
    """A run as a table."""
    lines = [f"{visitors} visitors{'':<18}{'n':>7}{'p50 ms':>9}{'p95 ms':>9}"]
    for action in sorted(seen.seconds):
        lines.append(
            f"  {action:<27}{len(seen.seconds[action]):>7}{seen.percentile(action, 0.5):>9,.0f}"
            f"{seen.percentile(action, 0.95):>9,.0f}"
        )
    peak = max((megabytes for _, megabytes in seen.memory), default=float("nan"))
    lines += [
        f"  errors {seen.errors.total()}, leaks {seen.leaks}, told to try again {seen.busy.total()}",
        f"  memory {peak:,.0f} MB at most, after the first minute ± {seen.swing(60):.1%}",
        *(f"  ! {what} ({count})" for what, count in (seen.errors + seen.busy).most_common(10)),
    ]
    return "\n".join(lines)


def record(visitors: int, seen: Seen) -> dict:
    """A run as JSON."""
    return {
        "visitors": visitors,
        "actions": {
            action: {
                "n": len(taken),
                "p50_ms": round(seen.percentile(action, 0.5), 1),
                "p95_ms": round(seen.percentile(action, 0.95), 1),
            }
            for action, taken in sorted(seen.seconds.items())
        },
        "errors": dict(seen.errors),
        "busy": dict(seen.busy),
        "leaks": seen.leaks,
        "memory_mb": [round(megabytes) for _, megabytes in seen.memory],
        "memory_swing_after_60_s": seen.swing(60),
    }


def main() -> None:
    """Run every number of visitors against one app, then stop it as a system would."""
    arguments = _parser().parse_args()
    log = arguments.log
    runs = []
    with app(log) as (url, process):
        for visitors in arguments.visitors:
            seen = visit(url, process, arguments, visitors)
            runs.append(record(visitors, seen))
            print(told(visitors, seen), flush=True)
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        status = process.wait(60)
        stop = {"status": status, "seconds": round(time.monotonic() - start, 1)}
        print(f"stopped with status {status} after {stop['seconds']} s")
    if arguments.out:
        arguments.out.write_text(json.dumps({"runs": runs, "stop": stop}, indent=1) + "\n", encoding="utf-8")
    if any(run["errors"] or run["leaks"] for run in runs) or status:
        raise SystemExit(1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--visitors", type=int, nargs="+", default=[1, 10, 50], metavar="N")
    parser.add_argument("--seconds", type=float, default=600.0, help="of each number of visitors")
    parser.add_argument(
        "--browsers", type=int, default=2, help="Chromium tabs that type, beside the visitors"
    )
    parser.add_argument("--greedy", action="store_true", help="one more visitor, who never waits")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, help="the figures as JSON")
    parser.add_argument("--log", type=Path, default=Path("load-app.log"), help="what the app prints")
    return parser


if __name__ == "__main__":
    main()
