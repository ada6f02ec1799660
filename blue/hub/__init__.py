"""Trained profilers and catalogues by name: the Hub, the manifest, and what is checked before loading."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submodules=["manifest"],
    submod_attrs={
        "address": ["Address", "Kind", "parse_address"],
        "files": ["HUB_OWN", "relative_names"],
        "manifest": ["Base", "Embedder", "Generation", "Manifest", "Weights"],
        "patience": ["patiently"],
        "published": ["PublishedCatalog", "PublishedProfiler", "check", "open_catalog", "open_profiler"],
    },
)
