"""What is asked and what is answered, as frozen data."""

from dataclasses import dataclass
from typing import Literal

from blue.answering.filters import NO_FILTERS, Filters
from blue.datatypes import Interaction, Item

Context = Literal["profile", "history", "none"]
Intent = Literal[
    "recommend", "would like", "rating", "likes", "compare", "why", "avoid", "tastes", "favourite", "history",
    "unknown",
]  # fmt: skip
Feature = Literal["title", "maker", "genre", "theme", "decade", "rating"]  # of which somebody has a favourite


@dataclass(frozen=True)
class Subject:
    """A title that a question is about: of the catalogue, of the history, or of both."""

    item: Item | None
    row: Interaction | None = None  # the history's last one of it


@dataclass(frozen=True)
class Question:
    """A question as it was understood."""

    text: str
    intent: Intent
    subjects: tuple[Subject, ...] = ()
    filters: Filters = NO_FILTERS
    options: tuple[Filters, ...] = ()  # of a comparison of things rather than titles
    feature: Feature = "title"  # whose favourite is asked for
    reverse: bool = False  # the least instead of the most; why not instead of why
    stars: tuple[float, float] | None = None  # of the history's rows that are asked for, both ends included
    counted: bool = False  # how many, instead of which
    rated: bool = False  # what somebody finished or rated, whatever it is worth

    @property
    def items(self) -> tuple[Item, ...]:
        """The catalogue's items among the subjects."""
        return tuple(subject.item for subject in self.subjects if subject.item is not None)


@dataclass(frozen=True)
class Candidate:
    """An item the answer may name, and how near it is to the context."""

    item: Item
    similarity: float  # cosine, or the facets' score
    sentence: int | None = None  # that brought it


@dataclass(frozen=True)
class Given:
    """All that the answer was made from; shown to the visitor."""

    context: Context
    text: str  # the profile, the history lines, or ""
    candidates: tuple[Candidate, ...] = ()


@dataclass(frozen=True)
class RatingEstimate:
    """A likely rating of one item in stars, 0.5-5, with the baseline beside it.

    `formula` says how; `from_rows` are the history rows (0-based) that weighed most.
    """

    item: Item
    stars: float | None  # None: the history has no ratings
    user_mean: float | None  # the baseline: the mean of the person's ratings
    from_rows: tuple[int, ...]
    formula: str


@dataclass(frozen=True)
class Answer:
    """An answer; `text` states plainly what was found in the history, the profile and the catalogue."""

    question: Question
    given: Given
    text: str
    sentences: tuple[int, ...] = ()  # 0-based sentences of the profile it rests on
    items: tuple[Item, ...] = ()  # items of the catalogue it names
    rows: tuple[Interaction, ...] = ()  # of the history, that it rests on
    rating: RatingEstimate | None = None
