"""Ranking metrics with one relevant item a user, from the rank of the target among the candidates."""

import numpy as np


def recall_at_k(ranks: np.ndarray, k: int = 10) -> np.ndarray:
    """1 where the target is among the best k, else 0: (U,) -> (U,)."""
    return (ranks <= k).astype(float)


def ndcg_at_k(ranks: np.ndarray, k: int = 10) -> np.ndarray:
    """1 / log2(rank + 1) where the target is among the best k, else 0: (U,) -> (U,) in [0, 1]."""
    return np.where(ranks <= k, 1.0 / np.log2(ranks + 1.0), 0.0)


def mrr_at_k(ranks: np.ndarray, k: int = 10) -> np.ndarray:
    """1 / rank where the target is among the best k, else 0: (U,) -> (U,) in [0, 1]."""
    return np.where(ranks <= k, 1.0 / ranks, 0.0)
