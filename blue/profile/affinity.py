"""Two lines of a history -> how likely a person would name them in one breath, as log-odds.

A logistic regression on what the lines share. Its weights were fitted on profiles as a person would write
them (`training.assets.fit_grouping`), apart for works, for products, and for pairs with a title that no
catalogue knows, of which only the words and the embedding are there to compare.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from blue.profile.traits import Rarity, Traits

PAIR_FEATURES = (
    "rarest theme", "rarest word", "words", "genres", "genre overlap", "maker", "series", "rarest title word",
    "title words", "decade", "cosine", "neighbours",
)  # fmt: skip
MOST_NATS = 9.0  # a trait rarer than one in 8,000 says no more than that


@dataclass(frozen=True)
class Background:
    """Cosines of pairs of items at large: what a cosine is held against, whichever embedder made it."""

    mean: float
    deviation: float

    @classmethod
    def of(cls, vectors: np.ndarray) -> "Background":
        """(I, D) unit rows of items at random, at least two."""
        cosines = (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]
        return cls(float(cosines.mean()), float(cosines.std()))


@dataclass(frozen=True)
class Linear:
    """A fitted logistic regression: (..., F) features -> (...) log-odds."""

    weights: np.ndarray  # (F,)
    intercept: float

    def __call__(self, features: np.ndarray) -> np.ndarray:
        return features @ self.weights + self.intercept


def kind_of(lines: Sequence[Traits]) -> str:
    """Which weights a whole history takes: those of "works", "products" or mere "titles"."""
    if 2 * sum(line.is_bare for line in lines) > len(lines):
        return "titles"
    return "products" if 2 * sum(line.is_product for line in lines) > len(lines) else "works"


def affinities(features: np.ndarray, lines: Sequence[Traits], models: Mapping[str, Linear]) -> np.ndarray:
    """(H, H, F) features of `pair_features` -> (H, H) log-odds; bare titles have their own weights."""
    bare = np.array([line.is_bare for line in lines])
    kind = "products" if kind_of(lines) == "products" else "works"
    either = bare[:, None] | bare[None, :]
    return np.where(either, models["titles"](features), models[kind](features))


def pair_features(
    lines: Sequence[Traits], vectors: np.ndarray | None, rarity: Rarity, background: Background
) -> np.ndarray:
    """H lines and their (H, D) unit rows, or None for an average cosine -> (H, H, F), as PAIR_FEATURES."""
    themes, _ = _shared(lines, "theme", rarity)
    word, words = _shared(lines, "word", rarity)
    _, genres = _shared(lines, "genre", rarity)
    title, titles = _shared(lines, "title", rarity)
    count = np.array([len(line.of["genre"]) for line in lines], np.float32)
    common = _common(lines, "genre")
    union = np.maximum(count[:, None] + count[None, :] - common, 1)
    place = np.arange(len(lines))
    nearness = np.zeros_like(themes)
    if vectors is not None:
        nearness = (vectors @ vectors.T - background.mean) / background.deviation
    return np.stack(
        (
            themes, word, words, genres, common / union,
            _common(lines, "maker") > 0, _common(lines, "series") > 0,
            title, titles, _common(lines, "decade") > 0,
            nearness,
            np.abs(place[:, None] - place[None, :]) == 1,
        ),
        axis=-1,
        dtype=np.float32,
        casting="unsafe",
    )  # fmt: skip


def _members(lines: Sequence[Traits], field: str) -> dict[str, list[int]]:
    """Trait -> the lines that have it, where two or more do."""
    members: dict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        for trait in line.of[field]:
            members[trait].append(place)
    return {trait: places for trait, places in members.items() if len(places) > 1}


def _shared(lines: Sequence[Traits], field: str, rarity: Rarity) -> tuple[np.ndarray, np.ndarray]:
    """Nats of the rarest trait that two lines share, and of all of them: two (H, H)."""
    rarest = np.zeros((len(lines), len(lines)), np.float32)
    together = np.zeros_like(rarest)
    members = _members(lines, field)
    nats = {trait: min(rarity(field, trait), MOST_NATS) for trait in members}
    for trait in sorted(members, key=lambda trait: (nats[trait], trait)):
        both = np.ix_(members[trait], members[trait])
        rarest[both] = nats[trait]
        together[both] += nats[trait]
    return rarest, together


def _common(lines: Sequence[Traits], field: str) -> np.ndarray:
    """How many traits two lines share: (H, H)."""
    counts = np.zeros((len(lines), len(lines)), np.float32)
    for places in _members(lines, field).values():
        counts[np.ix_(places, places)] += 1
    return counts
