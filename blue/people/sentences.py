"""Every sentence of every person, as vectors that are searched: built once a folder and kept in the cache.

CACHE/people/KEY/ holds, for U people and S sentences in the order of the shards,

    vectors.npy     (S, D) float32 unit rows, memory-mapped
    starts.npy      (U + 1,) int64: person u has the sentences starts[u] ... starts[u + 1] - 1
    people.parquet  row, user_id, shard, place in it, titles_read, error, profiler, kinds

and, for more than 100,000 sentences, their groups (`blue.retrieval.nearest`). KEY is of the shards' hashes:
another shard makes another index, and the old one is dropped by who removes a person. No text is kept here.
"""

import mmap
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.lib.format import open_memmap
from polars.exceptions import PolarsError

from blue.errors import PeopleError
from blue.models import Progress, cache_folder, locked, silent
from blue.people.shards import Folder, Shard
from blue.retrieval import normalise, structure_for

VECTORS, STARTS, PEOPLE = "vectors.npy", "starts.npy", "people.parquet"
DIMENSIONS_A_CODE = 4  # 48 bytes a sentence: a million people fit into 300 MB
FIRST_LOOK = 4  # sentences for each person wanted: some have several near ones


@dataclass(frozen=True)
class Near:
    """A person whose sentence is near a text."""

    row: int
    number: int  # of the sentence, 0-based
    similarity: float  # cosine


class Sentences:
    """The opened index of one folder; safe to share between threads."""

    def __init__(self, kept: Path, progress: Progress = silent) -> None:
        self.people_file = kept / PEOPLE
        self.starts = np.load(kept / STARTS)
        self.owners = np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))
        self.vectors = np.load(kept / VECTORS, mmap_mode="r") if len(self.owners) else np.empty((0, 1))
        self._structure = structure_for(self.vectors, kept / "groups.faiss", progress, DIMENSIONS_A_CODE)

    def __len__(self) -> int:
        return len(self.owners)

    @property
    def people(self) -> int:
        """U."""
        return len(self.starts) - 1

    def nearest(self, query: np.ndarray, wanted: int, allowed: np.ndarray | None = None) -> list[Near]:
        """The people with the sentences nearest to (D,) `query`, each by the nearest one, best first.

        Args:
            allowed: (U,) bool, whom the filters let through; None for all.
        """
        mask = None if allowed is None else allowed[self.owners]
        most = len(self) if mask is None else int(np.count_nonzero(mask))
        look = min(most, FIRST_LOOK * wanted)
        while look:
            similarities, positions = self._structure.search(query[None], look, mask)
            owners, first = np.unique(self.owners[positions[0]], return_index=True)
            if len(owners) >= wanted or look == most:
                best = np.sort(first)[:wanted]
                self._let_go()
                return [self._near(positions[0, at], similarities[0, at]) for at in best]
            look = min(most, 4 * look)
        return []

    def of_people(self, rows: np.ndarray) -> np.ndarray:
        """(P, D) unit rows: where the mean of each person's sentences points. Everybody must have one."""
        counts = np.diff(self.starts)[rows]
        ends = np.cumsum(counts)
        positions = np.arange(ends[-1]) + np.repeat(self.starts[rows] - ends + counts, counts)
        return normalise(np.add.reduceat(self.vectors[positions], ends - counts))

    def _near(self, position: int, similarity: float) -> Near:
        row = int(self.owners[position])
        return Near(row, int(position - self.starts[row]), float(similarity))

    def _let_go(self) -> None:
        """Pages of the file that a search touched are the system's to keep, not this process's."""
        mapped = getattr(self.vectors, "_mmap", None)
        if mapped is not None and hasattr(mapped, "madvise"):
            mapped.madvise(mmap.MADV_DONTNEED)


def open_sentences(folder: Folder, progress: Progress = silent) -> Sentences:
    """The index of a folder, built if this computer has none of it yet.

    Raises:
        PeopleError: a shard cannot be read to its end, or somebody is in two of them.
    """
    kept = kept_for(folder)
    kept.parent.mkdir(parents=True, exist_ok=True)
    with locked(kept):
        if not (kept / PEOPLE).is_file():
            _build(folder, kept, progress)
    return Sentences(kept, progress)


def kept_for(folder: Folder) -> Path:
    """Where what is derived from a folder lies."""
    return cache_folder() / "people" / folder.key


def _build(folder: Folder, kept: Path, progress: Progress) -> None:
    part = kept.with_name(f"{kept.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    shutil.rmtree(kept, ignore_errors=True)
    part.mkdir()
    people = pl.concat([_people_of(number, shard) for number, shard in enumerate(folder.shards)])
    if len(twice := people.filter(pl.col("user_id").is_duplicated())):
        files = " and ".join(str(folder.shards[at].path.name) for at in twice["shard"].unique()[:2])
        raise PeopleError(f"{files} hold the same person twice. Keep the newer one of them.")
    starts = np.concatenate([[0], people["sentences"].to_numpy().cumsum()]).astype(np.int64)
    np.save(part / STARTS, starts)
    if starts[-1]:
        _write_vectors(folder, part / VECTORS, people["shard"], people["sentences"], progress)
    people.drop("sentences").with_row_index("row").write_parquet(part / PEOPLE)
    os.replace(part, kept)


def _people_of(number: int, shard: Shard) -> pl.DataFrame:
    """One row a person; `sentences` is how many embeddings there are."""
    kinds = pl.lit(None, pl.List(pl.String))
    if shard.has_histories:
        kinds = pl.col("history").list.eval(pl.element().struct.field("kind").drop_nulls().unique().sort())
    wanted = ["user_id", "titles_read", "error", "profiler", "sentences"]
    read = _read(shard, [*wanted, "history"] if shard.has_histories else wanted)
    return read.select(
        "user_id",
        pl.lit(number, pl.Int32).alias("shard"),
        pl.int_range(pl.len(), dtype=pl.Int32).alias("place"),
        "titles_read",
        "error",
        pl.col("profiler").cast(pl.String),
        kinds.alias("kinds"),
        pl.col("sentences").list.len().fill_null(0).alias("sentences"),
    )


def _write_vectors(
    folder: Folder, file: Path, shards: pl.Series, counts: pl.Series, progress: Progress
) -> None:
    """`shards` and `counts` are (U,): where a person is, and how many sentences they have."""
    rows = open_memmap(file, mode="w+", dtype=np.float32, shape=(counts.sum(), folder.dimension))
    at = 0
    for number, shard in enumerate(folder.shards):
        lists = _read(shard, ["sentence_embeddings"])["sentence_embeddings"]
        flat = lists.explode().drop_nulls().explode().to_numpy().astype(np.float32)
        if flat.size != counts.filter(shards == number).sum() * folder.dimension:
            raise PeopleError(f"{shard.path} lacks embeddings of sentences. Profile its people again.")
        rows[at : at + flat.size // folder.dimension] = flat.reshape(-1, folder.dimension)
        at += flat.size // folder.dimension
        progress("Reading the sentences of many people", (number + 1) / len(folder.shards))
    rows.flush()


def _read(shard: Shard, columns: list[str]) -> pl.DataFrame:
    try:
        return pl.read_parquet(shard.path, columns=columns)
    except (PolarsError, OSError) as error:
        raise PeopleError(f"{shard.path} is damaged. Copy it again, or take it out of the folder.") from error
