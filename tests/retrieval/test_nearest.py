"""Clusters beside an exact comparison, on the embeddings of the shipped catalogue."""

import numpy as np
import pytest

from blue.retrieval import nearest
from blue.retrieval.nearest import Clusters, Exact, structure_for

QUERIES = ["Slow science fiction about isolation.", "Cosy mysteries in villages.", "Heist films with a code."]


@pytest.fixture(scope="module")
def rows(profiler) -> np.ndarray:
    return profiler.retriever.index.embeddings()


@pytest.fixture(scope="module")
def queries(profiler, rows) -> np.ndarray:
    asked = profiler.encoder.encode_queries(QUERIES)
    return np.concatenate((asked, rows[:: len(rows) // 40]))  # items, too: what is most like them


@pytest.fixture(scope="module")
def clusters(rows) -> Clusters:
    return Clusters(rows)


@pytest.fixture(autouse=True)
def _few_is_few(monkeypatch):
    monkeypatch.setattr(nearest, "FEW_ALLOWED", 100)  # the catalogue is smaller than what is usually few


def share_found(found: np.ndarray, right: np.ndarray) -> float:
    return float(np.mean([len(set(a) & set(b)) / len(b) for a, b in zip(found, right, strict=True)]))


def test_nearly_all_of_the_nearest_are_found_with_their_exact_cosines(rows, queries, clusters):
    similarities, positions = clusters.search(queries, 10, None)
    exact, right = Exact(rows).search(queries, 10, None)
    assert share_found(positions, right) >= 0.97
    np.testing.assert_allclose(similarities, np.einsum("qd,qkd->qk", queries, rows[positions]), atol=1e-5)
    assert (np.diff(similarities, axis=1) <= 0).all()
    assert (similarities[:, 0] >= exact[:, 0] - 1e-5).mean() >= 0.95


def test_only_allowed_items_are_found(rows, queries, clusters):
    allowed = np.arange(len(rows)) % 3 == 1
    _, positions = clusters.search(queries, 10, allowed)
    assert allowed[positions].all()
    assert share_found(positions, Exact(rows).search(queries, 10, allowed)[1]) >= 0.97


def test_a_few_allowed_items_are_all_compared(rows, queries, clusters):
    allowed = np.zeros(len(rows), dtype=bool)
    allowed[[3, 70, 500, 9_000]] = True
    similarities, positions = clusters.search(queries, 4, allowed)
    exact, right = Exact(rows).search(queries, 4, allowed)
    np.testing.assert_array_equal(positions, right)
    np.testing.assert_allclose(similarities, exact, atol=1e-5)


def test_who_asks_for_every_item_gets_every_item(rows, clusters):
    _, positions = clusters.search(rows[:2], len(rows), None)
    assert positions.shape == (2, len(rows))
    np.testing.assert_array_equal(np.sort(positions, axis=1)[0], np.arange(len(rows)))


def test_the_number_of_items_chooses_the_structure(rows, monkeypatch):
    assert isinstance(structure_for(rows[:1_000]), Exact)
    monkeypatch.setattr(nearest, "EXACT_ITEMS", 999)
    assert isinstance(structure_for(rows[:1_000]), Clusters)


def test_groups_are_made_once_and_a_damaged_file_is_made_again(rows, tmp_path, monkeypatch):
    made = []
    grouped = nearest._grouped
    monkeypatch.setattr(nearest, "_grouped", lambda *given: made.append(1) or grouped(*given))
    kept, some = tmp_path / "groups" / "x.faiss", rows[:2_000]
    first = Clusters(some, kept).search(some[:5], 10, None)[1]
    again = Clusters(some, kept).search(some[:5], 10, None)[1]
    assert made == [1]
    np.testing.assert_array_equal(first, again)
    kept.write_bytes(kept.read_bytes()[:-1])
    np.testing.assert_array_equal(Clusters(some, kept).search(some[:5], 10, None)[1], first)
    assert made == [1, 1]
