"""A preset's embedder over a catalogue and its index: everything that ranking needs."""

from pathlib import Path

from blue.catalog.sharded import open_catalog_folder
from blue.items import load_catalog
from blue.models import DEFAULT_PRESET, Preset, Progress, cache_folder, get_preset, silent
from blue.retrieval import Retriever, load_encoder, load_or_build_index


def load_retriever(
    model: str | Preset = DEFAULT_PRESET, *, catalog_path: Path | None = None, progress: Progress = silent
) -> Retriever:
    """Load a preset's embedder and the catalogue with its index; long steps report to `progress`.

    `catalog_path` is a folder that `blue catalog build` or `training.scale.index_shards` wrote, or a Parquet
    file of items.

    Raises:
        WeightsError: the preset is unknown or its embedder cannot be had.
        CatalogError: the catalogue cannot be read, or was embedded with another embedder.
    """
    if catalog_path is not None and Path(catalog_path).is_dir():
        folder = open_catalog_folder(catalog_path)
        loaded = load_encoder(get_preset(model).embedder, progress)
        index = folder.index(loaded.encoder, loaded.weights_sha256)
        return Retriever(folder.catalog, loaded.encoder, index, loaded.origin)
    catalog = load_catalog(catalog_path)
    loaded = load_encoder(get_preset(model).embedder, progress)
    index = load_or_build_index(catalog, loaded.encoder, cache_folder() / "index", progress)
    return Retriever(catalog, loaded.encoder, index, loaded.origin)
