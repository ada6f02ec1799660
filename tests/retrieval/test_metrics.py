"""Metrics against fractions worked out by hand."""

import numpy as np
import pytest

from blue.retrieval.metrics import mrr_at_k, ndcg_at_k, recall_at_k

RANKS = np.array([1, 2, 3, 10, 11])


def test_ndcg_is_one_over_log2_of_rank_plus_one():
    assert ndcg_at_k(RANKS, 10) == pytest.approx([1.0, 0.63093, 0.5, 0.28906, 0.0], abs=1e-5)


def test_recall_is_a_hit_or_none():
    assert recall_at_k(RANKS, 10).tolist() == [1, 1, 1, 1, 0]
    assert recall_at_k(RANKS, 1).tolist() == [1, 0, 0, 0, 0]


def test_mrr_is_one_over_rank():
    assert mrr_at_k(RANKS, 10) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 10, 0])
