"""An item has one score wherever it is computed, and equal items stand in the order of the rows."""

from dataclasses import replace

import numpy as np
import pytest

from blue.datatypes import Item, Profile, Sentence
from blue.inspection.full_ranking import FullRanking
from blue.items import Catalog
from blue.retrieval import nearest
from blue.retrieval.index import ItemIndex
from blue.retrieval.nearest import Clusters, Exact
from blue.retrieval.retriever import Retriever
from blue.retrieval.sharded_index import ShardedIndex, open_shard, write_shard
from blue.retrieval.similarity import normalise
from tests.training.evaluation_world import HashedWords, circles, evaluation, write_shop
from training.evaluate import make_benchmark, profile_scores
from training.grpo.validation import Prepared

SAID = Profile(
    (Sentence("A teapot and a kettle."), Sentence("Whisk, ladle."), Sentence("Can't stand graters."))
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scores")
    path = write_shop(folder / "shop", circles(12, 8, 150), splits=("train", "validation", "test"))
    return evaluation(path, folder / "cache")


@pytest.mark.parametrize("prior", [0.0, 0.07, -0.2])
@pytest.mark.parametrize("scoring", ["facets", "single"])
def test_app_why_evaluation_and_training_give_an_item_the_same_score(shop, scoring, prior):
    """To the last digit of float32."""
    items = [replace(item, popularity=one) for item, one in zip(shop.items, shop.quantiles, strict=True)]
    index = ItemIndex(shop.vectors, catalog_digest="", encoder_name="hashed-words")
    app = Retriever(Catalog(tuple(items)), HashedWords(), index)
    assert np.array_equal(app.log_popularity, shop.log_popularity)

    evaluated = profile_scores(shop, SAID, scoring, prior)
    assert evaluated.dtype == np.float32
    listed = app.rank(SAID, scoring=scoring, top=len(items), prior=prior).items
    assert {one.item.item_id: np.float32(one.similarity) for one in listed} == {
        item.item_id: score for item, score in zip(items, evaluated, strict=True)
    }
    books = FullRanking(app, prior=prior)
    assert np.array_equal(books.scores(SAID, scoring).total, evaluated)
    if prior == 0.0:
        case = make_benchmark(shop.data, "validation").cases[0]
        assert np.array_equal(Prepared(shop, {case: SAID}, scoring).scores([case])[0], evaluated)


TWINS = np.array([3, 40, 41, 97, 150, 212, 299])  # rows of one embedding


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    found = normalise(np.random.default_rng(0).normal(size=(300, 16)))
    found[TWINS] = found[TWINS[0]]
    return found


@pytest.mark.parametrize("k", [3, 7, 20])
@pytest.mark.parametrize("structure", ["flat", "clusters", "shards"])
def test_items_of_one_embedding_are_found_in_the_order_of_the_rows(rows, structure, k, tmp_path, monkeypatch):
    monkeypatch.setattr(nearest, "FEW_ALLOWED", 0)
    if structure == "shards":
        shards = []
        for number, part in enumerate(np.split(rows, 3)):
            np.save(tmp_path / f"{number}.npy", part)
            write_shard(part, tmp_path / f"{number}.faiss", None)
            shards.append(open_shard(tmp_path / f"{number}.faiss", tmp_path / f"{number}.npy"))
        index = ShardedIndex(shards, catalog_digest="", encoder_name="")
    else:
        index = {"flat": Exact, "clusters": Clusters}[structure](rows)
    _, positions = index.search(rows[TWINS[:1]], k, None)
    assert positions[0, : len(TWINS)].tolist() == TWINS[:k].tolist()


def test_the_list_shows_items_of_one_embedding_in_the_order_of_the_catalogue(rows):
    class Nearby(HashedWords):
        dimension = 16

        def encode_queries(self, texts):
            return np.repeat(rows[TWINS[:1]], len(texts), axis=0)

    items = tuple(Item(str(n), f"Thing {n}", "product") for n in range(len(rows)))
    app = Retriever(Catalog(items), Nearby(), ItemIndex(rows, catalog_digest="", encoder_name=""))
    found = app.rank(Profile((Sentence("Anything."), Sentence("More of it."))), top=7)
    assert [entry.item.item_id for entry in found.items] == [str(n) for n in TWINS]
