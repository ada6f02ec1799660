"""Keep the process's resident memory near what it uses.

glibc gives every thread a heap of its own and rarely returns what was freed; with an app's forty threads and
the first start's indexing that is several hundred megabytes. Elsewhere than on glibc nothing is done.
"""

import ctypes
import ctypes.util
import platform

_M_ARENA_MAX = -8  # of malloc.h
_HEAPS = 2  # one a core of the machines this is made for


def bound_heaps() -> None:
    """From now on, threads share a few heaps. Call it before they are started."""
    if libc := _glibc():
        libc.mallopt(_M_ARENA_MAX, _HEAPS)


def return_freed() -> None:
    """Give freed memory back to the system, after a step that needed much for a while."""
    if libc := _glibc():
        libc.malloc_trim(0)


def _glibc() -> ctypes.CDLL | None:
    if platform.libc_ver()[0] != "glibc":
        return None
    return ctypes.CDLL(ctypes.util.find_library("c"))
