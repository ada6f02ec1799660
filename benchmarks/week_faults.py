"""What goes wrong while the app serves: each fault is done to its process, and says what it did."""

import resource
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpx

from benchmarks.load import PROJECT
from benchmarks.week_app import ENDED
from tests.hub.conftest import environment, write_manifest
from tests.hub.loopback import Hub

FULL_SECONDS = 10.0
CLOCK = Path(__file__).with_name("week_clock.c")
PUBLISHED = "alice/shipped"
CUTS = 4  # answers of the Hub that break off: more than the app asks again at once, so that it waits a minute
TRIES = 60  # to meet a worker at work


@dataclass(frozen=True)
class Target:
    """The app as faults reach it."""

    url: str
    process: subprocess.Popen
    cache: Path
    log: Path


def delete_the_cache(app: Target) -> str:
    """The folder with all that can be computed again is gone."""
    count = sum(1 for path in app.cache.rglob("*") if path.is_file())
    shutil.rmtree(app.cache, ignore_errors=True)  # it may be written to meanwhile
    return f"{count} files deleted"


def fill_the_disk(app: Target) -> str:
    """The kernel refuses every write to a file for a while, as on a full disk (EFBIG instead of ENOSPC)."""
    before = resource.prlimit(app.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(app.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    time.sleep(FULL_SECONDS)
    resource.prlimit(app.process.pid, resource.RLIMIT_FSIZE, before)
    return f"no file could grow for {FULL_SECONDS:g} s"


def set_the_clock_back(app: Target) -> str:
    """The time of day is an hour earlier; the app's own answers say by how much."""
    before = _time_of(app)
    app.process.send_signal(signal.SIGUSR1)
    time.sleep(2)
    return f"{(before - _time_of(app)) / 60:.0f} minutes earlier, by the dates of its answers"


def _time_of(app: Target) -> float:
    return parsedate_to_datetime(httpx.get(f"{app.url}/theme.css", timeout=60).headers["date"]).timestamp()


def end_a_worker(app: Target) -> str:
    """A thread that is at work for a visitor ends where it is."""
    before = app.log.read_text().count(ENDED)
    for _ in range(TRIES):
        app.process.send_signal(signal.SIGUSR2)
        time.sleep(0.5)
        if app.log.read_text().count(ENDED) > before:
            return "one ended"
    return "none was ever at work"


PLAN: tuple[tuple[float, Callable[[Target], str]], ...] = (
    (0.2, delete_the_cache),
    (0.35, fill_the_disk),
    (0.5, set_the_clock_back),
    (0.65, end_a_worker),
    (0.75, end_a_worker),
    (0.85, end_a_worker),
)  # (share of the time, what goes wrong then)


@dataclass
class Faults:
    """What is planned, and what was done: (minute, what, outcome)."""

    app: Target
    seconds: float
    done: list[tuple[float, str, str]] = field(default_factory=list)

    def start(self) -> None:
        """Do it all beside the visitors."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        began = time.monotonic()
        for share, fault in PLAN:
            time.sleep(max(0.0, began + share * self.seconds - time.monotonic()))
            try:
                outcome = fault(self.app)
            except Exception as error:  # noqa: BLE001 (a fault that fails is told, the others still happen)
                outcome = f"failed: {type(error).__name__} {error}"
            self.done.append(((time.monotonic() - began) / 60, fault.__name__.replace("_", " "), outcome))
            print(f"{self.done[-1][0]:.1f} min: {self.done[-1][1]}: {outcome}", flush=True)


@contextmanager
def hub_that_breaks_off(folder: Path) -> Iterator[dict[str, str]]:
    """A Hub with the shipped profiler, whose first answers break off -> an environment that knows it."""
    shutil.copytree(
        PROJECT / "assets" / "profiler", folder / "published", ignore=shutil.ignore_patterns("*-stage")
    )
    write_manifest(folder / "published", name="shipped")
    hub = Hub()
    hub.put(
        f"models/{PUBLISHED}",
        {path.name: path.read_bytes() for path in (folder / "published").iterdir() if path.is_file()},
    )
    hub.fail("GET", r"^/api/", times=CUTS, cut_at=40)
    hub.fail("GET", r"^/cdn/", cut_at=100_000)
    try:
        yield environment(hub.url, folder / "hub")
    finally:
        hub.close()


@contextmanager
def clock_that_can_go_back(folder: Path) -> Iterator[dict[str, str]]:
    """The library before the C library's clock; without a compiler there is none, which is said."""
    built = folder / "clock.so"
    if shutil.which("cc") is None:
        print("there is no C compiler: the clock stays as it is", flush=True)
        yield {}
        return
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(built), str(CLOCK), "-ldl"], check=True)
    yield {"LD_PRELOAD": str(built)}
