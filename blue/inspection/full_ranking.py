"""Every item scored, not only the best: the ranks of single items, now and under a changed profile.

The order is that of `Retriever.rank`, and so is the formula (`blue.retrieval.scoring`). What a text is to the
items is computed once for the life of a `FullRanking`: ten changed profiles cost little more than one.
"""

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress

import numpy as np

from blue.datatypes import DEFAULT_PRIOR, Interaction, Item, Profile, Scoring
from blue.errors import CatalogError, ProfileError
from blue.retrieval import Query, Retriever, Scores, in_order, score


class FullRanking:
    """The candidates of one visitor: the items that `Retriever.allowed` lets through."""

    def __init__(
        self,
        retriever: Retriever,
        history: Sequence[Interaction] = (),
        kinds: Collection[str] = (),
        prior: float = DEFAULT_PRIOR,
        within: Collection[str] = (),
    ) -> None:
        self._retriever = retriever
        self._allowed = retriever.allowed(history, kinds, within)
        self.positions = np.flatnonzero(self._allowed)  # (P,) rows of the catalogue
        self._prior = (prior * retriever.log_popularity)[self.positions]
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
        order = self.order(self.scores(profile, scoring))
        return int(np.flatnonzero(order == column)[0]) + 1

    def order(self, scores: Scores) -> np.ndarray:
        """(P,) the candidates in the order of `Retriever.rank`, by their scores."""
        return in_order(scores, self._retriever.catalog.items, self.positions)

    def scores(self, profile: Profile, scoring: Scoring) -> Scores:
        """The scores of the P candidates with their terms.

        Raises:
            ProfileError: no sentence is enabled, or under facets none says what is liked.
        """
        query = Query.of(profile, scoring)
        self._compare(query.texts)
        cosines = np.stack([self._similarities[text] for text in query.texts])
        baselines = np.array([self._baselines[text] for text in query.texts], dtype=np.float32)
        return score(query, cosines, baselines, self._prior)

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
                wanted += Query.of(profile, scoring).texts
        self._compare(wanted)

    def _compare(self, texts: Sequence[str]) -> None:
        """Fill in the cosines of new texts and the candidates."""
        new = [text for text in dict.fromkeys(texts) if text not in self._similarities]
        if not new:
            return
        vectors = self._retriever.encoder.encode_queries(new)
        rows, baselines = self._retriever.compared(vectors, self.positions)
        self._similarities.update(zip(new, rows, strict=True))
        self._baselines.update(zip(new, baselines, strict=True))


def rank_if(ranking: FullRanking, profile: Profile, scoring: Scoring, item: Item) -> int | None:
    """The rank under a changed profile; None where the change leaves nothing that says what is liked."""
    try:
        return ranking.rank(profile, scoring, item)
    except ProfileError:
        return None
