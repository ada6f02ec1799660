"""What an answer may see: the profile, the raw history or neither, each as a way to rank the catalogue."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from blue.answering.answers import Candidate, Context, Given, Question
from blue.datatypes import Interaction, Item, Profile, Scoring, Sentence
from blue.errors import AnsweringError
from blue.inspection import FullRanking, raw_query
from blue.profile import history_line, stance
from blue.profiler import Profiler
from blue.retrieval import enabled_sentences

SPEAKS_AGAINST = 0.2  # cosine that a rejection takes away from an item, from which it is told
SHOWN_LINES = 20  # of a history, as the model is given it


@dataclass(frozen=True)
class View:
    """One context of one question, ready to rank."""

    context: Context
    profiler: Profiler
    profile: Profile  # what is searched with; the raw titles or the question where it is not the profile
    scoring: Scoring
    history: tuple[Interaction, ...]  # what the context may know of it; empty for "none"
    kinds: tuple[str, ...]
    ranking: FullRanking
    text: str  # as it is shown and given to the model
    within: bool = False  # whether only what was chosen is recommended: a wish list, decades, genres

    @cached_property
    def everything(self) -> FullRanking:
        """All items of the catalogue, those of the history too."""
        return FullRanking(self.profiler.retriever)

    def ranked(self) -> Iterator[Candidate]:
        """Every candidate, in the order of the list."""
        found = self.ranking.scores(self.profile, self.scoring)
        for column in self.ranking.order(found):
            yield self._candidate(column, found)

    def scored(self, items: Sequence[Item]) -> list[Candidate]:
        """Candidates for these items, in their order, whether or not the history has them."""
        found = self.everything.scores(self.profile, self.scoring)
        columns = [self.everything.column(item) for item in items]
        return [self._candidate(column, found, self.everything) for column in columns]

    def rank(self, item: Item) -> tuple[int, int]:
        """(rank of an item, number of items) among those of its kind that the history lacks, and itself."""
        rest = [one for one in self.history if one.item_id != item.item_id]
        ranking = FullRanking(self.profiler.retriever, rest, (item.kind,))
        return ranking.rank(self.profile, self.scoring, item), len(ranking)

    @property
    def items(self) -> Mapping[str, Item]:
        """The catalogue's items by id."""
        return self.profiler.catalog.by_id

    def given(self, candidates: Sequence[Candidate] = ()) -> Given:
        """What an answer from this view was made from."""
        return Given(self.context, self.text, tuple(candidates))

    def similarities(self, words: str, items: Sequence[Item]) -> np.ndarray:
        """Cosines of some words and some candidates, (I,)."""
        columns = [self.ranking.column(item) for item in items]
        return self.ranking.similarities(words)[columns]

    def taken_from(self, item: Item) -> int | None:
        """The 0-based sentence whose rejection takes something noticeable away from an item, if one does."""
        if self.context != "profile" or not self.rejections:
            return None
        column, found = self.everything.column(item), self.everything.scores(self.profile, self.scoring)
        taken = found.taken[:, column]
        strongest = int(taken.argmax())
        return int(found.query.disliked_sentences[strongest]) if taken[strongest] > SPEAKS_AGAINST else None

    @cached_property
    def rejections(self) -> tuple[int, ...]:
        """The 0-based sentences of the profile that reject something."""
        return self._sentences("disliked")

    @cached_property
    def likings(self) -> tuple[int, ...]:
        """The 0-based sentences of the profile that say what is liked."""
        return self._sentences("liked")

    def _sentences(self, side: str) -> tuple[int, ...]:
        if self.context != "profile":
            return ()
        sentences = enumerate(self.profile.sentences)
        return tuple(n for n, one in sentences if one.enabled and getattr(stance(one.text), side))

    def _candidate(self, column: int, found, ranking: FullRanking | None = None) -> Candidate:
        ranking = ranking or self.ranking
        item = self.profiler.catalog.items[ranking.positions[column]]
        sentence = None if self.scoring == "single" else int(found.sentences[column])
        return Candidate(item, float(found.total[column]), sentence)


def view_of(
    profiler: Profiler,
    question: Question,
    profile: Profile,
    history: Sequence[Interaction],
    context: Context,
    kinds: tuple[str, ...],
    within: Collection[str] = (),
) -> View:
    """What the answer to a question may see.

    Raises:
        AnsweringError: the raw history is asked for and there is none.
        ProfileError: no sentence of the profile is enabled.
        CatalogError: the catalogue has no such kind.
    """
    history = tuple(history)
    if context == "profile":
        enabled_sentences(profile)
        ranking = FullRanking(profiler.retriever, history, kinds, within=within)
        return View(context, profiler, profile, "facets", history, kinds, ranking, profile.text, bool(within))
    if context == "history":
        if not history:
            raise AnsweringError(
                "There is no history to answer from. Add at least one title, e.g. 'Dune | 5'."
            )
        ranking = FullRanking(profiler.retriever, history, kinds, within=within)
        items = profiler.catalog.by_id
        lines = [history_line(one, items.get(one.item_id)) for one in history[-SHOWN_LINES:]]
        raw = Profile((Sentence(raw_query(history)),))
        shown = "\n".join(lines)
        return View(context, profiler, raw, "single", history, kinds, ranking, shown, bool(within))
    ranking = FullRanking(profiler.retriever, (), kinds, within=within)
    asked = Profile((Sentence(question.text),))
    return View(context, profiler, asked, "single", (), kinds, ranking, "", bool(within))
