"""What this machine can do at most: the limits that the other rows are held against.

Matrix products in float32 (2,048 x 2,048, PyTorch's BLAS) and reading memory (a sum over 400 MB), with as
many threads as everything else uses; the best of several, since a limit is not an average.
"""

import platform
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.measuring import Line, Report, timed

SIDE = 2048
NUMBERS = 100_000_000
TRIES = 5


@dataclass(frozen=True)
class Limits:
    """The best that was seen, and of how many threads."""

    gflops: float  # float32, 10^9 operations a second
    gigabytes: float  # read a second
    threads: int


@cache
def limits() -> Limits:
    """Measured once a process, in about three seconds."""
    import torch

    left, right = torch.rand(SIDE, SIDE), torch.rand(SIDE, SIDE)
    numbers = torch.ones(NUMBERS)
    product = min(timed(lambda: left @ right)[0] for _ in range(TRIES))
    read = min(timed(numbers.sum)[0] for _ in range(TRIES))
    return Limits(2 * SIDE**3 / product / 1e9, 4 * NUMBERS / read / 1e9, torch.get_num_threads())


def processor() -> str:
    """The processor's name and its widest instructions, as far as the system says."""
    info = Path("/proc/cpuinfo")
    if not info.is_file():
        return platform.processor() or platform.machine()
    lines = dict(
        [part.strip() for part in line.split(":", 1)] for line in info.read_text().splitlines() if ":" in line
    )
    flags = set(lines.get("flags", lines.get("Features", "")).split())
    widest = [flag for flag in ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16") if flag in flags]
    return (
        f"{lines.get('model name', platform.machine())} ({', '.join(widest) or 'neither AVX2 nor AVX-512'})"
    )


def measure() -> Report:
    """The limits as a row of their own."""
    found = limits()
    return Report(
        (
            Line("matrix products, float32", f"{found.gflops:.0f} GFLOP/s"),
            Line("reading memory", f"{found.gigabytes:.1f} GB/s"),
        ),
        (f"{found.threads} threads; the best of {TRIES} tries.",),
    )
