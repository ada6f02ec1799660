"""Which items lie nearest: the structures behind `blue.retrieval.index`, chosen by the number of items.

Up to EXACT_ITEMS every item is compared: nothing is faster for a few, nothing is more exact. Above, items are
grouped into about 4 sqrt(I) clusters and kept as product codes of 4 bits for each two dimensions, a sixteenth
of the embeddings; a query looks into its nearest clusters, and what it finds there is scored again from the
embeddings themselves, which stay on the disk (memory-mapped). So similarities are always exact; an item can
be missed, but not misplaced. How often is measured by `python -m benchmarks search`. Items of one similarity
come in the order of the rows.
"""

import logging
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from blue.models import Progress, locked, sha256_of, silent
from blue.retrieval.similarity import best_first, cosine_similarity

EXACT_ITEMS = 100_000  # up to here a comparison with every item takes at most about 15 ms
FEW_ALLOWED = 20_000  # so many allowed items are compared one by one, in any structure
SEEN_SHARE = 1 / 16  # of the clusters that a query for a few items looks into at first
MANY_SEEN_SHARE = 1 / 8  # for more items: the farther ones lie across more borders
FEW_WANTED = 20  # items
LEAST_SEEN = 128  # clusters: with fewer the neighbours across the border are missed
SCORED_AGAIN = 20  # candidates from the codes for each item that is asked for
LEAST_SCORED_AGAIN = 400
TRAINING_ITEMS = 50  # for each cluster
ROWS_A_STEP = 65_536  # of memory-mapped rows that are read at once
_log = logging.getLogger(__name__)


class Structure(Protocol):
    """Finds the k best of I items: (Q, D) -> similarities (Q, k), positions (Q, k), best first."""

    def search(
        self, queries: np.ndarray, k: int, allowed: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]: ...


def structure_for(
    rows: np.ndarray, kept: Path | None = None, progress: Progress = silent, dimensions_a_code: int = 2
) -> Structure:
    """The structure for (I, D) unit rows; a large one is kept as the file `kept`, if one is given.

    A code of 4 bits stands for two dimensions; for four where memory is dearer than a second look.
    """
    if len(rows) <= EXACT_ITEMS:
        return Exact(rows)
    return Clusters(rows, kept, progress, dimensions_a_code)


class Exact:
    """Every item is compared."""

    def __init__(self, rows: np.ndarray) -> None:
        self._rows = np.ascontiguousarray(rows, dtype=np.float32)

    def search(
        self, queries: np.ndarray, k: int, allowed: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """All k, exactly."""
        positions = np.arange(len(self._rows)) if allowed is None else np.flatnonzero(allowed)
        similarities = cosine_similarity(queries, self._rows)[:, positions]
        order = np.stack([best_first(row, positions, k) for row in similarities])
        return np.take_along_axis(similarities, order, axis=1), positions[order]


class Clusters:
    """Codes in clusters, scored again from the rows; see the module."""

    def __init__(
        self,
        rows: np.ndarray,
        kept: Path | None = None,
        progress: Progress = silent,
        dimensions_a_code: int = 2,
    ) -> None:
        self._rows = rows
        grouped = partial(_grouped, rows, progress, dimensions_a_code)
        self._index = _kept(grouped, kept) if kept else grouped()

    @property
    def clusters(self) -> int:
        """How many there are."""
        return self._index.nlist

    def search(
        self, queries: np.ndarray, k: int, allowed: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """The k best that the looked-into clusters hold; every cluster if those hold fewer than k."""
        count = len(self._rows) if allowed is None else int(np.count_nonzero(allowed))
        wanted = max(LEAST_SCORED_AGAIN, SCORED_AGAIN * k)
        if count <= max(FEW_ALLOWED, wanted):
            return self._compare_all(queries, k, allowed)
        share = SEEN_SHARE if k <= FEW_WANTED else MANY_SEEN_SHARE
        seen = min(self.clusters, max(LEAST_SEEN, round(share * self.clusters)))
        while True:
            found = self._candidates(queries, wanted, seen, allowed)
            if (np.count_nonzero(found >= 0, axis=1) >= k).all():
                break
            if seen == self.clusters:
                return self._compare_all(queries, k, allowed)
            seen = min(self.clusters, 4 * seen)
        best = [
            _best(query, self._rows, among[among >= 0], k)
            for query, among in zip(queries, found, strict=True)
        ]
        return np.stack([part for part, _ in best]), np.stack([part for _, part in best])

    def _candidates(
        self, queries: np.ndarray, count: int, seen: int, allowed: np.ndarray | None
    ) -> np.ndarray:
        """Positions of the best codes, (Q, count); -1 where the clusters hold no more."""
        import faiss

        options = {"nprobe": seen} | ({} if allowed is None else {"sel": _selector(allowed)})
        return self._index.search(queries, count, params=faiss.SearchParametersIVF(**options))[1]

    def _compare_all(
        self, queries: np.ndarray, k: int, allowed: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Every allowed row, some at a time: the k best so far go on to the next step."""
        positions = np.arange(len(self._rows)) if allowed is None else np.flatnonzero(allowed)
        best = [np.empty(0, dtype=np.int64)] * len(queries)
        for start in range(0, len(positions), ROWS_A_STEP):
            step = positions[start : start + ROWS_A_STEP]
            rows = self._rows[step]
            for number, query in enumerate(queries):
                _, nearest = _best(query, rows, np.arange(len(step)), k)
                among = np.concatenate((best[number], step[nearest]))
                best[number] = _best(query, self._rows, among, k)[1] if len(best[number]) else among
        found = [_best(query, self._rows, among, k) for query, among in zip(queries, best, strict=True)]
        return np.stack([part for part, _ in found]), np.stack([part for _, part in found])


def _best(query: np.ndarray, rows: np.ndarray, among: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The k best of these rows: (k,) similarities and (k,) positions, equal ones in the order of the rows."""
    similarities = cosine_similarity(query[None], rows[among])[0]
    order = best_first(similarities, among, k)
    return similarities[order], among[order]


def _selector(allowed: np.ndarray) -> object:
    """(I,) bool -> what faiss looks items up in: a bit an item."""
    import faiss

    return faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))


def _grouped(rows: np.ndarray, progress: Progress, dimensions_a_code: int) -> object:
    """Train on a sample, then add all rows."""
    import faiss

    items, dimension = rows.shape
    clusters = 2 ** round(np.log2(4 * np.sqrt(items)))
    codes = dimension // dimensions_a_code
    index = faiss.index_factory(dimension, f"IVF{clusters},PQ{codes}x4fs", faiss.METRIC_INNER_PRODUCT)
    sample = np.sort(
        np.random.default_rng(0).choice(items, min(items, TRAINING_ITEMS * clusters), replace=False)
    )
    progress(f"Grouping {items:,} items so that they are found quickly", 0.0)
    index.train(np.ascontiguousarray(rows[sample]))
    for start in range(0, items, ROWS_A_STEP):
        index.add(np.ascontiguousarray(rows[start : start + ROWS_A_STEP]))
        progress(
            f"Grouping {items:,} items so that they are found quickly",
            min(1.0, (start + ROWS_A_STEP) / items),
        )
    return index


def _kept(grouped: Callable[[], object], path: Path) -> object:
    """The groups in the file `path`, made if they are not there as they were written.

    Only files of this computer's own cache come here: faiss trusts what it opens.
    """
    import faiss

    stamp = path.with_suffix(".sha256")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path):
            if path.is_file() and stamp.is_file() and stamp.read_text() == sha256_of(path):
                return faiss.read_index(str(path))
            index = grouped()
            handle, name = tempfile.mkstemp(dir=path.parent, suffix=path.suffix)
            os.close(handle)
            faiss.write_index(index, name)
            digest = sha256_of(Path(name))
            os.replace(name, path)
            stamp.write_text(digest)
            return index
    except OSError as error:
        _log.warning("The groups of the items cannot be kept, so they are made at every start: %s", error)
        return grouped()
