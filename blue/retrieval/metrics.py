"""Ranking metrics with one relevant item a user, and how sure they are.

Everything starts from the rank of the target among the candidates. Ties count against us: an item that scores
the same as the target stands before it, so that a constant scorer is never lucky.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Interval:
    """A mean over users and its bootstrap confidence interval, in the metric's own unit."""

    mean: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether a difference is on one side of zero over the whole interval."""
        return self.low > 0 or self.high < 0


def target_ranks(scores: np.ndarray, target: int = 0) -> np.ndarray:
    """Ranks of the target column, 1 is best: (U, I) scores -> (U,) ints; ties stand before the target.

    >>> target_ranks(np.array([[0.5, 0.9, 0.5, 0.1]]))
    array([3])
    """
    if np.isnan(scores).any():
        raise ValueError("A score is not a number. Check the embeddings for empty texts.")
    return (scores >= scores[:, [target]]).sum(axis=1)


def recall_at_k(ranks: np.ndarray, k: int = 10) -> np.ndarray:
    """1 where the target is among the best k, else 0: (U,) -> (U,)."""
    return (ranks <= k).astype(float)


def ndcg_at_k(ranks: np.ndarray, k: int = 10) -> np.ndarray:
    """1 / log2(rank + 1) where the target is among the best k, else 0: (U,) -> (U,) in [0, 1]."""
    return np.where(ranks <= k, 1.0 / np.log2(ranks + 1.0), 0.0)


def mrr_at_k(ranks: np.ndarray, k: int = 10) -> np.ndarray:
    """1 / rank where the target is among the best k, else 0: (U,) -> (U,) in [0, 1]."""
    return np.where(ranks <= k, 1.0 / ranks, 0.0)


def bootstrap(
    values: np.ndarray,
    users: Sequence[str] | None = None,
    *,
    resamples: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Interval:
    """The mean of the values with its percentile bootstrap interval: (T,) -> Interval.

    Args:
        values: one a trial. For two systems on the same trials, give the differences: the paired bootstrap.
        users: whose trial each one is, (T,). Users are drawn, each with all their trials, because the trials
            of one user resemble each other (the cluster bootstrap). Without it every trial is a user.
    """
    values = np.asarray(values, dtype=float)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"Expected the values of at least one user, shape (U,); got {values.shape}.")
    _, user = np.unique(np.arange(len(values)) if users is None else np.array(users), return_inverse=True)
    totals, counts = np.bincount(user, values), np.bincount(user)
    generator = np.random.default_rng(seed)
    draws = (generator.integers(len(totals), size=len(totals)) for _ in range(resamples))
    means = np.array([totals[drawn].sum() / counts[drawn].sum() for drawn in draws])
    low, high = np.quantile(means, ((1 - confidence) / 2, (1 + confidence) / 2))
    return Interval(float(values.mean()), float(low), float(high))
