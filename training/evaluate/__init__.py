"""Every table, one command each: `python -m training.evaluate TABLE`."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "baselines.profiles": ["as_profile", "profile_scores"],
        "context": ["EvaluationContext"],
        "data": ["EvaluationData"],
        "profile_store": ["ProfileStore", "StoredWriter"],
        "profilers": ["ADAPTER_FILE", "weights_digest"],
        "protocol": ["HISTORY", "Benchmark", "make_benchmark"],
        "tables.results": ["Row", "Table", "figure"],
    },
)
