"""A catalogue in shards: what `training.scale.index_shards` writes; `--catalog DIR` reads it like any other.

    catalog.json                 what they are, which embedder made them, each file's SHA-256; written last
    shard-00000/items.parquet    the items, columns as in blue.items.SCHEMA
    shard-00000/embeddings.npy   (I, D) float32 unit rows, row i is item i of the shard
    shard-00000/index.faiss      the same rows: all of them ("flat"), or in cells shared by all shards ("ivf")

Each file is checked against its SHA-256 before it is opened. Index and embeddings are memory-mapped; the
items themselves are in memory.
"""

import json
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field

from blue.catalog.folder import (
    EMBEDDINGS,
    FAISS_INDEX,
    FILES,
    ITEMS,
    MANIFEST,
    SCHEMA_VERSION,
    CatalogFolder,
    EncoderRecord,
    FileRecord,
    Strict,
    check_files,
    check_item_text,
    load_catalog_folder,
    validated,
)
from blue.datatypes import TextEncoder
from blue.errors import CatalogError
from blue.item_text import ITEM_TEXT_VERSION
from blue.items import Catalog, load_catalog
from blue.retrieval import Shard, ShardedIndex, open_shard

FORMAT = "blue-catalog-shards"
_LONGEST_MANIFEST = 64 * 1024 * 1024  # bytes
_REBUILD = "Run python -m training.scale.index_shards again."


class ShardRecord(Strict):
    """One shard: a folder's name is its number."""

    items: int = Field(gt=0)
    files: dict[str, FileRecord]


class ShardedManifest(Strict):
    """`catalog.json` of a catalogue in shards."""

    format: Literal["blue-catalog-shards"] = FORMAT
    schema_version: Literal[2] = SCHEMA_VERSION
    name: str
    licence: str
    created: str  # ISO 8601, UTC
    items: int = Field(gt=0)
    kinds: dict[str, int]
    encoder: EncoderRecord
    item_text_version: int = ITEM_TEXT_VERSION
    index: Literal["flat", "ivf"]
    cells: int = Field(ge=0)  # of an ivf index, else 0
    probes: int = Field(ge=0)  # cells a query looks into
    shards: list[ShardRecord] = Field(min_length=1)
    versions: dict[str, str]


@dataclass(frozen=True)
class ShardedCatalog:
    """A folder of shards whose files are what its manifest says, with its items read."""

    path: Path
    manifest: ShardedManifest
    catalog: Catalog

    def index(self, encoder: TextEncoder, weights_sha256: str) -> ShardedIndex:
        """The index, for the embedder that made it; CatalogError for any other."""
        self.manifest.encoder.check(self.path, encoder, weights_sha256)
        shards = [self._shard(number) for number in range(len(self.manifest.shards))]
        return ShardedIndex(
            shards,
            catalog_digest=self.catalog.digest,
            encoder_name=encoder.name,
            probes=self.manifest.probes,
        )

    def _shard(self, number: int) -> Shard:
        folder = shard_folder(self.path, number)
        shard = open_shard(folder / FAISS_INDEX, folder / EMBEDDINGS)
        expected = (self.manifest.shards[number].items, self.manifest.encoder.dimension)
        if shard.vectors.shape != expected or shard.vectors.dtype != np.float32:
            raise CatalogError(
                f"{folder / EMBEDDINGS} holds {shard.vectors.shape} numbers of type {shard.vectors.dtype}; "
                f"{MANIFEST} says {expected} of float32. {_REBUILD}"
            )
        return shard


def shard_folder(path: Path, number: int) -> Path:
    """Where a shard's files are."""
    return Path(path) / f"shard-{number:05}"


def open_catalog_folder(folder: Path) -> CatalogFolder | ShardedCatalog:
    """A catalogue's folder, in one piece or in shards; raises CatalogError, worded for what may be wrong."""
    if not is_sharded(folder):
        return load_catalog_folder(folder)
    manifest = _read_manifest(Path(folder) / MANIFEST)
    check_item_text(folder, manifest.item_text_version, _REBUILD)
    records = {
        shard_folder(folder, number) / name: record
        for number, shard in enumerate(manifest.shards)
        for name, record in shard.files.items()
    }
    check_files(records, _REBUILD)
    about = f"{manifest.name} ({manifest.licence})" if manifest.licence else manifest.name
    parts = [load_catalog(shard_folder(folder, n) / ITEMS) for n in range(len(manifest.shards))]
    for number, (part, record) in enumerate(zip(parts, manifest.shards, strict=True)):
        if len(part) != record.items:
            raise CatalogError(
                f"{shard_folder(folder, number) / ITEMS} holds {len(part):,} items, {MANIFEST} says "
                f"{record.items:,}. {_REBUILD}"
            )
    catalog = Catalog(tuple(chain.from_iterable(part.items for part in parts)), about)
    return ShardedCatalog(Path(folder), manifest, catalog)


def is_sharded(folder: Path) -> bool:
    """Whether a folder's manifest says that it is in shards."""
    path = Path(folder) / MANIFEST
    try:
        if path.stat().st_size > _LONGEST_MANIFEST:
            return False
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return False  # the reader of whole catalogues says what is wrong
    return isinstance(content, dict) and content.get("format") == FORMAT


def _read_manifest(path: Path) -> ShardedManifest:
    manifest = validated(ShardedManifest, json.loads(path.read_bytes()), path, _REBUILD)
    for number, shard in enumerate(manifest.shards):
        if set(shard.files) != set(FILES):
            raise CatalogError(f"{path} does not name {', '.join(FILES)} of shard {number}. {_REBUILD}")
    return manifest
