"""Search over an index in shards, each a memory-mapped FAISS file: what memory lacks is read as needed.

A query goes to every shard and the answers are merged, so that exact shards (flat) find what one exact index
finds, and shards over the same cells (ivf) what one such index finds. Shards are searched side by side.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blue.retrieval.similarity import best_first, cosine_similarity

ALL_CELLS = 2**31 - 1  # probes; faiss stops at what there is
_TIES = 20  # items of a shard beyond those that are asked for: FAISS gives equal ones last row first
MOST_TRAINED = 64  # vectors a cell that its centre is learned from; more change nothing


@dataclass(frozen=True)
class Shard:
    """One part of the items: its FAISS index, and the same vectors as an array (I of the shard, D)."""

    index: object
    vectors: np.ndarray

    def __len__(self) -> int:
        return len(self.vectors)


class ShardedIndex:
    """`blue.retrieval.index.ItemIndex` over several shards; positions count through all of them.

    `probes` is how many cells of an ivf index a query looks into. Where they hold fewer than k allowed items,
    all cells are searched: k items come back whenever so many are allowed.
    """

    def __init__(
        self, shards: Sequence[Shard], *, catalog_digest: str, encoder_name: str, probes: int = 0
    ) -> None:
        if not shards:
            raise ValueError("Expected one shard or more.")
        self.catalog_digest, self.encoder_name = catalog_digest, encoder_name
        self._shards, self._probes = tuple(shards), probes
        self._starts = np.concatenate([[0], np.cumsum([len(shard) for shard in shards])])
        self._threads = ThreadPoolExecutor(min(len(self._shards), os.cpu_count() or 1), "shard")

    def __len__(self) -> int:
        return int(self._starts[-1])

    @property
    def is_compared_whole(self) -> bool:
        """Never: what is kept in shards does not fit into memory."""
        return False

    @property
    def dimension(self) -> int:
        """D, the length of one embedding."""
        return self._shards[0].vectors.shape[1]

    def search(
        self, queries: np.ndarray, k: int, allowed: np.ndarray | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The k best items for every query: (Q, D) -> similarities (Q, k), positions (Q, k), best first.

        `allowed` is an (I,) bool mask. Where fewer than k items are allowed, there are as many columns.
        """
        queries = np.ascontiguousarray(queries, dtype=np.float32)
        k = min(k, len(self) if allowed is None else int(np.count_nonzero(allowed)))
        if k == 0:
            return np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.int64)
        similarities, positions = self._merged(queries, k, allowed, self._probes)
        if (positions < 0).any():  # the probed cells of all shards hold fewer than k
            similarities, positions = self._merged(queries, k, allowed, ALL_CELLS)
        return similarities, positions

    def _merged(
        self, queries: np.ndarray, k: int, allowed: np.ndarray | None, probes: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """The best k of all shards; -1 where the probed cells hold no more."""

        def of_shard(number: int) -> tuple[np.ndarray, np.ndarray]:
            return self._search_shard(number, queries, k, allowed, probes)

        found = list(self._threads.map(of_shard, range(len(self._shards))))
        similarities = np.concatenate([shard[0] for shard in found], axis=1)
        positions = np.concatenate([shard[1] for shard in found], axis=1)
        best = np.stack([best_first(*row, k) for row in zip(similarities, positions, strict=True)])
        return np.take_along_axis(similarities, best, axis=1), np.take_along_axis(positions, best, axis=1)

    def _search_shard(
        self, number: int, queries: np.ndarray, k: int, allowed: np.ndarray | None, probes: int
    ) -> tuple[np.ndarray, np.ndarray]:
        shard, start = self._shards[number], self._starts[number]
        mask = None if allowed is None else allowed[start : self._starts[number + 1]]
        k = min(k + _TIES, len(shard) if mask is None else int(np.count_nonzero(mask)))
        if k == 0:
            return np.empty((len(queries), 0), np.float32), np.empty((len(queries), 0), np.int64)
        similarities, rows = shard.index.search(queries, k, params=self._parameters(mask, probes))
        return similarities, np.where(rows < 0, rows, rows + start)

    def _parameters(self, mask: np.ndarray | None, probes: int) -> object:
        import faiss

        # a whole shard that is allowed needs no selector, which would cost a look at every item
        selector = None
        if mask is not None and not mask.all():
            selector = faiss.IDSelectorBitmap(np.packbits(mask, bitorder="little"))
        if self._probes:
            return faiss.SearchParametersIVF(sel=selector, nprobe=probes)
        return faiss.SearchParameters(sel=selector)

    def similarities(self, queries: np.ndarray, positions: np.ndarray) -> np.ndarray:
        """Every query against the items at these positions: (Q, D), (P,) -> (Q, P)."""
        return cosine_similarity(queries, self.embeddings(positions))

    def embeddings(self, positions: np.ndarray | None = None) -> np.ndarray:
        """The rows at these positions, or all of them, copied into memory: (P,) -> (P, D)."""
        if positions is None:
            return np.concatenate([shard.vectors for shard in self._shards])
        positions = np.asarray(positions, dtype=np.int64)
        rows = np.empty((len(positions), self.dimension), np.float32)
        numbers = np.searchsorted(self._starts, positions, side="right") - 1
        for number in np.unique(numbers):
            here = numbers == number
            rows[here] = self._shards[number].vectors[positions[here] - self._starts[number]]
        return rows


def open_shard(index_path: Path, vectors_path: Path) -> Shard:
    """A shard's files, memory-mapped. They must have been checked: faiss trusts what it opens."""
    import faiss

    index = faiss.read_index(str(index_path), faiss.IO_FLAG_MMAP_IFC | faiss.IO_FLAG_READ_ONLY)
    return Shard(index, np.load(vectors_path, mmap_mode="r", allow_pickle=False))


def train_cells(sample: np.ndarray, cells: int, path: Path) -> None:
    """Learn the cells that all ivf shards share from (N, D) unit rows, and write them as an empty index."""
    import faiss

    dimension = sample.shape[1]
    coarse = faiss.IndexFlatIP(dimension)
    index = faiss.IndexIVFFlat(coarse, dimension, cells, faiss.METRIC_INNER_PRODUCT)
    index.cp.spherical = True
    index.cp.min_points_per_centroid = 1
    index.cp.max_points_per_centroid = MOST_TRAINED
    index.train(np.ascontiguousarray(sample, dtype=np.float32))
    faiss.write_index(index, str(path))


def write_shard(vectors: np.ndarray, path: Path, cells_path: Path | None) -> None:
    """(I, D) unit rows -> a FAISS file: over the shared cells where they are given, else flat (exact)."""
    import faiss

    rows = np.ascontiguousarray(vectors, dtype=np.float32)
    index = faiss.IndexFlatIP(rows.shape[1]) if cells_path is None else faiss.read_index(str(cells_path))
    index.add(rows)
    faiss.write_index(index, str(path))
