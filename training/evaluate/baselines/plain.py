"""Lines without training: popularity, and a history compared with the items as it is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from blue.retrieval import normalise
from training.data import Case
from training.evaluate.context import EvaluationContext
from training.evaluate.protocol import HISTORY


@dataclass(frozen=True)
class Popularity:
    """How often the training users took an item; never-taken items tie, and a tie counts against."""

    counts: np.ndarray  # (I,)

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """The same counts for everybody."""
        return np.broadcast_to(self.counts, (len(cases), len(self.counts)))


@dataclass(frozen=True)
class Length:
    """How many of the most recent items are read."""

    items: int

    def __str__(self) -> str:
        return f"last {self.items} items"


LENGTHS = tuple(Length(items) for items in (10, 5, 3, 25))  # the first one is taken where nothing is searched


@dataclass(frozen=True)
class LastItem:
    """Cosine to the last item of the history."""

    evaluation: EvaluationContext

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I) cosines."""
        vectors = self.evaluation.vectors
        last = [self.evaluation.row_of[case.history[-1].item_id] for case in cases]
        return vectors[last] @ vectors.T


@dataclass(frozen=True)
class MeanHistory:
    """Cosine to the mean of the last `length` items' embeddings."""

    evaluation: EvaluationContext
    length: Length

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I) cosines."""
        vectors = self.evaluation.vectors
        means = [vectors[_recent(self.evaluation, case, self.length)].mean(axis=0) for case in cases]
        return normalise(np.array(means)) @ vectors.T


@dataclass(frozen=True)
class BestMatch:
    """Cosine to the nearest of the last `length` items."""

    evaluation: EvaluationContext
    length: Length

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I) cosines."""
        vectors = self.evaluation.vectors
        recent = [_recent(self.evaluation, case, self.length) for case in cases]
        return np.array([(vectors[rows] @ vectors.T).max(axis=0) for rows in recent])


@dataclass(frozen=True)
class HistoryForm:
    """How a history becomes one text: how many titles, and which stands first."""

    length: int
    newest_first: bool

    def __str__(self) -> str:
        return f"last {self.length} titles, {'newest' if self.newest_first else 'oldest'} first"

    def text(self, case: Case) -> str:
        """The titles, one a line."""
        titles = [interaction.title for interaction in case.history[-self.length :]]
        return "\n".join(titles[::-1] if self.newest_first else titles)


@dataclass(frozen=True)
class RawHistory:
    """Cosine to the history as one text."""

    evaluation: EvaluationContext
    form: HistoryForm

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I) cosines."""
        queries = self.evaluation.encoder.encode_queries([self.form.text(case) for case in cases])
        return queries @ self.evaluation.vectors.T


HISTORY_FORMS = tuple(HistoryForm(length, newest) for length in (10, 5, 3) for newest in (False, True))


def _recent(evaluation: EvaluationContext, case: Case, length: Length) -> np.ndarray:
    return evaluation.rows(case.history[-HISTORY:][-length.items :])
