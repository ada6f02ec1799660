import platform
import subprocess
import sys

import pytest

# Many threads allocate at the same time and free it all; what stays resident is what the allocator hoards.
HOARD = """
import sys, threading, resource
from pathlib import Path
from blue.models import memory
if sys.argv[1] == "bounded":
    memory.bound_heaps()
barrier = threading.Barrier(32)
def work():
    barrier.wait()
    kept = [bytearray(2000) for _ in range(4000)]
    barrier.wait()
    del kept[::2]
    barrier.wait()
threads = [threading.Thread(target=work) for _ in range(32)]
[t.start() for t in threads]; [t.join() for t in threads]
if sys.argv[1] == "bounded":
    memory.return_freed()
print(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the allocator is glibc's")
def test_freed_memory_goes_back() -> None:
    plain, bounded = (
        int(
            subprocess.run(
                [sys.executable, "-c", HOARD, how], capture_output=True, text=True, check=True
            ).stdout
        )
        for how in ("plain", "bounded")
    )
    assert bounded < plain
    assert bounded < 100_000_000  # 256 MB were in use
