"""What a ranking is made with, as an export says it."""

from blue.models import LoadedProfiler
from blue.retrieval import Retriever
from blue.session import Models


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
