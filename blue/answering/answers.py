"""What is asked and what is answered, as frozen data."""

from dataclasses import dataclass
from typing import Literal

from blue.datatypes import Item, Message

Context = Literal["profile", "history", "none"]
QuestionKind = Literal["recommend", "would like", "rating", "choose", "avoid", "tastes", "other"]


@dataclass(frozen=True)
class Question:
    """A question as it was understood."""

    text: str
    kind: QuestionKind
    items: tuple[Item, ...] = ()  # catalogue items it names
    kinds: tuple[str, ...] = ()  # kinds it asks for: "watch" means movies, "read" books; () means any


@dataclass(frozen=True)
class Candidate:
    """An item the answer may name, and how near it is to the context."""

    item: Item
    similarity: float  # cosine, or the facets' score
    sentence: int | None = None  # that brought it
    probability: float | None = None  # of the frozen base model choosing it, in [0, 1], where it was asked


@dataclass(frozen=True)
class Given:
    """All that the answer was made from; shown to the visitor."""

    context: Context
    text: str  # the profile, the history lines, or ""
    candidates: tuple[Candidate, ...]
    messages: tuple[Message, ...] = ()  # to the language model; empty where it wrote nothing


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
    """An answer, whole or so far (`done` tells).

    `text` is made from retrieval, probabilities and the profile's own sentences. `model_words` is what the
    language model added in free text, to be shown as such: it may be wrong.
    """

    question: Question
    given: Given
    text: str
    sentences: tuple[int, ...] = ()  # 0-based sentences of the profile it rests on
    items: tuple[Item, ...] = ()  # candidates it names
    rating: RatingEstimate | None = None
    model_words: str = ""
    outside: tuple[str, ...] = ()  # titles in `model_words` that the answer did not choose: mark it
    done: bool = False
