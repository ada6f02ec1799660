"""Groups of people whose profiles lie near each other, each named by its most typical sentence.

A person lies where the mean of their sentences points. k-means groups at most 50,000 of them, drawn with a
seed; everybody is then in the group whose centre is nearest. Groups are numbered by size, the largest 0.
"""

import math
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blue.datatypes import Item
from blue.errors import PeopleError
from blue.people.phrases import Phrase, counted, distinctive, phrases_of
from blue.people.sentences import Sentences, kept_for
from blue.people.store import PeopleStore
from blue.profile import stance
from blue.retrieval import Retriever

SEED = 0
MOST_SEGMENTS = 60
USUAL_MOST = 24
TRAINED_ON = 50_000  # people
READ_FOR_PHRASES = 20_000  # people
EXAMPLES = 5
ITEMS = 8
AT_ONCE = 50_000  # people
NOBODY = -1  # the label of who has no profile


@dataclass(frozen=True)
class Segments:
    """`labels` (U,) int16, NOBODY where there is no profile; `centres` (K, D) unit rows."""

    labels: np.ndarray
    centres: np.ndarray

    def __len__(self) -> int:
        return len(self.centres)

    def rows(self, number: int) -> np.ndarray:
        """The people of a segment.

        Raises:
            PeopleError: there is no such segment.
        """
        if not 0 <= number < len(self):
            raise PeopleError(f"There is no segment {number + 1}; there are {len(self)}.")
        return np.flatnonzero(self.labels == number)


@dataclass(frozen=True)
class Described:
    """One segment in words."""

    number: int  # 0-based
    name: str  # its most typical sentence
    people: int
    phrases: tuple[Phrase, ...]
    examples: tuple[str, ...]  # ids of the people nearest to its centre
    items: tuple[Item, ...]  # nearest to its centre


def segment(store: PeopleStore, count: int = 0) -> Segments:
    """Group the people of a folder; a count of 0 is about the root of half of them. Kept in the cache.

    Raises:
        PeopleError: nobody has a profile, or the count is out of its range.
    """
    if not 0 <= count <= MOST_SEGMENTS:
        raise PeopleError(f"{count} is no number of segments; write 1 to {MOST_SEGMENTS}, or 0.")
    if (kept := kept_segments(store, count)) is not None:
        return kept
    profiled = np.flatnonzero(np.diff(store.sentences.starts) > 0)
    if not len(profiled):
        raise PeopleError(f"Nobody in {store.folder.path} has a profile: there is nothing to group.")
    wanted = count or max(2, min(USUAL_MOST, round(math.sqrt(len(profiled) / 2))))
    centres = _centres(store.sentences, profiled, min(wanted, len(profiled)))
    made = _numbered_by_size(store.sentences, centres)
    file = _file(store, count)
    part = file.with_suffix(f".{os.getpid()}.npz")
    np.savez(part, labels=made.labels, centres=made.centres)
    os.replace(part, file)
    return made


def kept_segments(store: PeopleStore, count: int = 0) -> Segments | None:
    """The groups if they were made before: people can be looked at without them."""
    file = _file(store, count)
    if not file.is_file():
        return None
    with np.load(file) as stored:
        return Segments(stored["labels"], stored["centres"])


def _file(store: PeopleStore, count: int) -> Path:
    return kept_for(store.folder) / f"segments-{count}.npz"


def assign(sentences: Sentences, centres: np.ndarray) -> np.ndarray:
    """(U,) int16: the nearest centre of each person, NOBODY for who has no sentence."""
    labels = np.full(sentences.people, NOBODY, dtype=np.int16)
    for rows, means in _means(sentences, np.flatnonzero(np.diff(sentences.starts) > 0)):
        labels[rows] = (means @ centres.T).argmax(axis=1)
    return labels


def _centres(sentences: Sentences, profiled: np.ndarray, count: int) -> np.ndarray:
    from sklearn.cluster import MiniBatchKMeans

    drawn = profiled
    if len(profiled) > TRAINED_ON:
        drawn = np.sort(np.random.default_rng(SEED).choice(profiled, TRAINED_ON, replace=False))
    means = np.concatenate([part for _, part in _means(sentences, drawn)])
    count = min(count, len(np.unique(means.round(4), axis=0)))
    fitted = MiniBatchKMeans(count, random_state=SEED, batch_size=4096, n_init=5).fit(means)
    centres = fitted.cluster_centers_.astype(np.float32)
    return centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)


def _means(sentences: Sentences, rows: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        yield some, sentences.of_people(some)


def _numbered_by_size(sentences: Sentences, centres: np.ndarray) -> Segments:
    labels = assign(sentences, centres)
    sizes = np.bincount(labels[labels >= 0], minlength=len(centres))
    order = np.argsort(-sizes, kind="stable")[: np.count_nonzero(sizes)]
    renumbered = np.full(len(centres) + 1, NOBODY, dtype=np.int16)  # the last is NOBODY's own
    renumbered[order] = np.arange(len(order))
    return Segments(renumbered[labels], centres[order])


def describe(store: PeopleStore, segments: Segments, retriever: Retriever | None = None) -> list[Described]:
    """All segments in words; with a retriever also the items nearest to each centre."""
    if retriever is not None:
        store.require_same(retriever.encoder)
    rows = np.flatnonzero(segments.labels >= 0)
    step = max(1, len(rows) // READ_FOR_PHRASES)
    rows = rows[::step]
    said = (phrases_of(person.sentences) for batch in store.batches(rows) for person in batch)
    labels = segments.labels[rows].tolist()
    counts, sizes = counted(labels, said), Counter(labels)
    everybody = Counter()
    for phrases in counts.values():
        everybody.update(phrases)
    none: Counter[str] = Counter()
    return [
        _described(
            store,
            segments,
            number,
            distinctive(
                counts.get(number, none), sizes[number],
                everybody - counts.get(number, none), len(rows) - sizes[number],
            ),
            retriever,
        )
        for number in range(len(segments))
    ]  # fmt: skip


def _described(
    store: PeopleStore,
    segments: Segments,
    number: int,
    phrases: tuple[Phrase, ...],
    retriever: Retriever | None,
) -> Described:
    centre = segments.centres[number]
    near = store.sentences.nearest(centre, EXAMPLES, segments.labels == number)
    people = store.people([hit.row for hit in near])
    typical = [person.sentences[hit.number] for person, hit in zip(people, near, strict=True)]
    items: tuple[Item, ...] = ()
    if retriever is not None:
        _, positions = retriever.index.search(centre[None], ITEMS)
        items = tuple(retriever.catalog.items[position] for position in positions[0])
    return Described(
        number,
        next((text for text in typical if stance(text).liked), typical[0]),
        int(np.count_nonzero(segments.labels == number)),
        phrases,
        tuple(person.user_id for person in people),
        items,
    )
