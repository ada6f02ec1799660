"""Trained profilers and catalogues by name: the Hub, the manifest, and what is checked before loading."""

from blue.hub.published import PublishedCatalog, PublishedProfiler, check, open_catalog, open_profiler
from blue.weights.hub import HubUnreachable

__all__ = [
    "HubUnreachable",
    "PublishedCatalog",
    "PublishedProfiler",
    "check",
    "open_catalog",
    "open_profiler",
]
