"""Which precision is fast here. PyTorch is imported only when that is asked."""

import time
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

SHAPE = (1024, 576, 576)  # of the product that is timed: tokens and width of a small language model
LEAST_GAIN = 1.2  # bfloat16 rounds; where it is hardly faster, float32 is better


def cpu_has_bfloat16() -> bool:
    """Whether the processor has instructions for bfloat16 (AVX-512 BF16, AMX, ARM)."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))


@cache
def cpu_gains_by_bfloat16() -> bool:
    """Whether PyTorch multiplies matrices faster in bfloat16 here; timed once, some milliseconds.

    Without instructions for it a CPU is many times slower in it (eight times and more on AVX2, one thread).
    With them it depends: two cores of an Intel Xeon with AVX-512 BF16 but without AMX reached 166 GFLOP/s in
    bfloat16 and 308 in float32.
    """
    import torch

    return cpu_has_bfloat16() and _seconds(torch.float32) > LEAST_GAIN * _seconds(torch.bfloat16)


def _seconds(dtype: "torch.dtype") -> float:
    """Of one product, the fastest of several."""
    import torch

    tokens, width, out = SHAPE
    rows, layer = torch.ones(tokens, width, dtype=dtype), torch.nn.Linear(width, out, bias=False, dtype=dtype)
    taken = []
    with torch.inference_mode():
        for _ in range(8):
            began = time.perf_counter()
            layer(rows)
            taken.append(time.perf_counter() - began)
    return min(taken)


def fast_dtype() -> "torch.dtype":
    """bfloat16 on a GPU that has it and on a CPU that is faster in it, else float32."""
    import torch

    if torch.cuda.is_available():
        able = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        able = cpu_gains_by_bfloat16()
    return torch.bfloat16 if able else torch.float32
