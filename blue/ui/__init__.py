"""The page and the endpoints. Nobody else knows gradio and plotly."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["view"],
    submod_attrs={
        "core": ["Core"],
        "loading": ["LoadingProfiler", "warm_up", "warm_up_writing"],
        "serving.access": ["access_to"],
        "serving.launching": ["launch"],
        "serving.stopping": ["Closing", "Ending", "close"],
    },
)
