"""The end of the app: a signal stops new work, lets what is in hand finish, and then closes."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import gradio as gr

from blue.ui.serving.line import Line

GRACE_SECONDS = 20.0  # for what is in hand; systems kill after 30 s, some after 10


class Stopped(BaseException):
    """SIGTERM or Ctrl-C. Not an Exception: nothing that handles errors may take it for one."""


class Closing:
    """Whether the app is about to end; new calls are refused from then on."""

    def __init__(self, line: Line) -> None:
        self.begun = False
        self._line = line

    def begin(self) -> None:
        """Refuse what comes, send away who only waits."""
        self.begun = True
        self._line.close()


@contextmanager
def until_stopped() -> Iterator[None]:
    """The first signal raises Stopped in the main thread; a second one kills, as ever."""

    def stop(number: int, _frame: object) -> None:
        for each in previous:
            signal.signal(each, signal.SIG_DFL)
        raise Stopped(signal.Signals(number).name)

    previous = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in previous.items():
            signal.signal(each, handler)


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
