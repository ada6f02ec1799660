"""What a ranking is made with, as an export says it."""

from dataclasses import dataclass

from blue.models import LoadedProfiler
from blue.retrieval import Retriever


@dataclass(frozen=True)
class Models:
    """What a ranking was made with: equal values give equal rankings."""

    profiler: str  # name of the language model
    engine: str
    profiler_digest: str | None  # SHA-256 or commit of its weights
    adapter_digest: str | None
    embedder: str  # ends with a fingerprint of its files
    catalog_digest: str


def models_of(about: LoadedProfiler, retriever: Retriever) -> Models:
    """The names and hashes of profiler, embedder and catalogue."""
    return Models(
        profiler=about.name,
        engine=about.engine,
        profiler_digest=about.digest,
        adapter_digest=about.adapter_digest,
        embedder=retriever.encoder.name,
        catalog_digest=retriever.catalog.digest,
    )
