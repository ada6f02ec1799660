"""The precision in which a run computes, always said: where nothing is said, TRL chooses bfloat16."""

import torch

from blue.models import fast_dtype


def with_precision(values: dict) -> dict:
    """TRL's settings of a configuration file, with bfloat16 only where this processor is faster in it.

    Raises:
        SystemExit: the file does not say `bf16`.
    """
    if "bf16" not in values:
        raise SystemExit("The configuration names no precision. Write bf16: true or false.")
    wanted = bool(values["bf16"])
    fast = wanted and fast_dtype() is torch.bfloat16
    if wanted and not fast:
        print("This processor is not faster in bfloat16: training in float32.")
    return values | {"bf16": fast, "fp16": False}


def weights_dtype(bf16: bool) -> torch.dtype:
    """Of the weights that are not trained."""
    return torch.bfloat16 if bf16 else torch.float32
