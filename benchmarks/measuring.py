"""Alternatives timed side by side, and what is said of them.

Alternatives are interleaved (a, b, a, b ...), so that whatever else runs on the machine slows all of them,
and a ratio is taken within each round. Beside the time on the clock every round has the processor time of the
process and its children: on a busy machine the clock says how busy it is, the processor time what work costs.
"""

import os
import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Timing:
    """One alternative over its rounds, in seconds."""

    wall: tuple[float, ...]
    cpu: tuple[float, ...]

    @property
    def median(self) -> float:
        """Of the time on the clock."""
        return statistics.median(self.wall)

    @property
    def cpu_median(self) -> float:
        """Of the processor time."""
        return statistics.median(self.cpu)


@dataclass(frozen=True)
class Spread:
    """A median with the least and the largest value."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Of at least one value."""
        return cls(statistics.median(values), min(values), max(values))

    def __str__(self) -> str:
        if self.low == self.high:
            return f"{self.median:.2f}"
        return f"{self.median:.2f} ({self.low:.2f}-{self.high:.2f})"


@dataclass(frozen=True)
class Line:
    """One quantity of a path: ours, the alternative's, their ratio (above 1: ours is better), the goal."""

    what: str
    ours: str
    beside: str = ""  # "transformers: 2.3 s"
    ratio: Spread | None = None  # on the clock, of paired rounds
    cpu_ratio: float | None = None  # the same in processor time
    goal: str = ""
    reached: bool | None = None  # None where there is no goal, or it can't be judged here


@dataclass(frozen=True)
class Report:
    """What one row of the benchmark found."""

    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()  # parity, the machine's limit, what was extrapolated: a sentence each


def timed(call: Callable[[], object]) -> tuple[float, float]:
    """Seconds of one call: on the clock, and of the processor (all threads, and children that ended)."""
    before, start = _processor_seconds(), time.perf_counter()
    call()
    return time.perf_counter() - start, _processor_seconds() - before


def side_by_side(
    alternatives: Mapping[str, Callable[[int], object]], rounds: int, warm_up: bool = True
) -> dict[str, Timing]:
    """Every alternative once a round, called with the round's number; a warm-up round (-1) is not counted."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in alternatives}
    for number in range(-1 if warm_up else 0, rounds):
        for name, call in alternatives.items():
            seconds = timed(lambda call=call, number=number: call(number))
            if number >= 0:
                found[name].append(seconds)
    return {
        name: Timing(tuple(wall for wall, _ in seconds), tuple(cpu for _, cpu in seconds))
        for name, seconds in found.items()
    }


def faster(theirs: Timing, ours: Timing) -> tuple[Spread, float]:
    """How many times faster ours is: on the clock with its spread over the rounds, and in processor time."""
    paired = [a / b for a, b in zip(theirs.wall, ours.wall, strict=True)]
    return Spread.of(paired), theirs.cpu_median / ours.cpu_median


def at_least(ratio: tuple[Spread, float], goal: float) -> bool:
    """Whether a ratio reaches its goal; beside other work the processor time decides, else the clock."""
    return (ratio[1] if is_busy() else ratio[0].median) >= goal


def is_busy() -> bool:
    """Whether other work took more than a tenth of this machine in the last minute."""
    return os.getloadavg()[0] > 1.1 * (os.cpu_count() or 1)


def peak_megabytes() -> float:
    """The largest resident memory that this process has had."""
    status = Path("/proc/self/status")  # ru_maxrss of a child begins, on Linux, with that of its parent
    if status.is_file():
        return int(re.search(r"VmHWM:\s+(\d+)", status.read_text())[1]) / 1e3
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3  # bytes there, kilobytes elsewhere


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


def _processor_seconds() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
