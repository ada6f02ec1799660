"""What is wrong with many people's profiles: shares of sentences, with the people behind every figure.

Four marks of a sentence, each by the check that the studio itself uses:

    unsupported   nothing in the history says it (`blue.inspection.evidence`); needs histories
    restated      over half of its words stand in one title of the history (`blue.profile.guards`), or six of
                  a title's words in a row do (`blue.profile.title_overlap`); needs histories
    sensitive     it states health, religion, politics, ... (`blue.inspection.sensitive`)
    repeated      so many people have it word for word

A mark that needs histories is counted only over people whose shard keeps them. The unit of an interval is the
person: the share of people with at least one marked sentence, and Wilson's 95 % interval of it.
"""

import math
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from blue.datatypes import Item
from blue.errors import PeopleError
from blue.inspection import sensitive_claims
from blue.inspection.evidence import evidence
from blue.models import Progress, silent
from blue.people.segments import Segments
from blue.people.store import PeopleStore, Person
from blue.profile import copies_title, restates_title

MARKS = ("unsupported", "restated", "sensitive", "repeated")
NEED_HISTORIES = ("unsupported", "restated")
LENGTHS = ((1, 4), (5, 9), (10, 19), (20, 49), (50, 99), (100, None))  # titles read
LEAST_REPEATED = 3  # people, or one in a thousand
_Z = 1.959964  # of the normal distribution, two-sided 95 %


@dataclass(frozen=True)
class Figure:
    """One mark in one group of people."""

    mark: str
    group: str  # "everybody", "segment 3", "5-9 titles"
    sentences: int  # that were judged
    marked: int  # of them
    people: int  # whose sentences these are
    people_marked: int  # with at least one marked sentence

    @property
    def share(self) -> float:
        """Of the sentences."""
        return self.marked / self.sentences

    @property
    def share_of_people(self) -> float:
        """With at least one marked sentence."""
        return self.people_marked / self.people

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of `share_of_people`."""
        return wilson(self.people_marked, self.people)


@dataclass(frozen=True)
class Judged:
    """Columns, one row a sentence: whose it is, and each mark as 1, 0 or -1 (not judged)."""

    rows: np.ndarray  # int32
    marks: Mapping[str, np.ndarray]  # int8


@dataclass(frozen=True)
class Audit:
    """All figures, and what they rest on."""

    people: int
    profiled: int
    sentences: int
    with_history: int  # people
    repeated_from: int  # people who must have a sentence for it to count as repeated
    figures: tuple[Figure, ...]
    names: tuple[str, ...]  # of the segments
    judged: Judged = field(repr=False)
    groups: Mapping[str, np.ndarray] = field(repr=False)  # (U,) bool, who is in each

    def figure(self, mark: str, group: str = "everybody") -> Figure:
        """One of them; PeopleError if there is none."""
        for figure in self.figures:
            if (figure.mark, figure.group) == (mark, group):
                return figure
        raise PeopleError(f"There is no figure of '{mark}' for '{group}'.")

    def behind(self, figure: Figure) -> np.ndarray:
        """Rows of the people with a marked sentence."""
        judged = self.judged
        return np.unique(
            judged.rows[self.groups[figure.group][judged.rows] & (judged.marks[figure.mark] == 1)]
        )


def wilson(marked: int, of: int) -> tuple[float, float]:
    """Wilson's score interval of a share at 95 %; (0, 1) of nothing.

    >>> tuple(round(end, 3) for end in wilson(3, 10))
    (0.108, 0.603)
    """
    if not of:
        return 0.0, 1.0
    share, square = marked / of, _Z * _Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = _Z * math.sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return max(0.0, middle - half), min(1.0, middle + half)


def audit(
    store: PeopleStore,
    items: Mapping[str, Item],
    segments: Segments | None = None,
    names: Sequence[str] = (),
    progress: Progress = silent,
) -> Audit:
    """Judge every sentence of a folder.

    Args:
        items: of the catalogue by id, what is known of the titles of histories.
        segments: groups to count by, with their `names`.
    """
    repeated_from = max(LEAST_REPEATED, len(store) // 1000)
    repeated, titles, with_history = _repeated(store, repeated_from), np.zeros(len(store), int), 0
    rows, marks = array("i"), {mark: array("b") for mark in MARKS}
    done = 0
    for batch in store.batches():
        for person in batch:
            titles[person.row] = person.titles_read
            with_history += bool(person.history and person.sentences)
            for mark, values in _marks_of(person, items, repeated).items():
                marks[mark].extend(values)
            rows.extend([person.row] * len(person.sentences))
        done += len(batch)
        progress("Judging the sentences", done / len(store))
    judged = Judged(
        np.array(rows, np.int32), {mark: np.array(values, np.int8) for mark, values in marks.items()}
    )
    groups = _groups(titles, segments)
    figures = (_figure(judged, mark, group, who) for group, who in groups.items() for mark in MARKS)
    return Audit(
        len(store), len(np.unique(judged.rows)), len(rows), with_history, repeated_from,
        tuple(figure for figure in figures if figure.sentences), tuple(names), judged, groups,
    )  # fmt: skip


def _repeated(store: PeopleStore, least: int) -> set[str]:
    """Sentences that so many people have, word for word."""
    files = [str(shard.path) for shard in store.folder.shards]
    found = store.query(
        "SELECT said FROM (SELECT user_id, unnest(sentences) AS said FROM read_parquet(?)) "
        "GROUP BY said HAVING count(DISTINCT user_id) >= ?",
        [files, least],
    )
    return {said for (said,) in found}


def _marks_of(person: Person, items: Mapping[str, Item], repeated: set[str]) -> dict[str, list[int]]:
    """Mark -> one value a sentence."""
    sentences = person.sentences
    marks = {name: [-1] * len(sentences) for name in NEED_HISTORIES}
    if person.history and sentences:
        titles = [line.title for line in person.history]
        found = evidence(person.profile, person.history, items)
        marks["unsupported"] = [int(not claim.supported) for claim in found]
        marks["restated"] = [int(restates_title(s, titles) or copies_title(s, titles)) for s in sentences]
    claimed = {claim.sentence for claim in sensitive_claims(sentences)}
    marks["sensitive"] = [int(number in claimed) for number in range(len(sentences))]
    marks["repeated"] = [int(sentence in repeated) for sentence in sentences]
    return marks


def _groups(titles: np.ndarray, segments: Segments | None) -> dict[str, np.ndarray]:
    """Group -> (U,) bool, who is in it."""
    groups = {"everybody": np.ones(len(titles), bool)}
    for number in range(len(segments) if segments else 0):
        groups[f"segment {number + 1}"] = segments.labels == number
    for least, most in LENGTHS:
        name = f"{least}-{most} titles" if most else f"{least} titles or more"
        groups[name] = (titles >= least) & (titles <= (most or np.inf))
    return groups


def _figure(judged: Judged, mark: str, group: str, who: np.ndarray) -> Figure:
    values, here = judged.marks[mark], who[judged.rows]
    known, marked = here & (values >= 0), here & (values == 1)
    return Figure(
        mark, group, int(known.sum()), int(marked.sum()),
        len(np.unique(judged.rows[known])), len(np.unique(judged.rows[marked])),
    )  # fmt: skip
