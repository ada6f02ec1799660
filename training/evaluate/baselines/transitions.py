"""Which item followed which among the training users, looked up for the last two items of a history.

After the observation of arXiv 2605.07125 that such heuristics beat published models; the form is ours:
`T[last] + w T[last but one] + b cos(last two, item)`, T being row-normalised counts of transitions up to a
window. Where nobody has gone on from an item, nearness alone decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from training.data import Case
from training.evaluate.context import EvaluationContext


@dataclass(frozen=True)
class TransitionSettings:
    """What the search varies."""

    window: int  # steps ahead that count as a transition; a step of d counts 1 / d
    both_ways: bool  # whether what came before counts, too
    second: float  # weight of the last but one item
    nearness: float  # weight of the cosine

    def __str__(self) -> str:
        ways = "both ways" if self.both_ways else "forward"
        return f"window {self.window} {ways}, second {self.second:g}, nearness {self.nearness:g}"


SETTINGS = tuple(
    TransitionSettings(window, both, second, nearness)
    for window in (1, 3)
    for both in (False, True)
    for second in (0.0, 0.5)
    for nearness in (0.01, 0.3)
)


@dataclass(frozen=True)
class Transitions:
    """The heuristic with one setting."""

    evaluation: EvaluationContext
    settings: TransitionSettings

    @cached_property
    def probabilities(self) -> csr_array:
        """(I, I) share of the transitions from an item that went to another."""
        counts = transition_counts(
            self.evaluation.train_histories, len(self.evaluation.items), self.settings.window
        )
        if self.settings.both_ways:
            counts = counts + counts.T
        totals = np.asarray(counts.sum(axis=1)).ravel()
        shares = np.divide(1.0, totals, out=np.zeros_like(totals), where=totals > 0)
        return csr_array(counts.multiply(shares[:, None]))

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I)."""
        vectors = self.evaluation.vectors
        scores = np.empty((len(cases), len(vectors)), dtype=np.float32)
        for place, case in enumerate(cases):
            rows = self.evaluation.rows(case.history[-2:])
            weights = (1.0, self.settings.second)[: len(rows)]
            near = vectors[rows if self.settings.second else rows[-1:]] @ vectors.T
            scores[place] = self.settings.nearness * near.max(axis=0)
            for row, weight in zip(rows[::-1], weights, strict=True):
                scores[place] += weight * self.probabilities[[row]].toarray()[0]
        return scores


def transition_counts(histories: Sequence[np.ndarray], items: int, window: int) -> csr_array:
    """Steps from item to item in histories of rows: (I, I), a step over d - 1 others counting 1 / d."""
    starts, ends, counts = [np.empty(0, int)], [np.empty(0, int)], [np.empty(0)]
    for history in histories:
        for distance in range(1, window + 1):
            starts.append(history[:-distance])
            ends.append(history[distance:])
            counts.append(np.full(max(0, len(history) - distance), 1.0 / distance))
    where = (np.concatenate(starts), np.concatenate(ends))
    return csr_array((np.concatenate(counts), where), shape=(items, items))
