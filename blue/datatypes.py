"""What flows through BLUE: items, interactions, a profile made of sentences, and a ranking.

Plain frozen data, no behaviour beyond what the words themselves mean. Array axes are named in every
docstring of the project: U users, Q queries, S sentences of one profile, I items, D dimension,
G profiles sampled per history, N negatives.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

import numpy as np

Scoring = Literal["single", "facets"]
Message = dict[str, str]  # {"role": "system" | "user" | "assistant", "content": text}


@dataclass(frozen=True)
class Item:
    """One thing the catalogue can recommend; `popularity` is its quantile within its kind."""

    item_id: str  # "ml:1" (MovieLens), "gb:1" (goodbooks) or "bs:dune-part-two-2024-movie" (of this project)
    title: str
    kind: str  # "movie", "series" or "book" in the shipped catalogue
    year: int | None = None
    makers: tuple[str, ...] = ()  # authors, directors, creators or the brand, the first ones first
    series: str | None = None
    genres: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()  # what it is about, most telling first
    popularity: float = 0.0  # in (0, 1], 1 the best known of its kind; comparable between kinds; 0: unknown
    ratings: int = 0  # how often it was rated or taken at its source; 0 where nobody counted
    aliases: tuple[str, ...] = ()  # other titles it goes by; for matching, not for embedding
    description: str | None = None  # what its seller or publisher says; the shipped catalogue has none
    link: str | None = None  # "imdb:tt0083658", "goodreads:2767052" or an address; see `blue.catalog.link_of`
    tones: tuple[str, ...] = ()  # how it is, whatever it is about: "arthouse", "slow-burning", "witty"


CERTAIN = 0.8  # share of the evidence from which a match needs no second look


@dataclass(frozen=True)
class Match:
    """Which item of the catalogue a title was taken for, how sure that is, and what else it may be."""

    item_id: str | None  # None: the catalogue lacks it, as far as is known or as the visitor said
    sure: float  # in [0, 1]: the item's share of the evidence; 1 for a visitor's choice
    alternatives: tuple[str, ...] = ()  # other items it may be, likeliest first
    chosen: bool = False  # by the visitor: nothing overrides it
    kind: str | None = None  # what the history itself said, before the match filled in what it lacked
    year: int | None = None

    @property
    def certain(self) -> bool:
        """Whether nobody need look at it again."""
        return self.chosen or (self.item_id is not None and self.sure >= CERTAIN)


@dataclass(frozen=True)
class Interaction:
    """One item the user engaged with; `rating` is 0.5-5 stars, or None if they gave none."""

    title: str
    rating: float | None = None
    time: datetime | None = None
    kind: str | None = None  # "movie", "series", "book", "game", "place", "product"; None if unknown
    year: int | None = None
    creator: str | None = None  # author, director or brand, where the source names one
    item_id: str | None = None  # the catalogue's item, once matched
    line: int | None = None  # 1-based line (or record) of the source it came from
    watches: int | None = None  # how often it was seen, read or played; None where the source does not count
    match: Match | None = None  # how `item_id` was found; None before matching, or where the source names it

    @property
    def key(self) -> str:
        """What it is known by however the history around it changes: the catalogue's item, else its title."""
        return self.item_id or self.title.casefold()


@dataclass(frozen=True)
class SkippedRow:
    """A row of the source that is not in the history, and why, in words for its owner."""

    line: int
    text: str  # the row as it was, shortened to 200 characters
    reason: str


@dataclass(frozen=True)
class ParsedHistory:
    """What was read from one text or file; interactions are ordered oldest first."""

    format: str  # a stable name such as "letterboxd"; see blue.history.FORMATS
    interactions: tuple[Interaction, ...]
    skipped: tuple[SkippedRow, ...] = ()
    notes: tuple[
        str, ...
    ] = ()  # remarks on the whole, in words for its owner (a date dropped, a scale assumed)
    wish_list: tuple[Interaction, ...] = ()  # what the source only wishes for: no part of the history

    @property
    def known(self) -> int:
        """How many titles were found in the catalogue."""
        return sum(interaction.item_id is not None for interaction in self.interactions)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The titles that were not, as written."""
        return tuple(interaction.title for interaction in self.interactions if interaction.item_id is None)


@dataclass(frozen=True)
class Sentence:
    """One taste of a profile. `weight` is in [0, 2]; a sentence that is not `enabled` scores nothing.

    `written_from` holds the `Interaction.key` of the lines it was written from; a sentence that a person
    wrote or changed has none.
    """

    text: str
    weight: float = 1.0
    enabled: bool = True
    written_from: tuple[str, ...] = ()


@dataclass(frozen=True)
class Profile:
    """The textual user representation: at most five sentences, each one taste."""

    sentences: tuple[Sentence, ...]

    @property
    def text(self) -> str:
        """One sentence a line, as it is shown, edited and embedded."""
        return "\n".join(sentence.text for sentence in self.sentences)


DEFAULT_PRIOR = 0.02  # what is asked for leads the list; 0.05, Bayes' rule, foretells the next item best
MOST_PRIOR = 1.0  # from -1.0, little known first, to 1.0, little else than well known


@dataclass(frozen=True)
class RankedItem:
    """A retrieved item. `sentence` is the 0-based sentence that brought it (facets), else None."""

    rank: int  # 1 is best
    item: Item
    similarity: float  # the score of blue.retrieval.scoring, in cosines
    sentence: int | None = None
    prior: float = 0.0  # its part that how well known the item is gave


@dataclass(frozen=True)
class Ranking:
    """The best items for a profile, best first."""

    items: tuple[RankedItem, ...]
    scoring: Scoring


@dataclass(frozen=True)
class Movement:
    """How one item moved between two rankings; None means outside the compared list."""

    item: Item
    old_rank: int | None
    new_rank: int | None


@dataclass(frozen=True)
class SamplingSettings:
    """How a profile is decoded; temperature 0 is greedy."""

    max_new_tokens: int = 128
    temperature: float = 0.0
    top_p: float = 0.95
    repetition_penalty: float = 1.0
    seed: int = 0
    stop: tuple[str, ...] = field(default=())


class TextEncoder(Protocol):
    """Turns texts into unit vectors; queries and items may be prompted differently."""

    name: str
    dimension: int

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Profiles or their sentences -> (Q, D) float32 unit rows."""
        ...

    def encode_items(self, texts: Sequence[str]) -> np.ndarray:
        """Item texts -> (I, D) float32 unit rows."""
        ...


class TextGenerator(Protocol):
    """A language model that continues a chat; `name` and `engine` are shown in the app's footer."""

    name: str
    engine: str

    def count_tokens(self, text: str) -> int:
        """Length of a text in this model's tokens."""
        ...

    def stream(self, messages: Sequence[Message], settings: SamplingSettings) -> Iterator[str]:
        """Yield the continuation piece by piece; closing the iterator stops the model."""
        ...

    def generate(self, conversations: Sequence[Sequence[Message]], settings: SamplingSettings) -> list[str]:
        """One continuation a conversation, batched."""
        ...

    def samples(self, messages: Sequence[Message], settings: SamplingSettings, count: int) -> list[str]:
        """`count` different continuations of one conversation, drawn together at a temperature above 0.

        Engines that know how probable they are give the most probable a token first.
        """
        ...
