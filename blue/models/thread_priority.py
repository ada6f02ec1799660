"""Who goes first when two computations want the same few cores: what is short goes before what is long.

A language model writes for seconds, a ranking takes milliseconds. At equal priority they get equal shares,
and the ranking takes twice as long. Here the threads of the language model step back, and the system gives
them what the others leave: nearly everything on an idle machine, a tenth of a core on a busy one.
"""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

NICENESS = 10  # a weight of 110 beside the 1,024 of other threads: behind them, but never starved
Result = TypeVar("Result")


def lower_priority() -> None:
    """The calling thread, and the threads that it starts from now on, let all others go first.

    Only on Linux is niceness a thread's own; elsewhere nothing happens. There is no way back.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        already = os.getpriority(os.PRIO_PROCESS, thread)
        os.setpriority(os.PRIO_PROCESS, thread, max(already, NICENESS))


def in_background(call: Callable[[], Result]) -> Result:
    """What `call` returns or raises, computed in a thread that has stepped back."""
    with ThreadPoolExecutor(1, "blue-background", initializer=lower_priority) as background:
        return background.submit(call).result()
