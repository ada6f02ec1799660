"""What may be a negative of a history, and what never is; embeddings that can be drawn on paper."""

import numpy as np
import pytest

from blue.datatypes import Interaction, Item
from blue.errors import CatalogError
from training.data.schema import Dataset, split_of
from training.grpo.negatives import Counts, ItemTable, Negatives

TRAIN, TEST = (
    next(f"u:{n}" for n in range(99) if split_of(f"u:{n}") == split) for split in ("train", "test")
)


def dataset(popular: str = "3", unseen: str = "4") -> Dataset:
    """Forty things around a circle, one of them twice; one is all that train users take, one test users'."""
    items = {str(n): Item(str(n), f"Thing {n}", "product") for n in range(40)}
    items["twin"] = Item("twin", "THING: 7!", "product")
    taken = {TRAIN: popular, TEST: unseen}
    histories = {user: (Interaction(f"Thing {one}", item_id=one),) for user, one in taken.items()}
    return Dataset("shop", items, histories)


@pytest.fixture(scope="module")
def table() -> ItemTable:
    items = dataset().items
    angles = np.array([int(one) if one != "twin" else 7 for one in items]) * 2 * np.pi / 40
    vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return ItemTable(items, vectors, {one: row for row, one in enumerate(items)})


@pytest.fixture(scope="module")
def negatives(table) -> Negatives:
    return Negatives(dataset(), table)


def draw(negatives, table, target="0", history=("20", "21"), seed="seed", avoid=(), **counts) -> list[str]:
    none = {"random": 0, "popular": 0, "hard": 0}
    return negatives.draw(table.items[target], history, Counts(**none | counts), seed, avoid)


def test_neither_the_target_nor_the_history_nor_what_is_avoided_is_drawn(negatives, table):
    for target in ("0", "7", "twin"):
        drawn = draw(negatives, table, target, avoid=["5"], random=34, hard=2)
        titles = {table.items[one].title for one in drawn}
        assert len(set(drawn)) == len(titles) == 36
        assert not set(drawn) & {target, "20", "21", "5", "twin"}
    assert "7" not in draw(negatives, table, "twin", random=36)  # the same title but for its spelling


def test_hard_negatives_are_the_nearest_to_the_history(negatives, table):
    assert set(draw(negatives, table, hard=2)) == {"19", "22"}
    assert draw(negatives, table, target="19", hard=1) == ["22"]


def test_popularity_is_what_train_users_chose(negatives, table):
    assert draw(negatives, table, popular=1) == ["3"]
    with pytest.raises(CatalogError, match="Only 1 items"):
        draw(negatives, table, popular=2)  # what the test user chose is not known


def test_a_draw_is_seeded(negatives, table):
    assert draw(negatives, table, random=8) == draw(negatives, table, random=8)
    assert draw(negatives, table, random=8) != draw(negatives, table, random=8, seed="other")
