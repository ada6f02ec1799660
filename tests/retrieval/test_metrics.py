"""Metrics against fractions worked out by hand."""

import numpy as np
import pytest

from blue.retrieval.metrics import bootstrap, mrr_at_k, ndcg_at_k, recall_at_k, target_ranks

RANKS = np.array([1, 2, 3, 10, 11])


def test_ndcg_is_one_over_log2_of_rank_plus_one():
    assert ndcg_at_k(RANKS, 10) == pytest.approx([1.0, 0.63093, 0.5, 0.28906, 0.0], abs=1e-5)


def test_recall_is_a_hit_or_none():
    assert recall_at_k(RANKS, 10).tolist() == [1, 1, 1, 1, 0]
    assert recall_at_k(RANKS, 1).tolist() == [1, 0, 0, 0, 0]


def test_mrr_is_one_over_rank():
    assert mrr_at_k(RANKS, 10) == pytest.approx([1, 1 / 2, 1 / 3, 1 / 10, 0])


def test_rank_of_the_target_column():
    scores = np.array([[0.9, 0.1, 0.5], [0.1, 0.9, 0.5]])
    assert target_ranks(scores).tolist() == [1, 3]
    assert target_ranks(scores, target=1).tolist() == [3, 1]


def test_ties_count_against_the_target():
    assert target_ranks(np.zeros((1, 100))).tolist() == [100]


def test_a_missing_score_is_an_error():
    with pytest.raises(ValueError, match="not a number"):
        target_ranks(np.array([[np.nan, 0.1]]))


def test_bootstrap_of_equal_values_has_no_width():
    interval = bootstrap(np.full(20, 0.25), resamples=100)
    assert (interval.mean, interval.low, interval.high) == (0.25, 0.25, 0.25)
    assert interval.excludes_zero


def test_bootstrap_interval_is_near_the_normal_one():
    values = np.tile([0.0, 1.0], 200)  # mean .5, standard error .5 / sqrt(400) = .025
    interval = bootstrap(values, resamples=4000)
    assert (interval.low, interval.high) == pytest.approx((0.5 - 1.96 * 0.025, 0.5 + 1.96 * 0.025), abs=0.006)


def test_a_difference_around_zero_is_not_told_apart():
    assert not bootstrap(np.tile([-1.0, 1.0], 50), resamples=500).excludes_zero


def test_the_bootstrap_is_seeded():
    values = np.arange(10.0)
    assert bootstrap(values, resamples=50) == bootstrap(values, resamples=50)
    assert bootstrap(values, resamples=50) != bootstrap(values, resamples=50, seed=1)


def test_nobody_has_no_mean():
    with pytest.raises(ValueError, match="at least one user"):
        bootstrap(np.array([]))


def test_trials_of_one_user_are_drawn_together():
    values = np.repeat([0.0, 1.0], 50)
    users = ["a"] * 50 + ["b"] * 50
    alone, together = bootstrap(values), bootstrap(values, users)
    assert alone.mean == together.mean == 0.5
    assert (together.low, together.high) == (0.0, 1.0)  # two users: anything from one to the other
    assert alone.high - alone.low < 0.25
