"""Every item scored, not only the best: the ranks of single items, now and under a changed profile.

The order is that of `Retriever.rank`, whose formulas and neighbourhoods these are. What a text is to the
items is computed once for the life of a `FullRanking`: ten changed profiles cost little more than one.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from blue.datatypes import Interaction, Item, Profile, Scoring
from blue.errors import CatalogError, ProfileError
from blue.retrieval import (
    Facets,
    Retriever,
    best_first,
    enabled_sentences,
    in_the_light_of,
    neighbourhood,
    rejection,
)


@dataclass(frozen=True)
class ItemScores:
    """Scores of the candidates, (P,) in cosines, and under facets the (P,) sentences that brought them."""

    scores: np.ndarray
    sentences: np.ndarray | None


@dataclass(frozen=True)
class FacetParts:
    """The terms of the facets' score: F liked parts, R rejected parts, P candidates.

    `liked` is (F, P): each part's own score `b + w (cos - b_s)`; the maximum is the item's before rejections.
    `taken` is (R, P): what each rejected part would take away, of which the largest counts. `whole` is (P,):
    the cosines of what is liked as one text.
    """

    liked: np.ndarray
    liked_sentences: np.ndarray  # (F,)
    taken: np.ndarray
    disliked_sentences: np.ndarray  # (R,)
    whole: np.ndarray
    balance: float  # b, the mean baseline: it moves all items alike when a sentence goes


class FullRanking:
    """The candidates of one visitor: items of some kinds (none means all) that the history lacks."""

    def __init__(
        self, retriever: Retriever, history: Sequence[Interaction] = (), kinds: Collection[str] = ()
    ) -> None:
        self._retriever = retriever
        self._allowed = retriever.allowed(history, kinds)
        self.positions = np.flatnonzero(self._allowed)  # (P,) rows of the catalogue
        self._vectors: dict[str, np.ndarray] = {}
        self._similarities: dict[str, np.ndarray] = {}
        self._baselines: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self.positions)

    def column(self, item: Item) -> int:
        """The place of an item among the candidates.

        Raises:
            CatalogError: it is none of them.
        """
        row = self._retriever.catalog.position_of.get(item.item_id)
        if row is None or not self._allowed[row]:
            raise CatalogError(f"'{item.title}' is not among the items that are ranked here.")
        return int(np.searchsorted(self.positions, row))

    def rank(self, profile: Profile, scoring: Scoring, item: Item) -> int:
        """The rank of an item, 1 is best: its place in `Retriever.rank` if that showed every candidate."""
        column = self.column(item)
        scores = self.scores(profile, scoring).scores
        return int(np.flatnonzero(best_first(scores, self.positions) == column)[0]) + 1

    def scores(self, profile: Profile, scoring: Scoring) -> ItemScores:
        """The score of every candidate.

        Raises:
            ProfileError: no sentence is enabled, or under facets none says what is liked.
        """
        if scoring == "single":
            return ItemScores(self.similarities(_whole_text(profile)), None)
        parts = self.facet_parts(profile)
        best = parts.liked.argmax(axis=0)
        scores = parts.liked[best, np.arange(len(self))]
        if len(parts.taken):
            scores = scores - parts.taken.max(axis=0)
        return ItemScores(in_the_light_of(parts.whole, scores), parts.liked_sentences[best])

    def facet_parts(self, profile: Profile) -> FacetParts:
        """The terms of the facets' score, see `blue.retrieval.scoring`.

        Raises:
            ProfileError: no sentence is enabled, or none says what is liked.
        """
        facets = Facets.of(profile)
        self._compare([*facets.liked, *facets.disliked, facets.whole])
        self._balance(facets.liked)
        baselines = np.array([self._baselines[text] for text in facets.liked], dtype=np.float32)
        above = np.stack([self._similarities[text] for text in facets.liked]) - baselines[:, None]
        weights = facets.liked_weights[:, None]
        liked = baselines.mean() + np.where(above > 0, above * weights, above / weights)
        taken = [
            rejection(self._similarities[text][None], weight[None])
            for text, weight in zip(facets.disliked, facets.disliked_weights, strict=True)
        ]
        return FacetParts(
            liked,
            facets.liked_sentences,
            np.stack(taken) if taken else np.empty((0, len(self)), dtype=np.float32),
            facets.disliked_sentences,
            self._similarities[facets.whole],
            float(baselines.mean()),
        )

    def similarities(self, text: str) -> np.ndarray:
        """The cosine of a text and every candidate, (P,)."""
        self._compare([text])
        return self._similarities[text]

    def foresee(self, profiles: Iterable[Profile], scoring: Scoring, texts: Sequence[str] = ()) -> None:
        """Embed what these profiles, and some more texts, need in one pass, which costs less than one each.

        Changes no score. Profiles that cannot be ranked are passed over here; ranking them says why.
        """
        wanted = list(texts)
        for profile in profiles:
            with suppress(ProfileError):
                if scoring == "single":
                    wanted.append(_whole_text(profile))
                else:
                    facets = Facets.of(profile)
                    wanted += [*facets.liked, *facets.disliked, facets.whole]
        self._compare(wanted)

    def _compare(self, texts: Sequence[str]) -> None:
        """Fill in the cosines of new texts and the candidates."""
        new = [text for text in dict.fromkeys(texts) if text not in self._similarities]
        if not new:
            return
        vectors = self._retriever.encoder.encode_queries(new)
        rows = self._retriever.index.similarities(vectors, self.positions)
        self._vectors.update(zip(new, vectors, strict=True))
        self._similarities.update(zip(new, rows, strict=True))

    def _balance(self, texts: Sequence[str]) -> None:
        """Fill in the baselines of liked parts: a search through the candidates, which nothing else needs."""
        new = [text for text in dict.fromkeys(texts) if text not in self._baselines]
        if not new:
            return
        near = neighbourhood(len(self))
        if not near:
            self._baselines.update(dict.fromkeys(new, 0.0))
            return
        vectors = np.stack([self._vectors[text] for text in new])
        nearest = self._retriever.index.search(vectors, near, self._allowed)[0]
        self._baselines.update(zip(new, nearest[:, -1].tolist(), strict=True))


def _whole_text(profile: Profile) -> str:
    return "\n".join(sentence.text for _, sentence in enabled_sentences(profile))


def rank_if(ranking: FullRanking, profile: Profile, scoring: Scoring, item: Item) -> int | None:
    """The rank under a changed profile; None where the change leaves nothing that says what is liked."""
    try:
        return ranking.rank(profile, scoring, item)
    except ProfileError:
        return None
