"""Numbers here can be checked with a ruler: two-dimensional vectors."""

import numpy as np
import pytest

from blue.retrieval.similarity import cosine_similarity, normalise


def test_rows_become_unit_length_and_keep_their_direction():
    unit = normalise(np.array([[3.0, 4.0], [0.0, -2.0]]))
    assert unit.dtype == np.float32
    np.testing.assert_allclose(unit, [[0.6, 0.8], [0.0, -1.0]], atol=1e-7)


def test_a_zero_row_stays_zero():
    np.testing.assert_array_equal(normalise(np.array([[0.0, 0.0]])), [[0.0, 0.0]])


def test_a_single_vector_is_a_row_too():
    np.testing.assert_allclose(normalise(np.array([0.0, 5.0])), [0.0, 1.0])


def test_no_rows_give_no_rows():
    assert normalise(np.empty((0, 3))).shape == (0, 3)


def test_every_query_meets_every_item():
    queries = np.array([[1.0, 0.0], [0.6, 0.8]])
    items = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    expected = [[1.0, 0.0, -1.0], [0.6, 0.8, -0.6]]
    assert cosine_similarity(queries, items) == pytest.approx(np.array(expected))
