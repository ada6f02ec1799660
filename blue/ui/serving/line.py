"""The line before the language model: who waits sees place and expected wait; nobody waits forever.

One text is written at a time (two cores). First come, first served; who asks for a second text while the
first is waiting stands behind everybody's first.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from blue.errors import BlueError
from blue.ui.serving.limits import seconds

MOST_WAITING = 48
MOST_OF_ONE = 4  # texts of one session
FIRST_GUESS = 8.0  # seconds that a text takes, until some were written
REMEMBERED = 0.2  # weight of the newest duration in the running mean
GONE_AFTER = 20.0  # seconds: whoever waits looks at their place every second; who does not has left

CLOSING = "This server is about to restart. What you have stays in your page: try again in a minute."


class Busy(BlueError):
    """So many wait already that one more would only wait in vain."""


@dataclass(eq=False)
class Ticket:
    """Somebody's place in the line; times are those of the line's clock, in seconds."""

    visitor: str
    turn: int  # how many texts of the same visitor were waiting when this one came
    seen: float  # when its holder last looked
    served_since: float | None = None


class Line:
    """Tickets in their order; thread-safe."""

    def __init__(self, most: int = MOST_WAITING, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._changed = threading.Condition()
        self._tickets: list[Ticket] = []
        self._mean = FIRST_GUESS
        self._closing = False

    def __len__(self) -> int:
        return len(self._tickets)

    @contextmanager
    def place(self, visitor: str) -> Iterator[Ticket]:
        """A place of one's own, given back at the end.

        Raises:
            Busy: the line is full, the visitor stands in it too often, or the server stops.
        """
        ticket = self._enter(visitor)
        try:
            yield ticket
        finally:
            self._leave(ticket)

    def ahead(self, ticket: Ticket) -> int:
        """How many are before this one, who is served included; 0 from the moment it is one's turn.

        Raises:
            Busy: the server stops, and the turn has not come.
        """
        with self._changed:
            ticket.seen = self._clock()
            self._forget_who_left()
            if self._closing and ticket.served_since is None:
                raise Busy(CLOSING)
            if ticket not in self._tickets:  # its holder slept for too long: at the end again
                self._tickets.append(ticket)
            ahead = self._tickets.index(ticket)
            if ahead == 0 and ticket.served_since is None:
                ticket.served_since = ticket.seen
            return ahead

    def wait(self, ticket: Ticket) -> None:
        """Sleep until it is one's turn, for who is not told the place meanwhile; raises as `ahead` does."""
        while self.ahead(ticket):
            self.wait_for_change(1.0)

    def wait_for_change(self, timeout: float) -> None:
        """Sleep until the line moves, at most so many seconds."""
        with self._changed:
            self._changed.wait(timeout)

    def expected(self, ahead: int) -> float:
        """Seconds until the turn of somebody with so many before them, by what the last texts took."""
        with self._changed:
            served = next((ticket for ticket in self._tickets if ticket.served_since is not None), None)
            spent = 0.0 if served is None else min(self._mean, self._clock() - served.served_since)
            return max(0.0, ahead * self._mean - spent)

    def close(self) -> None:
        """Nobody may enter any more, and who still waits is sent away; who is being served is not."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()

    def _enter(self, visitor: str) -> Ticket:
        with self._changed:
            self._forget_who_left()
            if self._closing:
                raise Busy(CLOSING)
            turn = sum(one.visitor == visitor for one in self._tickets)
            if turn >= MOST_OF_ONE:
                raise Busy(f"{turn} of your texts are waiting already. Try again when one is written.")
            if len(self._tickets) >= self._most:
                wait = seconds(self._mean)
                raise Busy(f"Busy: {len(self._tickets)} texts are waiting. Try again in {wait} s.")
            ticket = Ticket(visitor, turn, self._clock())
            behind = (
                at
                for at, one in enumerate(self._tickets)
                if one.turn > turn and one.served_since is None and at > 0
            )
            self._tickets.insert(next(behind, len(self._tickets)), ticket)
            return ticket

    def _leave(self, ticket: Ticket) -> None:
        with self._changed:
            if ticket.served_since is not None:
                self._mean += REMEMBERED * (self._clock() - ticket.served_since - self._mean)
            if ticket in self._tickets:
                self._tickets.remove(ticket)
            self._changed.notify_all()

    def _forget_who_left(self) -> None:
        """A browser that was closed while it waited does not hold up those behind it.

        Who is being served is not forgotten: the engine serves one at a time, whatever stands here.
        """
        gone = [
            ticket
            for ticket in self._tickets
            if ticket.served_since is None and self._clock() - ticket.seen > GONE_AFTER
        ]
        for one in gone:
            self._tickets.remove(one)
        if gone:
            self._changed.notify_all()
