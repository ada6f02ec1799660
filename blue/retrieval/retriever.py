"""Profile -> ranked items: an embedder and an indexed catalogue. No language model is needed for it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from blue.datatypes import Interaction, Profile, RankedItem, Ranking, Scoring, Sentence, TextEncoder
from blue.errors import ProfileError
from blue.items import Catalog
from blue.profile import stance
from blue.retrieval.index import ItemIndex
from blue.retrieval.scoring import best_first, facet_scores, in_the_light_of, neighbourhood, rejection
from blue.retrieval.sharded_index import ShardedIndex

_TIES = 20  # items beyond the top that may be as near as its last one


@dataclass(frozen=True)
class Retriever:
    """Finds the items of a catalogue that a profile asks for."""

    catalog: Catalog
    encoder: TextEncoder
    index: ItemIndex | ShardedIndex
    encoder_source: str = "memory"  # where the embedder's files came from, as the footer says it

    def rank(
        self,
        profile: Profile,
        history: Sequence[Interaction] = (),
        *,
        top: int = 20,
        scoring: Scoring = "facets",
        kinds: Collection[str] = (),
    ) -> Ranking:
        """Profile -> the `top` items nearest to it, without those of the history; no `kinds` means all.

        Raises:
            ProfileError: no sentence is enabled, or, under facets, none says what is liked.
            CatalogError: the catalogue has no such kind.
        """
        allowed = self.allowed(history, kinds)
        if scoring == "single":
            return self._rank_single(profile, allowed, top)
        return self._rank_facets(profile, allowed, top)

    def allowed(self, history: Sequence[Interaction] = (), kinds: Collection[str] = ()) -> np.ndarray:
        """(I,) bool: the items of these kinds (none means all) that are not in the history.

        Raises:
            CatalogError: the catalogue has no such kind.
        """
        allowed = self.catalog.positions(kinds or self.catalog.kinds)
        position_of = self.catalog.position_of
        allowed[[position_of[one.item_id] for one in history if one.item_id in position_of]] = False
        return allowed

    def _rank_single(self, profile: Profile, allowed: np.ndarray, top: int) -> Ranking:
        text = "\n".join(sentence.text for _, sentence in enabled_sentences(profile))
        found = self.index.search(self.encoder.encode_queries([text]), top + _TIES, allowed)
        similarities, positions = found[0][0], found[1][0]
        order = best_first(similarities, positions)[:top]
        return Ranking(self._ranked(positions[order], similarities[order]), "single")

    def _rank_facets(self, profile: Profile, allowed: np.ndarray, top: int) -> Ranking:
        """Exact top items under facets, also behind an index that only answers nearest-item searches.

        Each liked part, and the whole, fetches its nearest `depth` items; an item that none fetched scores at
        most what the best of their last similarities would. Rejections may push fetched items below that
        bound: then the search goes deeper, until the bound holds or every allowed item was fetched.
        """
        facets = Facets.of(profile)
        vectors = self.encoder.encode_queries([*facets.liked, facets.whole, *facets.disliked])
        asked, disliked = vectors[: len(facets.liked) + 1], vectors[len(facets.liked) + 1 :]
        total = int(allowed.sum())
        near = neighbourhood(total)
        depth = max(near, top if not facets.disliked else 10 * top)
        while True:
            similarities, found = self.index.search(asked, depth, allowed)
            baselines = similarities[:-1, near - 1] if near else np.zeros(len(facets.liked), np.float32)
            pool = np.unique(found)
            score = partial(facet_scores, weights=facets.liked_weights, baselines=baselines)
            *close, whole = self.index.similarities(asked, pool)
            tastes, rows = score(np.stack(close))
            tastes = tastes - rejection(self.index.similarities(disliked, pool), facets.disliked_weights)
            scores = in_the_light_of(whole, tastes)
            order = best_first(scores, pool)[:top]
            if len(pool) == total or not len(order):
                break
            bound = in_the_light_of(similarities[-1, -1:], score(similarities[:-1, -1:])[0])
            if scores[order[-1]] >= bound.item():
                break
            depth = min(4 * depth, total)
        brought_by = facets.liked_sentences[rows[order]]
        return Ranking(self._ranked(pool[order], scores[order], brought_by), "facets")

    def _ranked(
        self, positions: np.ndarray, scores: np.ndarray, sentences: np.ndarray | None = None
    ) -> tuple[RankedItem, ...]:
        return tuple(
            RankedItem(
                rank,
                self.catalog.items[position],
                float(score),
                None if sentences is None else int(sentences[rank - 1]),
            )
            for rank, (position, score) in enumerate(zip(positions, scores, strict=True), start=1)
        )


@dataclass(frozen=True)
class Facets:
    """The liked and disliked parts of the enabled sentences, with their weights and sentence numbers."""

    liked: list[str]
    liked_weights: np.ndarray  # (S,)
    liked_sentences: np.ndarray  # (S,) 0-based sentence of each liked part
    disliked: list[str]
    disliked_weights: np.ndarray
    disliked_sentences: np.ndarray  # 0-based sentence of each disliked part

    @property
    def whole(self) -> str:
        """What is liked, as one text."""
        return "\n".join(self.liked)

    @staticmethod
    def of(profile: Profile) -> "Facets":
        """Separate a profile; ProfileError if nothing in it says what is liked."""
        parts = [
            (number, sentence.weight, stance(sentence.text))
            for number, sentence in enabled_sentences(profile)
            if sentence.weight > 0
        ]
        likes = [(number, weight, part.liked) for number, weight, part in parts if part.liked]
        dislikes = [(number, weight, part.disliked) for number, weight, part in parts if part.disliked]
        if not likes:
            raise ProfileError(
                "Nothing in this profile says what you like. Switch on, or write, one sentence such as "
                "'Slow-burning space films.'"
            )
        return Facets(
            [text for _, _, text in likes],
            np.array([weight for _, weight, _ in likes], dtype=np.float32),
            np.array([number for number, _, _ in likes]),
            [text for _, _, text in dislikes],
            np.array([weight for _, weight, _ in dislikes], dtype=np.float32),
            np.array([number for number, _, _ in dislikes], dtype=int),
        )


def enabled_sentences(profile: Profile) -> list[tuple[int, Sentence]]:
    """The sentences that are switched on, with their 0-based numbers."""
    enabled = [(number, one) for number, one in enumerate(profile.sentences) if one.enabled]
    if not enabled:
        raise ProfileError("Every sentence is switched off. Switch on at least one.")
    return enabled
