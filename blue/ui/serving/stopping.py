"""The end of the app: a signal stops new work, lets what is in hand finish, and then closes."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue

import gradio as gr

from blue.ui.serving.line import Line

GRACE_SECONDS = 20.0  # for what is in hand; systems kill after 30 s, some after 10


class Closing:
    """Whether the app is about to end; new calls are refused from then on."""

    def __init__(self, line: Line) -> None:
        self.begun = False
        self._line = line

    def begin(self) -> None:
        """Refuse what comes, send away who only waits."""
        self.begun = True
        self._line.close()


class Ending:
    """What the main thread waits for while others work: a signal, or an error that they cannot go on after.

    A handler that raised would do so wherever the main thread happens to be: inside a library that takes it
    for an error of its own, or in a destructor, where it is lost and the app goes on for ever.
    """

    def __init__(self) -> None:
        # A put is safe inside a signal handler that interrupts the get; an Event's set is not.
        self._reasons: SimpleQueue[Exception | None] = SimpleQueue()

    @contextmanager
    def on_signal(self) -> Iterator[None]:
        """SIGTERM and Ctrl-C end it; a second one kills, as ever. In the main thread only."""

        def end(_number: int, _frame: object) -> None:
            for each in previous:
                signal.signal(each, signal.SIG_DFL)
            self.begin()

        previous = {each: signal.signal(each, end) for each in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for each, handler in previous.items():
                signal.signal(each, handler)

    def begin(self, error: Exception | None = None) -> None:
        """End it, from any thread; with an error if that is why."""
        self._reasons.put(error)

    def wait(self) -> None:
        """Return after a signal; raise the error that ended it."""
        reason = self._reasons.get()
        if reason is not None:
            raise reason


def close(page: gr.Blocks, closing: Closing, grace: float = GRACE_SECONDS) -> None:
    """Let the calls in hand finish, at most `grace` seconds, then close the server and leave the process."""
    closing.begin()
    if page.is_running:
        deadline = time.monotonic() + grace
        while _in_hand(page) and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1.0)  # the last answers are on their way
        page.close(verbose=False)
    with suppress(BrokenPipeError):  # whoever started it may have stopped listening
        print("stopped", flush=True)
    sys.stderr.flush()
    os._exit(0)  # a thread of an engine that is still busy would keep the process alive


def _in_hand(page: gr.Blocks) -> int:
    """Calls that are being answered or wait for it."""
    return page._queue.get_active_worker_count() + len(page._queue)
