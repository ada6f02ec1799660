"""A catalogue with its index in one folder: what `blue catalog build` writes, and what is pushed and served.

    items.parquet     one row an item; columns as in blue.items.SCHEMA
    embeddings.npy    (I, D) float32 unit rows, row i is item i
    index.faiss       the same rows as faiss.IndexFlatIP, for other programs
    catalog.json      what they are, which embedder made them, and the SHA-256 of each; written last

index.faiss is checked like the others but never opened here: faiss trusts the files it opens, and a flat
index is made from the embeddings in one copy.
"""

import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from blue.datatypes import TextEncoder
from blue.errors import CatalogError
from blue.item_text import ITEM_TEXT_VERSION
from blue.items import Catalog, load_catalog
from blue.models import sha256_of
from blue.retrieval import ItemIndex, groups_path

FORMAT = "blue-catalog"
SCHEMA_VERSION = 2  # 1 had item texts of the first version and other columns
MANIFEST = "catalog.json"
ITEMS, EMBEDDINGS, FAISS_INDEX = FILES = ("items.parquet", "embeddings.npy", "index.faiss")
MOST_ITEMS = 5_000_000  # more do not fit this kind of index in memory: the manifest is damaged, or a trap
MOST_DIMENSIONS = 16_384
_LONGEST_MANIFEST = 1024 * 1024  # bytes
_REBUILD = "Build the catalogue again: python -m blue catalog build ITEMS --out DIR."
_SHA256 = r"^[0-9a-f]{64}$"


class Strict(BaseModel):
    """A record of a manifest: nothing missing, nothing more."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


M = TypeVar("M", bound=Strict)


class FileRecord(Strict):
    """One file beside the manifest."""

    sha256: str = Field(pattern=_SHA256)
    bytes: int = Field(ge=0)


class EncoderRecord(Strict):
    """The embedder, known by its weights: folders of one model differ in small files."""

    name: str
    weights_sha256: str = Field(pattern=_SHA256)
    dimension: int = Field(gt=0, le=MOST_DIMENSIONS)

    def check(self, folder: Path, encoder: TextEncoder, weights_sha256: str) -> None:
        """Raises CatalogError unless this is the embedder that made the folder's embeddings."""
        if (self.weights_sha256, self.dimension) != (weights_sha256, encoder.dimension):
            raise CatalogError(
                f"The catalogue in {folder} was embedded with {self.name} "
                f"(weights {self.weights_sha256[:8]}, {self.dimension} numbers an item), but the "
                f"embedder in use is {encoder.name} (weights {weights_sha256[:8]}, {encoder.dimension}). "
                "Build the catalogue again with this embedder, or use that one."
            )


class SourceRecord(Strict):
    """The file the items were read from: its name and hash, its rows, and which column became which field."""

    file: str
    sha256: str = Field(pattern=_SHA256)
    rows: int
    skipped: int
    duplicates: int
    columns: dict[str, str]


class CatalogManifest(Strict):
    """`catalog.json`."""

    format: str
    schema_version: int
    name: str
    licence: str
    created: str  # ISO 8601, UTC
    items: int = Field(gt=0, le=MOST_ITEMS)
    kinds: dict[str, int]  # kind -> items
    source: SourceRecord
    encoder: EncoderRecord
    item_text_version: int
    catalog_digest: str = Field(pattern=_SHA256)
    files: dict[str, FileRecord]
    versions: dict[str, str]


@dataclass(frozen=True)
class CatalogFolder:
    """A folder whose files are what its manifest says, with its items read."""

    path: Path
    manifest: CatalogManifest
    catalog: Catalog

    def index(self, encoder: TextEncoder, weights_sha256: str) -> ItemIndex:
        """The index, for the embedder that made it; CatalogError for any other."""
        self.manifest.encoder.check(self.path, encoder, weights_sha256)
        return ItemIndex(
            _read_embeddings(self.path, self.manifest),
            catalog_digest=self.catalog.digest,
            encoder_name=encoder.name,
            kept=groups_path(self.manifest.files[EMBEDDINGS].sha256),
        )


def load_catalog_folder(folder: Path) -> CatalogFolder:
    """Read and check a folder; raises CatalogError, worded for each thing that may be wrong."""
    folder = Path(folder)
    manifest = read_manifest(folder)
    check_files({folder / name: manifest.files[name] for name in FILES}, _REBUILD)
    check_item_text(folder, manifest.item_text_version, _REBUILD)
    about = f"{manifest.name} ({manifest.licence})" if manifest.licence else manifest.name
    catalog = load_catalog(folder / ITEMS, about=about)
    if len(catalog) != manifest.items or catalog.digest != manifest.catalog_digest:
        raise CatalogError(
            f"{folder / ITEMS} holds other items than {MANIFEST} says, or was written for another version of "
            f"this program. {_REBUILD}"
        )
    return CatalogFolder(folder, manifest, catalog)


def read_manifest(folder: Path) -> CatalogManifest:
    """The manifest of a folder; raises CatalogError if it is not there, damaged, or of an unknown schema."""
    path = Path(folder) / MANIFEST
    if not path.is_file():
        raise CatalogError(
            f"{folder} is not a catalogue: it has no {MANIFEST}. If its build was interrupted, run the same "
            f"command again. {_REBUILD}"
        )
    if path.stat().st_size > _LONGEST_MANIFEST:
        raise CatalogError(f"{path} is larger than any manifest. {_REBUILD}")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise CatalogError(f"{path} is damaged: it is not JSON ({str(error)[:100]}). {_REBUILD}") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CatalogError(f"{path} is not the manifest of a catalogue. {_REBUILD}")
    manifest = validated(CatalogManifest, content, path, _REBUILD)
    if missing := [name for name in FILES if name not in manifest.files]:
        raise CatalogError(f"{path} does not name {missing[0]}. {_REBUILD}")
    return manifest


def check_item_text(folder: Path, version: int, rebuild: str) -> None:
    """Raises CatalogError unless the items were embedded as this program writes their texts."""
    if version != ITEM_TEXT_VERSION:
        raise CatalogError(
            f"The items in {folder} were embedded by texts of version {version}; this program writes version "
            f"{ITEM_TEXT_VERSION}, so profiles would be compared with other texts. {rebuild}"
        )


def validated(model: type[M], content: dict, path: Path, rebuild: str) -> M:
    """A manifest's content as its model; CatalogError if it is of another schema, or damaged."""
    version = content.get("schema_version")
    if version == 1:
        raise CatalogError(f"{path} was written by an earlier program, with other item texts. {rebuild}")
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise CatalogError(
            f"{path} has schema version {version}; this program knows {SCHEMA_VERSION}. Update the program, "
            "or build the catalogue again with this one."
        )
    if version != SCHEMA_VERSION:
        raise CatalogError(f"{path} has the unknown schema version {version!r}. {rebuild}")
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise CatalogError(f"{path} is damaged: {where}: {first['msg']}. {rebuild}") from error


def check_files(records: Mapping[Path, FileRecord], rebuild: str) -> None:
    """Raises CatalogError unless every file is there with its size and SHA-256; several are read at once."""
    for path, record in records.items():
        if not path.is_file():
            raise CatalogError(f"{path} is missing. {rebuild}")
        if (size := path.stat().st_size) != record.bytes:
            raise CatalogError(
                f"{path} has {size:,} bytes, {MANIFEST} says {record.bytes:,}: it was cut or changed. "
                f"{rebuild}"
            )
    with ThreadPoolExecutor(8) as pool:  # hashing lets go of the interpreter's lock
        for (path, record), digest in zip(records.items(), pool.map(sha256_of, records), strict=True):
            if digest != record.sha256:
                raise CatalogError(
                    f"{path} is damaged or changed: its SHA-256 is not the one in {MANIFEST}. {rebuild}"
                )


def file_records(folder: Path) -> Mapping[str, FileRecord]:
    """Size and SHA-256 of every file that a manifest names."""
    paths = {name: Path(folder) / name for name in FILES}
    return {
        name: FileRecord(sha256=sha256_of(path), bytes=path.stat().st_size) for name, path in paths.items()
    }


def _read_embeddings(folder: Path, manifest: CatalogManifest) -> np.ndarray:
    path, expected = folder / EMBEDDINGS, (manifest.items, manifest.encoder.dimension)
    try:
        embeddings = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise CatalogError(f"{path} is not a readable array ({error}). {_REBUILD}") from error
    if embeddings.shape != expected or embeddings.dtype != np.float32:
        raise CatalogError(
            f"{path} holds {embeddings.shape} numbers of type {embeddings.dtype}; {MANIFEST} says {expected} "
            f"of float32. {_REBUILD}"
        )
    lengths = np.sqrt(np.einsum("id,id->i", embeddings, embeddings))  # without a copy of all of them
    if not np.allclose(lengths, 1, atol=1e-3):
        row = int(np.flatnonzero(~np.isclose(lengths, 1, atol=1e-3))[0])
        raise CatalogError(f"{path}, row {row}: the embedding does not have length 1. {_REBUILD}")
    return embeddings
