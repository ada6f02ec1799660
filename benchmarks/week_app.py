"""The app, of which a worker thread can be ended from outside: python -m benchmarks.week_app

At SIGUSR2 a thread that is at work for a visitor gets SystemExit at whatever line it is: what ends a thread
of Python and leaves its process alive. The log says so, or that none was at work.
"""

import ctypes
import os
import runpy
import signal
import sys
import threading
from types import FrameType

from blue.ui.serving import guarding

ENDED, IDLE = "a worker thread was ended", "no worker thread was at work"


def end_a_worker(*_: object) -> None:
    """End one thread that is at work for a visitor."""
    frames = sys._current_frames()
    workers = [
        one.ident for one in threading.enumerate() if one.ident and one.name.startswith("AnyIO worker")
    ]
    busy = [worker for worker in workers if is_at_work(frames.get(worker))]
    if busy:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(busy[0]), ctypes.py_object(SystemExit))
    os.write(2, f"{ENDED if busy else IDLE}\n".encode())


def is_at_work(frame: FrameType | None) -> bool:
    """Whether a thread is inside an action of the page."""
    while frame is not None:
        if frame.f_code.co_filename == guarding.__file__:
            return True
        frame = frame.f_back
    return False


if __name__ == "__main__":
    signal.signal(signal.SIGUSR2, end_a_worker)
    sys.argv[0] = "app.py"
    runpy.run_path("app.py", run_name="__main__")
