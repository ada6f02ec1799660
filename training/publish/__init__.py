"""A run -> its repository on the Hub; an adapter -> the folder that the app loads."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={},
)
