"""Questions, answered from the history, the profile and the catalogue: right rather than fluent."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "answerer": ["Answerer"],
        "answers": ["Answer", "Candidate", "Context", "Given", "Question", "RatingEstimate"],
        "rating": ["NEIGHBOURS", "POWER", "SHRINKAGE", "estimate"],
    },
)
