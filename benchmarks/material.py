"""What the rows measure with: texts, sentences, histories, embeddings: all from what the project ships."""

import os
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np

from benchmarks.app import MOODS, SUBJECTS
from blue.datatypes import Interaction, Profile, Sentence
from blue.item_text import item_text
from blue.items import Catalog
from blue.retrieval import normalise

REAL_ROWS = (
    "BLUE_BENCH_EMBEDDINGS"  # a file of (I, D) rows of real texts by the default embedder, to use instead
)
NEIGHBOURS = 40  # how far away, in the order of similarity, the second parent of a grown row may stand
NOISE = 0.02  # standard deviation of a grown row's numbers; unit rows of 384 numbers have .05


def texts(catalog: Catalog, count: int) -> list[str]:
    """The texts of so many items, drawn without repeats."""
    drawn = np.random.default_rng(0).permutation(len(catalog))[:count]
    return [item_text(catalog.items[position]) for position in drawn]


def sentences() -> list[str]:
    """A hundred different tastes."""
    return [f"{mood} stories about {subject}." for mood, subject in product(MOODS, SUBJECTS)]


def edits(count: int, length: int = 5) -> Iterator[Profile]:
    """Profiles of so many sentences, each of which has one sentence that no other has."""
    new = sentences()
    old = [
        f"Films about {subject} in the {mood.lower()} style."
        for mood, subject in zip(MOODS, SUBJECTS, strict=True)
    ]
    for number in range(count):
        first = f"{new[number % len(new)][:-1]}, number {number}."
        yield Profile((Sentence(first), *map(Sentence, old[: length - 1])))


def histories(catalog: Catalog, count: int, length: int | None = None) -> list[tuple[Interaction, ...]]:
    """Rated titles, each history mostly of one genre, as people's are: 10 to 40 titles, or `length`."""
    draw = np.random.default_rng(0)
    known = sorted((item for item in catalog.items if item.genres), key=lambda item: -item.popularity)[:4_000]
    genres = sorted({genre for item in known for genre in item.genres})
    shelves = [[item for item in known if genre in item.genres] for genre in genres]
    shelves = [shelf for shelf in shelves if len(shelf) >= 60]
    made = []
    for number in range(count):
        size = length or int(draw.integers(10, 41))
        shelf = shelves[number % len(shelves)]
        chosen = [shelf[i] for i in draw.permutation(len(shelf))[: round(0.7 * size)]]
        chosen += [known[i] for i in draw.permutation(len(known))[: size - len(chosen)]]
        made.append(
            tuple(
                Interaction(
                    one.title, float(draw.integers(2, 6)), kind=one.kind, year=one.year, item_id=one.item_id
                )
                for one in chosen
            )
        )
    return made


def grown(rows: np.ndarray, count: int) -> tuple[np.ndarray, str]:
    """(I, D) real rows -> `count` rows, and in words how they were come by.

    A catalogue larger than the shipped one is grown: a new row lies between a real one and another of its
    neighbourhood, moved a little at random. Where REAL_ROWS names a file of real embeddings, those are used.
    """
    if path := os.environ.get(REAL_ROWS):
        rows = np.load(Path(path), mmap_mode="r")
    if count <= len(rows):
        return np.ascontiguousarray(rows[:count], dtype=np.float32), f"{count:,} real texts"
    draw = np.random.default_rng(0)
    order = np.argsort(_coarse_place(rows), kind="stable")
    parts, have = [np.asarray(rows, dtype=np.float32)], len(rows)
    while have < count:
        size = min(len(rows), count - have)
        other = np.roll(order, int(draw.integers(1, NEIGHBOURS)))[:size]
        share = draw.uniform(0.5, 0.9, (size, 1)).astype(np.float32)
        mixed = share * rows[order[:size]] + (1 - share) * rows[other]
        parts.append(normalise(mixed + draw.normal(0, NOISE, mixed.shape).astype(np.float32)))
        have += size
    return np.concatenate(parts), f"{len(rows):,} real texts, the others grown between neighbours"


def _coarse_place(rows: np.ndarray) -> np.ndarray:
    """(I,) numbers that are equal for rows of one neighbourhood: the nearest of 256 rows."""
    landmarks = rows[:: max(1, len(rows) // 256)]
    return np.concatenate([(step @ landmarks.T).argmax(axis=1) for step in np.array_split(rows, 50)])
