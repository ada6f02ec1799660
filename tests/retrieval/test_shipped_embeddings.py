"""The shipped embeddings are those of the shipped catalogue, and others are never taken for them."""

import numpy as np
import pytest

from blue.datatypes import Item
from blue.item_text import item_text
from blue.items import Catalog, load_catalog
from blue.models.presets import DEFAULT_PRESET, get_preset
from blue.retrieval.encoder import load_encoder
from blue.retrieval.index import load_or_build_index
from blue.retrieval.shipped_embeddings import SHIPPED_EMBEDDINGS, shipped_embeddings, write_shipped_embeddings

CATALOG = Catalog(tuple(Item(str(n), "x" * (n + 1), "movie") for n in range(5)))
ROWS = np.linalg.qr(np.random.default_rng(0).normal(size=(5, 5)))[0].astype(np.float32)


class Named:
    """An encoder of which nothing but its name and dimension is asked."""

    name, dimension = "toy@1", 5


@pytest.fixture(scope="module")
def encoder():
    return load_encoder(get_preset(DEFAULT_PRESET).embedder).encoder


def test_what_ships_is_what_the_embedder_says_of_the_catalogue(encoder):
    catalog = load_catalog()
    shipped = shipped_embeddings(catalog, encoder)
    assert shipped is not None, (
        "The catalogue or the embedder has changed: python -m training.assets.embed_catalog"
    )
    some = np.random.default_rng(0).choice(len(catalog.items), 64, replace=False)
    fresh = encoder.encode_items([item_text(catalog.items[position]) for position in some])
    np.testing.assert_allclose((shipped[some] * fresh).sum(axis=1), 1.0, atol=1e-4)
    # In bfloat16, where the processor has it, the largest of these 1.3 million differences was .0024.
    np.testing.assert_allclose(shipped[some] @ shipped.T, fresh @ shipped.T, atol=5e-3)


def test_a_first_start_encodes_and_keeps_nothing(encoder, tmp_path):
    class Silent:
        name, dimension = encoder.name, encoder.dimension

        def encode_items(self, texts):
            raise AssertionError("a first start must not encode the catalogue")

    assert len(load_or_build_index(load_catalog(), Silent(), tmp_path)) == len(load_catalog().items)
    assert not list(tmp_path.iterdir())


def test_every_part_is_an_ordinary_file_to_the_hub():
    assert all(path.stat().st_size < 10_000_000 for path in SHIPPED_EMBEDDINGS.glob("*.safetensors"))


def test_parts_come_back_in_order(tmp_path, monkeypatch):
    monkeypatch.setattr("blue.retrieval.shipped_embeddings._MOST_BYTES", 20)
    assert len(write_shipped_embeddings(ROWS, CATALOG, Named, tmp_path)) == 3
    np.testing.assert_allclose(shipped_embeddings(CATALOG, Named, tmp_path), ROWS, atol=1e-3)
    assert len(write_shipped_embeddings(ROWS, CATALOG, Named, tmp_path)) == 3
    assert len(list(tmp_path.iterdir())) == 3


def test_rows_laid_out_by_columns_are_written_where_they_are(tmp_path):
    """safetensors writes bytes as they lie (findings/safetensors-numpy-scrambles-fortran-rows.sh)."""
    write_shipped_embeddings(np.asfortranarray(ROWS), CATALOG, Named, tmp_path)
    np.testing.assert_allclose(shipped_embeddings(CATALOG, Named, tmp_path), ROWS, atol=1e-3)


def test_those_of_another_catalogue_or_embedder_are_not_taken(tmp_path):
    write_shipped_embeddings(ROWS, CATALOG, Named, tmp_path)
    assert shipped_embeddings(Catalog(CATALOG.items[:4]), Named, tmp_path) is None
    other = type("Other", (), {"name": "toy@2", "dimension": 5})
    assert shipped_embeddings(CATALOG, other, tmp_path) is None
    assert shipped_embeddings(CATALOG, Named, tmp_path / "nothing") is None


@pytest.mark.parametrize("damage", ["cut", "missing", "not a number"])
def test_damaged_parts_cost_a_warning_and_time(damage, tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("blue.retrieval.shipped_embeddings._MOST_BYTES", 20)
    rows = np.full_like(ROWS, np.nan) if damage == "not a number" else ROWS
    first, *_ = write_shipped_embeddings(rows, CATALOG, Named, tmp_path)
    if damage == "cut":
        first.write_bytes(first.read_bytes()[:40])
    if damage == "missing":
        first.unlink()
    assert shipped_embeddings(CATALOG, Named, tmp_path) is None
    assert "so the catalogue is encoded" in caplog.text
