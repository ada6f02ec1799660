"""How far a bulk run is and how long it still takes, a line every few seconds on standard error."""

import sys
import time

REPORT_EVERY = 10.0  # seconds


class RunProgress:
    """Counts users; `done` of them were written by an earlier call and say nothing about the speed."""

    def __init__(self, total: int, done: int, *, every: float = REPORT_EVERY) -> None:
        self._total, self._before, self._now, self._every = total, done, 0, every
        self._began = self._said = time.monotonic()
        if done:
            _say(f"Going on: {done:,} of {total:,} users are there from before")

    def advance(self, users: int) -> None:
        """So many more are written."""
        self._now += users
        now = time.monotonic()
        done = self._before + self._now
        if self._now and (now - self._said >= self._every or done >= self._total):
            self._said = now
            each = (now - self._began) / self._now
            left = duration(each * (self._total - done))
            _say(f"{done:,} of {self._total:,} users, {1 / max(each, 1e-9):.2f} a second, {left} left")


def _say(line: str) -> None:
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
