"""BLUE: textual user profiles that retrieve (arXiv 2605.06981)."""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__, submod_attrs={"profiler": ["Profiler", "load_profiler"]}
)
