"""The likely rating: the mean of the person, moved towards what similar titles got."""

import numpy as np
import pytest

from blue.answering.rating import NEIGHBOURS, estimate, rating_estimate
from blue.datatypes import Interaction, Item

ITEM = Item("x", "X", "movie")


def test_the_estimate_by_hand():
    similarities, ratings = np.array([0.9, 0.5, -0.2]), np.array([5.0, 1.0, 3.0])
    # mean 3; weights .9², .5², 0: (.81 * 2 + .25 * -2) / (.81 + .25 + 1)
    assert estimate(similarities, ratings, 3, 2.0, 1.0) == pytest.approx(3 + (1.62 - 0.5) / 2.06)
    # only the nearest: .81 * 2 / (.81 + 1)
    assert estimate(similarities, ratings, 1, 2.0, 1.0) == pytest.approx(3 + 1.62 / 1.81)


def test_without_anything_similar_it_is_the_mean_and_it_stays_on_the_scale():
    assert estimate(np.array([0.0, -0.5]), np.array([2.0, 4.0])) == pytest.approx(3.0)
    assert estimate(np.array([1.0] * 3 + [0.0] * 9), np.array([5.0] * 3 + [4.5] * 9), shrinkage=0.0) <= 5.0


def test_its_own_rating_is_not_used_and_the_nearest_rows_are_named():
    history = (
        Interaction("X", 1.0, item_id="x"),
        Interaction("A", 4.0, item_id="a"),
        Interaction("unrated"),
        Interaction("B", 2.0, item_id="b"),
    )
    vectors = np.array([[1.0, 0.0], [0.6, 0.8], [1.0, 0.0], [0.8, 0.6]])
    told = rating_estimate(ITEM, np.array([1.0, 0.0]), history, vectors)
    assert told.user_mean == pytest.approx(3.0)
    assert told.from_rows == (3, 1)  # B is nearer than A
    assert told.stars == pytest.approx(estimate(np.array([0.6, 0.8]), np.array([4.0, 2.0])))
    assert str(NEIGHBOURS) in told.formula


def test_a_history_without_ratings_has_no_estimate():
    told = rating_estimate(ITEM, np.array([1.0]), (Interaction("A"),), np.array([[1.0]]))
    assert (told.stars, told.user_mean, told.from_rows) == (None, None, ())
