"""What two people would both like, why, and which tastes they share (ours).

Cosines of two profiles are not on one scale: one profile's may spread wider than the other's. So a person's
score of an item is its place among the items that neither of the two has in the history, as a share of them:

    u(i) = 1 - (rank_u(i) - 1) / (I - 1)        1 for the best of I items, 0 for the last

by the one formula (`blue.retrieval.scoring`). What both would like is ordered by the less pleased of the two,
min(u, v); of equal ones the sum decides, then the order of the catalogue.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from blue.datatypes import DEFAULT_PRIOR, Interaction, Item, Profile, Scoring, TextEncoder
from blue.errors import CatalogError
from blue.inspection.full_ranking import FullRanking
from blue.profile import stance
from blue.retrieval import Retriever, best_first, cosine_similarity

# From this cosine on two sentences say the same taste. Of the pairs of strangers' sentences about one in a
# hundred is as near: the 99th percentile is .66 of films, .62 of books (115 and 109 sentences that ship).
SHARED_TASTE = 0.65


@dataclass(frozen=True)
class Person:
    """One of the two: a profile, and the history that is known already."""

    profile: Profile
    history: Sequence[Interaction] = ()


@dataclass(frozen=True)
class ForBoth:
    """An item for two; each pair holds one value a person."""

    item: Item
    score: float  # of the less pleased, in [0, 1]
    ranks: tuple[int, int]  # 1 is best, among what neither knows
    sentences: tuple[int | None, int | None]  # 0-based, which brought it; None under "single"


@dataclass(frozen=True)
class SharedTaste:
    """A sentence of the first and one of the second, 0-based, that say about the same."""

    sentences: tuple[int, int]
    similarity: float


@dataclass(frozen=True)
class Both:
    """What two people would both like, best first, of so many candidates; and what their profiles share."""

    people: tuple[Person, Person]
    items: tuple[ForBoth, ...]
    shared: tuple[SharedTaste, ...]
    candidates: int


def both(
    retriever: Retriever,
    people: tuple[Person, Person],
    *,
    top: int = 20,
    scoring: Scoring = "facets",
    kinds: Collection[str] = (),
    within: Collection[str] = (),
    prior: float = DEFAULT_PRIOR,
) -> Both:
    """Rank for two; kinds and ids are those of `Retriever.rank`.

    Raises:
        ProfileError: a profile says nothing that can rank.
        CatalogError: the catalogue has no such kind, or nothing is left that neither knows.
    """
    known = [one for person in people for one in person.history]
    ranking = FullRanking(retriever, known, kinds, prior, within)
    if not len(ranking):
        raise CatalogError("Nothing is left that neither of the two knows. Choose another filter.")
    ranking.foresee([person.profile for person in people], scoring)
    scores = [ranking.scores(person.profile, scoring) for person in people]
    ranks = np.stack([_ranks(one.total, ranking.positions) for one in scores])  # (2, P)
    shares = 1.0 - (ranks - 1) / max(1, len(ranking) - 1)
    order = np.lexsort((ranking.positions, -shares.sum(axis=0), -shares.min(axis=0)))[:top]
    brought = [
        [None] * len(order) if scoring == "single" else one.sentences[order].tolist() for one in scores
    ]
    items = tuple(
        ForBoth(retriever.catalog.items[ranking.positions[column]], float(shares[:, column].min()),
                (int(ranks[0, column]), int(ranks[1, column])), pair)
        for column, pair in zip(order, zip(*brought, strict=True), strict=True)
    )  # fmt: skip
    first, second = (person.profile for person in people)
    return Both(people, items, shared_tastes(first, second, retriever.encoder), len(ranking))


def shared_tastes(first: Profile, second: Profile, encoder: TextEncoder) -> tuple[SharedTaste, ...]:
    """The pairs of enabled sentences that are as near as `SHARED_TASTE`, the nearest first.

    What is liked is compared with what is liked, and what is only rejected with what is only rejected.
    """
    sides = [_said(profile) for profile in (first, second)]
    if not all(sides):
        return ()
    vectors = [encoder.encode_queries([text for _, _, text in side]) for side in sides]
    cosines = cosine_similarity(*vectors)
    pairs = [
        SharedTaste((a, b), float(cosines[i, j]))
        for i, (a, likes, _) in enumerate(sides[0])
        for j, (b, also_likes, _) in enumerate(sides[1])
        if likes == also_likes and cosines[i, j] >= SHARED_TASTE
    ]
    return tuple(sorted(pairs, key=lambda pair: -pair.similarity))


def _said(profile: Profile) -> list[tuple[int, bool, str]]:
    """(sentence, whether it likes something, that part of it) of each enabled sentence."""
    stances = [(number, stance(one.text)) for number, one in enumerate(profile.sentences) if one.enabled]
    return [(number, bool(part.liked), part.liked or part.disliked or "") for number, part in stances]


def _ranks(scores: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """(P,) the rank of each candidate, 1 is best, in the order of `Retriever.rank`."""
    ranks = np.empty(len(scores), dtype=int)
    ranks[best_first(scores, positions)] = np.arange(1, len(scores) + 1)
    return ranks
