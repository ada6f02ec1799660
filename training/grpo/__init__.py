"""GRPO: the profiler trained by its rewards."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "train": ["run"],
    },
)
