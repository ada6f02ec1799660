"""Profile -> ranked items: an embedder and an indexed catalogue. No language model is needed for it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from blue.datatypes import DEFAULT_PRIOR, Interaction, Profile, RankedItem, Ranking, Scoring, TextEncoder
from blue.items import Catalog
from blue.retrieval.index import ItemIndex
from blue.retrieval.scoring import Query, Scores, baselines_of, log_popularity, score
from blue.retrieval.sharded_index import ShardedIndex
from blue.retrieval.turns import IN_TURN, in_order

_SAMPLE = 10_000  # items that a sentence's baseline is read from where there are many more
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
        within: Collection[str] = (),
        prior: float = DEFAULT_PRIOR,
    ) -> Ranking:
        """Profile -> `top` allowed items, the nearest first, each sentence in its turn.

        `prior` weighs how well known an item is: 0 not at all, negative for what few know.

        Raises:
            ProfileError: no sentence is enabled, or, under facets, none says what is liked.
            CatalogError: the catalogue has no such kind.
        """
        allowed, query = self.allowed(history, kinds, within), Query.of(profile, scoring)
        weighed = prior * self.log_popularity
        everything = self.index.is_compared_whole
        pool = (
            np.flatnonzero(allowed)
            if everything
            else self._nearest(query, weighed, allowed, max(top, IN_TURN))
        )
        scores = self._scores(query, weighed, pool)
        order = in_order(scores, self.catalog.items, pool, top)
        items = (self.catalog.items[position] for position in pool[order])
        sentences = [None] * len(order) if scoring == "single" else scores.sentences[order].tolist()
        terms = zip(items, scores.total[order].tolist(), sentences, scores.prior[order].tolist(), strict=True)
        return Ranking(tuple(RankedItem(rank, *term) for rank, term in enumerate(terms, start=1)), scoring)

    def allowed(
        self,
        history: Sequence[Interaction] = (),
        kinds: Collection[str] = (),
        within: Collection[str] = (),
    ) -> np.ndarray:
        """(I,) bool: the items of these kinds and ids (none means all) that are not in the history.

        An id that the catalogue lacks lets nothing through.

        Raises:
            CatalogError: the catalogue has no such kind.
        """
        allowed = self.catalog.positions(kinds or self.catalog.kinds)
        position_of = self.catalog.position_of
        if within:
            listed = np.zeros_like(allowed)
            listed[[position_of[item_id] for item_id in within if item_id in position_of]] = True
            allowed &= listed
        allowed[[position_of[line.item_id] for line in history if line.item_id in position_of]] = False
        return allowed

    @cached_property
    def log_popularity(self) -> np.ndarray:
        """(I,) the logs of the items' popularity, for a prior's weight to be put on."""
        return log_popularity(np.array([item.popularity for item in self.catalog.items], dtype=float))

    def _nearest(self, query: Query, prior: np.ndarray, allowed: np.ndarray, top: int) -> np.ndarray:
        """(P,) positions among which are the best `top` items, where not every item is to be scored.

        Each liked part fetches its nearest `depth` items; an item that none fetched scores at most what their
        last cosines and the largest prior would give it. Rejections and priors may push fetched items below
        that bound: then the search goes deeper, until the bound holds or every allowed item was fetched.
        """
        total = int(allowed.sum())
        vectors = self.encoder.encode_queries(query.liked)
        _, baselines = self.compared(vectors, np.empty(0, dtype=int))
        highest = float(prior[allowed].max(initial=0.0))
        depth = top + _TIES
        while True:
            similarities, found = self.index.search(vectors, depth, allowed)
            pool = np.unique(found)
            if len(pool) == total or not len(pool):
                return pool
            scores = self._scores(query, prior, pool).total
            bound = score(query.only_liked, similarities[:, -1:], baselines, highest).total.item()
            if len(pool) >= top and np.partition(scores, -top)[-top] >= bound:
                return pool
            depth = min(4 * depth, total)

    def _scores(self, query: Query, prior: np.ndarray, positions: np.ndarray) -> Scores:
        vectors = self.encoder.encode_queries(query.texts)
        return score(query, *self.compared(vectors, positions), prior[positions])

    def compared(self, vectors: np.ndarray, positions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Query vectors and some items: (Q, D), (P,) -> (Q, P) cosines, (Q,) baselines over the catalogue.

        The baselines of a catalogue that is not compared whole are those of a sample of its items.
        """
        if self.index.is_compared_whole:
            everything = self.index.similarities(vectors, slice(None))
            return everything[:, positions], baselines_of(everything)
        sample = np.linspace(0, len(self.catalog) - 1, min(_SAMPLE, len(self.catalog))).astype(int)
        return self.index.similarities(vectors, positions), baselines_of(
            self.index.similarities(vectors, sample)
        )
