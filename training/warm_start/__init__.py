"""Supervised training of the profiler."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "labels": ["book_genres", "most_used_tags", "movie_genres"],
        "train": ["PROJECTIONS", "gather", "rows"],
    },
)
