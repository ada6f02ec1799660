"""Who goes first when two computations want the same few cores: what is short goes before what is long.

A language model writes for seconds, a ranking takes milliseconds. Left to the operating system they get
equal shares, and the ranking takes several times as long. Here the long one pauses between two tokens while
a short one is under way.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 0.25  # seconds that long work waits at most each time, so that short work cannot starve it


class Precedence:
    """Counts the short work under way; thread-safe."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._under_way = 0
        self._changed = threading.Condition()

    @contextmanager
    def short(self) -> Iterator[None]:
        """What runs inside is short: long work waits for its end."""
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def give_way(self) -> bool:
        """Called by long work where it can pause: wait until no short work is under way, at most `patience`
        seconds; whether none is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._under_way, self._patience)


ON_THIS_MACHINE = Precedence()  # one for the process, as the cores are
