"""The tables that compare texts of items, on rows that can be drawn on paper."""

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import save_file

from blue.datatypes import Item
from blue.item_text import item_text
from training.evaluate.data import EvaluationError
from training.evaluate.tables import catalogs, item_texts
from training.evaluate.tables.item_texts import FORMS, SHIPPED, Figure
from training.evaluate.tables.results import PairedBootstrap

ALIEN = Item("1", "Alien", "movie", 1979, ("Ridley Scott",), genres=("horror",), themes=("dread", "space"))


def test_the_shipped_form_is_the_text_that_the_app_embeds():
    assert FORMS[SHIPPED](ALIEN) == item_text(ALIEN)


def test_forms_differ_in_what_they_say_and_where():
    assert FORMS["title, genres, themes"](ALIEN) == "Alien (late 70s), horror film: dread, space."
    assert (
        FORMS["themes, genres, makers, title"](ALIEN)
        == "Dread, space: horror film of the late 70s by Ridley Scott, Alien."
    )
    assert len({form(ALIEN) for form in FORMS.values()}) == len(FORMS) == 8


def test_a_form_is_compared_with_the_shipped_one_over_all_four_methods():
    better, worse = (Figure(np.full(2, value), np.full(2, value)) for value in (0.5, 0.25))
    made = item_texts.rows(
        {SHIPPED: [worse] * 4, "before": [better] * 4}, PairedBootstrap(["a", "b"]), SHIPPED
    )
    assert [(form, gain) for form, _, gain in made] == [
        (SHIPPED, [0.0, 0.0, 0.0]),
        ("before", [0.25, 0.25, 0.25]),
    ]
    assert better.cell == "0.500 / 0.5000"
    assert Figure(better.sampled, better.full, 0.06).cell == "0.500 / 0.5000 (w 0.06)"


def test_shipped_rows_are_found_by_the_items_ids(tmp_path):
    (tmp_path / "catalog-embeddings").mkdir()
    pl.DataFrame({"item_id": ["a", "b", "c"]}).write_parquet(tmp_path / "catalog.parquet")
    for part, rows in enumerate(([[2.0, 0.0]], [[0.0, 3.0], [1.0, 0.0]])):
        path = tmp_path / "catalog-embeddings" / f"part-{part}.safetensors"
        save_file({"embeddings": np.array(rows, np.float16)}, path)
    shipped = catalogs.ShippedRows(tmp_path)
    assert shipped.encode_items(["b", "a"]).tolist() == [[0.0, 1.0], [1.0, 0.0]]
    with pytest.raises(EvaluationError, match="has no item z"):
        shipped.encode_items(["z"])
    with pytest.raises(EvaluationError, match="ships no embeddings"):
        catalogs.ShippedRows(tmp_path / "nowhere").encode_items(["a"])


def test_before_and_now_are_compared_trial_by_trial():
    (one,) = catalogs.records(
        {"mean": np.array([0.0, 0.5])}, {"mean": np.array([0.5, 1.0])}, PairedBootstrap(["a", "b"])
    )
    assert (one["before"][0], one["now"][0], one["difference"]) == (0.25, 0.75, [0.5, 0.5, 0.5])
    assert "| mean | 0.2500 [0.0000, 0.5000] | 0.7500 [0.5000, 1.0000] | +0.5000 [+0.5000, +0.5000] |" in (
        catalogs.page("about", [one])
    )
