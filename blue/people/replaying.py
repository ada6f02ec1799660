"""One edit for many people, looked at before anybody's profile is changed: what would move?"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from blue.datatypes import Item, Profile, Sentence
from blue.errors import PeopleError, ProfileError
from blue.people.store import PeopleStore, Person
from blue.profile import parse_profile
from blue.retrieval import Retriever

TOP = 10  # items of each ranking
MOST_PEOPLE = 500  # of one replay; of more, these are drawn evenly
SHOWN = 10


@dataclass(frozen=True)
class Moved:
    """One person before and after: how much of the first ten stayed."""

    user_id: str
    kept: float


@dataclass(frozen=True)
class BulkReplay:
    """What an edit moved, for as many people as were looked at so far."""

    edit: str
    asked: int  # people who are to be looked at
    people: tuple[Moved, ...]  # who were
    entered: tuple[tuple[str, int], ...]  # titles, and into how many lists
    left: tuple[tuple[str, int], ...]

    @property
    def done(self) -> bool:
        """Whether everybody was looked at."""
        return len(self.people) == self.asked

    @property
    def kept(self) -> float:
        """Mean share of the first ten that stayed."""
        return sum(person.kept for person in self.people) / len(self.people) if self.people else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """The mean's 95 % interval over people, by the normal distribution."""
        count = len(self.people)
        if count < 2:
            return 0.0, 1.0
        spread = sum((person.kept - self.kept) ** 2 for person in self.people) / (count - 1)
        half = 1.96 * math.sqrt(spread / count)
        return max(0.0, self.kept - half), min(1.0, self.kept + half)

    @property
    def most_moved(self) -> tuple[Moved, ...]:
        """Whose list changed most, the most first."""
        return tuple(sorted(self.people, key=lambda one: (one.kept, one.user_id))[:SHOWN])


def replay(store: PeopleStore, retriever: Retriever, rows: Sequence[int], edit: str) -> Iterator[BulkReplay]:
    """Add a sentence to the profiles of these people and rank again; a result after each person.

    It is added behind what a profile says already, in memory alone. Titles of the history, where the shard
    keeps it, are in neither list.

    Raises:
        PeopleError: the edit is not one sentence, or nobody is left to look at.
    """
    sentence = one_sentence(edit)
    store.require_same(retriever.encoder)
    rows = [row for row in rows if store.sentences.starts[row] < store.sentences.starts[row + 1]]
    if not rows:
        raise PeopleError("None of these people has a profile. Choose others.")
    chosen = (
        [rows[len(rows) * n // MOST_PEOPLE] for n in range(MOST_PEOPLE)] if len(rows) > MOST_PEOPLE else rows
    )
    entered, left, moved = Counter(), Counter(), []
    for batch in store.batches(chosen):
        for person in batch:
            old, new = _lists(retriever, person, sentence)
            entered.update(new - old)
            left.update(old - new)
            moved.append(Moved(person.user_id, len(old & new) / max(1, len(old))))
            yield BulkReplay(sentence.text, len(chosen), tuple(moved), _most(entered), _most(left))


def _lists(retriever: Retriever, person: Person, sentence: Sentence) -> tuple[set[Item], set[Item]]:
    """The first ten before and after; who only rejects had none before."""
    lists = []
    for sentences in (person.profile.sentences, (*person.profile.sentences, sentence)):
        try:
            ranking = retriever.rank(Profile(sentences), person.history or (), top=TOP)
        except ProfileError:  # nothing in it says what is liked
            lists.append(set())
            continue
        lists.append({entry.item for entry in ranking.items})
    return lists[0], lists[1]


def _most(items: Counter[Item]) -> tuple[tuple[str, int], ...]:
    ordered = sorted(items.items(), key=lambda one: (-one[1], one[0].item_id))
    return tuple((item.title, people) for item, people in ordered[:SHOWN])


def one_sentence(text: str) -> Sentence:
    """The sentence of an edit; PeopleError if it is none or several."""
    if not text.strip():
        raise PeopleError("There is no sentence to add. Write one, such as 'Avoids horror.'")
    sentences = parse_profile(text).sentences
    if len(sentences) > 1:
        raise PeopleError(f"These are {len(sentences)} sentences. Write one: one edit at a time.")
    return sentences[0]
