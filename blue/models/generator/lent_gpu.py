"""A GPU that a ZeroGPU Space lends for the length of one call; everywhere else, nothing.

There, `spaces` patches torch: "cuda" seems to be there all the time, but only a function under `spaces.GPU`
really has it, in a process forked for it. Such a function has to be there when the app starts, gets its
arguments pickled, and must find its model by name. `spaces` has to be imported before anything touches CUDA;
it comes with the Space, so that no requirement names it.
"""

import importlib
import importlib.util
import os
from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable)


def is_zero_gpu() -> bool:
    """Whether this is a ZeroGPU Space: its variable is set, and its package is there."""
    wanted = os.environ.get("SPACES_ZERO_GPU", "").lower() in ("1", "t", "true")
    return wanted and importlib.util.find_spec("spaces") is not None


def on_lent_gpu(function: F) -> F:
    """A function, or generator function, that needs the GPU: under `spaces.GPU` where ZeroGPU lends one."""
    return importlib.import_module("spaces").GPU(function) if is_zero_gpu() else function
