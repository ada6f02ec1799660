"""Which precision is fast here. PyTorch is imported only when that is asked."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def cpu_has_bfloat16() -> bool:
    """Whether the processor has instructions for bfloat16 (AVX-512 BF16, AMX, ARM)."""
    import torch

    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))


def fast_dtype() -> "torch.dtype":
    """bfloat16 on a GPU and on a CPU with instructions for it, else float32.

    Without them a CPU multiplies matrices in bfloat16 many times slower than in float32 (eight times and more
    on AVX2, one thread).
    """
    import torch

    if torch.cuda.is_available():
        able = torch.cuda.is_bf16_supported(including_emulation=False)
    else:
        able = cpu_has_bfloat16()
    return torch.bfloat16 if able else torch.float32
