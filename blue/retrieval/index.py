"""Search over item embeddings, kept on disk; `blue.retrieval.nearest` has the structures that search.

A folder holds `embeddings.npy` (I, D) and `manifest.json`, which says what they were made from. The
embeddings are memory-mapped. For a usual catalogue an exact index is rebuilt from them on loading: for
20,000 items that is one copy of 30 MB; the groups of a large one are kept in the cache folder.
"""

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from blue.datatypes import TextEncoder
from blue.errors import CatalogError
from blue.item_text import ITEM_TEXT_VERSION, item_text
from blue.items import Catalog
from blue.models import Progress, cache_folder, locked, sha256_of, silent
from blue.retrieval.nearest import EXACT_ITEMS, structure_for
from blue.retrieval.shipped_embeddings import shipped_embeddings
from blue.retrieval.similarity import cosine_similarity

_EMBEDDINGS = "embeddings.npy"
_MANIFEST = "manifest.json"
_TEXTS_A_STEP = 512  # items encoded between two reports of progress
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Manifest:
    """What the embeddings beside it were made from."""

    catalog_digest: str
    encoder_name: str
    items: int
    dimension: int
    embeddings_sha256: str
    item_text_version: int = 1  # manifests of the first text do not name it


class ItemIndex:
    """Inner-product search; on unit rows that is cosine similarity. Safe to share between threads.

    Exact up to `blue.retrieval.nearest.EXACT_ITEMS` items; above, the similarities are exact and an item may
    be missed.
    """

    def __init__(
        self,
        embeddings: np.ndarray,
        *,
        catalog_digest: str,
        encoder_name: str,
        kept: Path | None = None,
        progress: Progress = silent,
    ) -> None:
        """Index (I, D) unit rows in the catalogue's order; a large structure is kept as the file `kept`."""
        if embeddings.ndim != 2 or not len(embeddings):
            raise ValueError(f"Expected embeddings of shape (I, D) with I > 0, got {embeddings.shape}.")
        self.catalog_digest = catalog_digest
        self.encoder_name = encoder_name
        self._embeddings = np.ascontiguousarray(embeddings, dtype=np.float32)
        self._structure = structure_for(self._embeddings, kept, progress)

    def __len__(self) -> int:
        return len(self._embeddings)

    @property
    def is_compared_whole(self) -> bool:
        """Whether comparing a query with every item is the quickest way to any of them."""
        return len(self) <= EXACT_ITEMS

    @property
    def dimension(self) -> int:
        """D, the length of one embedding."""
        return self._embeddings.shape[1]

    def search(
        self, queries: np.ndarray, k: int, allowed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The k best items for every query: (Q, D) -> similarities (Q, k), positions (Q, k), best first.

        `allowed` is an (I,) bool mask. Where fewer than k items are allowed, there are as many columns.
        """
        k = min(k, len(self) if allowed is None else int(np.count_nonzero(allowed)))
        if k == 0 or not len(queries):
            return np.empty((len(queries), k), np.float32), np.empty((len(queries), k), np.int64)
        return self._structure.search(np.ascontiguousarray(queries, dtype=np.float32), k, allowed)

    def similarities(self, queries: np.ndarray, positions: np.ndarray | slice) -> np.ndarray:
        """Every query against the items at these positions: (Q, D), (P,) -> (Q, P).

        In a small catalogue all items are compared, so that a cosine is the same to the last digit whichever
        items were asked for.
        """
        if self.is_compared_whole:
            return cosine_similarity(queries, self._embeddings)[:, positions]
        return cosine_similarity(queries, self._embeddings[positions])

    def embeddings(self, positions: np.ndarray | None = None) -> np.ndarray:
        """The rows at these positions, or all of them: (P,) -> (P, D)."""
        return self._embeddings if positions is None else self._embeddings[positions]

    def save(self, folder: Path) -> None:
        """Write to `folder`. Whoever reads meanwhile gets the old files, the new ones, or a CatalogError."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        with _replacing(folder / _EMBEDDINGS) as temporary:
            np.save(temporary, self._embeddings)
        manifest = _Manifest(
            catalog_digest=self.catalog_digest,
            encoder_name=self.encoder_name,
            items=len(self),
            dimension=self.dimension,
            embeddings_sha256=sha256_of(folder / _EMBEDDINGS),
            item_text_version=ITEM_TEXT_VERSION,
        )
        with _replacing(folder / _MANIFEST) as temporary:
            temporary.write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, folder: Path, *, catalog_digest: str, encoder_name: str) -> "ItemIndex":
        """Read what `save` wrote; raises CatalogError unless it is whole and made from exactly these two."""
        folder = Path(folder)
        manifest = _read_manifest(folder / _MANIFEST)
        if manifest.item_text_version != ITEM_TEXT_VERSION:
            raise CatalogError(
                f"The index in {folder} was made from item texts of version {manifest.item_text_version}; "
                f"this program writes version {ITEM_TEXT_VERSION}. Build it again."
            )
        if manifest.catalog_digest != catalog_digest:
            raise CatalogError(f"The index in {folder} is of another catalogue. Build it again.")
        if manifest.encoder_name != encoder_name:
            raise CatalogError(
                f"The index in {folder} was made with {manifest.encoder_name}, not {encoder_name}. "
                "Build it again, or use that embedder."
            )
        path = folder / _EMBEDDINGS
        if not path.is_file() or sha256_of(path) != manifest.embeddings_sha256:
            raise CatalogError(f"{path} is missing or damaged. Delete {folder} and build the index again.")
        embeddings = np.load(path, mmap_mode="r", allow_pickle=False)
        if embeddings.shape != (manifest.items, manifest.dimension):
            raise CatalogError(
                f"{path} holds {embeddings.shape} numbers, its manifest says "
                f"({manifest.items}, {manifest.dimension}). Build the index again."
            )
        kept = groups_path(manifest.embeddings_sha256)
        return cls(embeddings, catalog_digest=catalog_digest, encoder_name=encoder_name, kept=kept)


def groups_path(embeddings_sha256: str) -> Path:
    """Where the groups of a large catalogue are kept: by the hash of its file of embeddings."""
    return cache_folder() / "groups" / f"{embeddings_sha256[:32]}.faiss"


def write_faiss(embeddings: np.ndarray, path: Path) -> None:
    """(I, D) unit rows -> a file that any program with faiss opens: the same exact inner-product search."""
    import faiss

    flat = faiss.IndexFlatIP(embeddings.shape[1])
    flat.add(np.ascontiguousarray(embeddings, dtype=np.float32))
    faiss.write_index(flat, str(path))


def load_or_build_index(
    catalog: Catalog, encoder: TextEncoder, cache_dir: Path, progress: Progress | None = None
) -> ItemIndex:
    """The index of this catalogue by this encoder: shipped, or in `cache_dir` and whole, or else built.

    Processes that start together build once: the others wait and load. A folder that cannot be written
    costs a build at every start, and a warning, but no more.
    """
    progress = progress or silent
    if (embeddings := shipped_embeddings(catalog, encoder)) is not None:
        return ItemIndex(embeddings, catalog_digest=catalog.digest, encoder_name=encoder.name)
    folder = Path(cache_dir) / "indexes" / _key(catalog, encoder)
    if index := _load_if_usable(folder, catalog, encoder, progress):
        return index
    with ExitStack() as stack:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locked(folder))
        except OSError as error:
            _log.warning("The index cannot be kept, so it is built at every start: %s", error)
            return build_index(catalog, encoder, progress)
        if index := _load_if_usable(folder, catalog, encoder, progress):
            return index  # built by another process while this one waited
        index = build_index(catalog, encoder, progress)
        try:
            index.save(folder)
        except OSError as error:
            _log.warning("The index could not be kept and will be built again: %s", error)
        return index


def build_index(catalog: Catalog, encoder: TextEncoder, progress: Progress = silent) -> ItemIndex:
    """Encode every item, in steps of similar length, and index the embeddings."""
    texts = [item_text(item) for item in catalog.items]
    embeddings = np.empty((len(texts), encoder.dimension), dtype=np.float32)
    by_length = np.argsort([len(text) for text in texts], kind="stable")
    for start in range(0, len(texts), _TEXTS_A_STEP):
        step = by_length[start : start + _TEXTS_A_STEP]
        embeddings[step] = encoder.encode_items([texts[position] for position in step])
        done = start + len(step)
        progress(f"Reading the catalogue: {done:,} of {len(texts):,} items", done / len(texts))
    return ItemIndex(embeddings, catalog_digest=catalog.digest, encoder_name=encoder.name, progress=progress)


def _key(catalog: Catalog, encoder: TextEncoder) -> str:
    """A folder name of its own for every pair of catalogue and encoder."""
    return hashlib.sha256(f"{catalog.digest} {encoder.name}".encode()).hexdigest()[:32]


def _load_if_usable(
    folder: Path, catalog: Catalog, encoder: TextEncoder, progress: Progress
) -> ItemIndex | None:
    if not (folder / _MANIFEST).is_file():
        return None
    try:
        return ItemIndex.load(folder, catalog_digest=catalog.digest, encoder_name=encoder.name)
    except CatalogError as reason:
        _log.warning("%s It is being built again.", reason)
        progress("The kept index cannot be used; building it again", 0.0)
        return None


def _read_manifest(path: Path) -> _Manifest:
    try:
        return _Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise CatalogError(f"There is no index in {path.parent}. Build it first.") from None
    except (ValueError, TypeError) as error:  # not JSON, or not these fields
        raise CatalogError(f"{path} is damaged ({error}). Delete it and build the index again.") from error


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside `path` that takes its place once it is whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=path.suffix)
    os.close(handle)
    try:
        yield Path(name)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
