"""What a visitor asked for last wins: a new wish ends the older one, and nothing of that arrives any more.

Handlers that run for seconds (reading, writing) follow their intention; whatever changes the session begins
another. The server decides this, not the browser, since only the server knows the order in which it answers.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import wraps
from typing import Any

import gradio as gr

from blue.ui.serving.visitor import visitor
from blue.ui.telling import Updates

DELIVERED_WITHIN = 5.0  # seconds that an update already handed to gradio may take to be sent
ONE_STEP = 2.0  # seconds: reading a prompt, a look at one's place in the line
MOST_VISITORS = 2_000  # whose last intention is remembered


class Intention:
    """One wish of one visitor, until a newer one takes its place."""

    def __init__(self, lasting: bool) -> None:
        self._changed = threading.Condition()
        self._sending = False
        self._over = False
        self._running = lasting
        self._gone = threading.Event()  # its handler has returned and left the line
        if not lasting:
            self._gone.set()

    def wait_until_gone(self) -> None:
        """Sleep until its handler has returned, or for as long as one step of it may take."""
        self._gone.wait(ONE_STEP)

    @property
    def running(self) -> bool:
        """Whether its handler is still at work for the visitor."""
        return self._running and not self._over

    def end(self) -> None:
        """Let nothing more of it arrive; returns once an update that is on its way has been sent."""
        with self._changed:
            self._over = True
            self._changed.wait_for(lambda: not self._sending, DELIVERED_WITHIN)

    def follow(self, updates: Iterator[Updates]) -> Iterator[Updates]:
        """The updates of a handler, until they are over or something newer is asked for.

        Gradio sends once more, at the end, what was yielded last: one that was overtaken ends with nothing.
        """
        try:
            with closing(updates):
                for update in updates:
                    if not self._send():
                        break
                    try:
                        yield update
                    finally:  # gradio asks for the next update, or closes, when this one is sent
                        self._sent()
        finally:
            self._running = False
            self._gone.set()
        if self._over:
            yield gr.skip()

    def _send(self) -> bool:
        with self._changed:
            self._sending = not self._over
            return self._sending

    def _sent(self) -> None:
        with self._changed:
            self._sending = False
            self._changed.notify_all()


class Intentions:
    """The last wish of each visitor; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[str, Intention] = {}

    def begin(self, visitor: str, lasting: bool = False) -> tuple[Intention, Intention | None]:
        """A new wish, and the one before, which is over."""
        new = Intention(lasting)
        with self._lock:
            old = self._last.pop(visitor, None)
            self._last[visitor] = new
            while len(self._last) > MOST_VISITORS:
                self._last.pop(next(iter(self._last)))
        if old is not None:
            old.end()
        return new, old

    def lasting(self, handler: Callable[..., Iterator[Updates]]) -> Callable[..., Iterator[Updates]]:
        """A handler that goes on until something newer is asked for."""

        @wraps(handler)
        def followed(*values: Any) -> Iterator[Updates]:
            new, old = self.begin(visitor(), lasting=True)
            if old is not None:
                old.wait_until_gone()  # a visitor's own wishes do not stand in line behind each other
            yield from new.follow(handler(*values))

        return followed

    def at_once(self, handler: Callable[..., Updates]) -> Callable[..., Updates]:
        """A handler that changes the session: what is still being written for the one before is over."""

        @wraps(handler)
        def ended(*values: Any) -> Updates:
            self.begin(visitor())
            return handler(*values)

        return ended

    def unless_running(self, handler: Callable[..., Updates]) -> Callable[..., Updates]:
        """A handler that has nothing to say while a lasting one is at work.

        For what the page locks meanwhile (an event that arrives now is older than the writing), and for what
        is looked at again when it is done.
        """

        @wraps(handler)
        def perhaps(*values: Any) -> Updates:
            last = self._last.get(visitor())
            return gr.skip() if last is not None and last.running else handler(*values)

        return perhaps
