"""How two folders of the same people differ: who moved between segments, which sentences came and went.

The segments are those of the first folder; people of the second are put to the nearest of its centres.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from blue.errors import PeopleError
from blue.people.phrases import Phrase, counted, distinctive, phrases_of
from blue.people.segments import READ_FOR_PHRASES, assign, describe, segment
from blue.people.store import PeopleStore

SHOWN = 10  # of every list


@dataclass(frozen=True)
class Move:
    """People who went from one segment to another, with some of their ids."""

    old: int  # 0-based, of `Diff.segments`
    new: int
    people: int
    examples: tuple[str, ...]


@dataclass(frozen=True)
class Diff:
    """What changed from one folder to another."""

    segments: tuple[str, ...]  # names, of the first folder
    shared: int  # people in both
    only_old: int
    only_new: int
    moved: int  # of the shared who have a profile in both
    compared: int  # these
    moves: tuple[Move, ...]  # the largest first
    kept: int  # sentences that a shared person has in both, word for word
    came: int
    went: int
    most_came: tuple[tuple[str, int], ...]  # a sentence and how many people it came to
    most_went: tuple[tuple[str, int], ...]
    said_more: tuple[Phrase, ...]  # in the second than in the first
    said_less: tuple[Phrase, ...]


def diff(old: PeopleStore, new: PeopleStore, count: int = 0) -> Diff:
    """Compare two folders by their people's ids.

    Raises:
        PeopleError: they were embedded by different models, or nobody is in both.
    """
    one, other = old.folder.shards[0], new.folder.shards[0]
    if one.embedder != other.embedder:
        raise PeopleError(
            f"{old.folder.path} and {new.folder.path} have different embedders: no segment fits both."
        )
    rows = shared_rows(old, new)
    if not len(rows):
        raise PeopleError(f"Nobody is both in {old.folder.path} and in {new.folder.path}.")
    segments = segment(old, count)
    before, after = segments.labels[rows[:, 0]], assign(new.sentences, segments.centres)[rows[:, 1]]
    both = (before >= 0) & (after >= 0)
    moved = both & (before != after)
    came, went, kept = _sentences(old, new, rows)
    more, less = _phrases(old, new, rows)
    return Diff(
        segments=tuple(group.name for group in describe(old, segments)),
        shared=len(rows),
        only_old=len(old) - len(rows),
        only_new=len(new) - len(rows),
        moved=int(moved.sum()),
        compared=int(both.sum()),
        moves=_moves(old, rows[moved, 0], before[moved], after[moved]),
        kept=kept,
        came=came.total(),
        went=went.total(),
        most_came=_most(came),
        most_went=_most(went),
        said_more=more,
        said_less=less,
    )


def shared_rows(old: PeopleStore, new: PeopleStore) -> np.ndarray:
    """(P, 2) the rows of who is in both folders, in the order of the first."""
    people = str(new.sentences.people_file).replace("'", "''")
    found = old.query(
        f"SELECT people.row, other.row FROM people JOIN read_parquet('{people}') other USING (user_id) "
        "ORDER BY 1"
    )
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _moves(store: PeopleStore, rows: np.ndarray, before: np.ndarray, after: np.ndarray) -> tuple[Move, ...]:
    ways = Counter(zip(before.tolist(), after.tolist(), strict=True))
    moves = []
    for (source, target), people in sorted(ways.items(), key=lambda way: (-way[1], way[0]))[:SHOWN]:
        some = rows[(before == source) & (after == target)][:SHOWN]
        moves.append(Move(source, target, people, tuple(person.user_id for person in store.people(some))))
    return tuple(moves)


def _sentences(
    old: PeopleStore, new: PeopleStore, rows: np.ndarray
) -> tuple[Counter[str], Counter[str], int]:
    """Which sentences came to how many people, which went, and how many stayed."""
    came: Counter[str] = Counter()
    went: Counter[str] = Counter()
    kept = 0
    for some, others in zip(old.batches(rows[:, 0]), new.batches(rows[:, 1]), strict=True):
        for one, other in zip(some, others, strict=True):
            before, after = set(one.sentences), set(other.sentences)
            came.update(after - before)
            went.update(before - after)
            kept += len(before & after)
    return came, went, kept


def _most(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:SHOWN])


def _phrases(
    old: PeopleStore, new: PeopleStore, rows: np.ndarray
) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
    rows = rows[:: max(1, len(rows) // READ_FOR_PHRASES)]
    said = [
        phrases_of(person.sentences)
        for store, own in ((old, rows[:, 0]), (new, rows[:, 1]))
        for batch in store.batches(own)
        for person in batch
    ]
    counts = counted([0] * len(rows) + [1] * len(rows), said)
    size = len(rows)
    return (
        distinctive(counts[1], size, counts[0], size, SHOWN),
        distinctive(counts[0], size, counts[1], size, SHOWN),
    )
