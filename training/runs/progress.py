"""How far a long job is and how long it still takes, a line every few seconds on standard error."""

import sys
import time

REPORT_EVERY = 10.0  # seconds


class Progress:
    """Counts what is done; what an earlier call left (`before`) says nothing about the speed."""

    def __init__(self, what: str, total: int, before: int = 0, *, every: float = REPORT_EVERY) -> None:
        self._what, self._total, self._before, self._every = what, total, before, every
        self._now = 0
        self._began = self._said = time.monotonic()
        if before:
            say(f"Going on: {before:,} of {total:,} {what} are there from before")

    def advance(self, count: int = 1) -> None:
        """So many more are done."""
        self._now += count
        now, done = time.monotonic(), self._before + self._now
        if self._now and (now - self._said >= self._every or done >= self._total):
            self._said = now
            each = (now - self._began) / self._now
            left = duration(each * (self._total - done))
            say(f"{done:,} of {self._total:,} {self._what}, {1 / max(each, 1e-9):.2f} a second, {left} left")


def say(line: str) -> None:
    """A line on standard error, at once."""
    print(line, file=sys.stderr, flush=True)


def duration(seconds: float) -> str:
    """
    >>> duration(8), duration(500), duration(40_000), duration(3_000_000)
    ('8 s', '8 min', '11 h 7 min', '34 d 17 h')
    """
    minutes, hours = round(seconds / 60), round(seconds / 3600)
    if seconds < 90:
        return f"{seconds:.0f} s"
    if minutes < 90:
        return f"{minutes} min"
    if hours < 72:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{hours // 24} d {hours % 24} h"
