"""Catalogue files as shops and data sets really write them: small copies, and what is right in each."""

from pathlib import Path

import pytest

from blue.catalog.build.columns import choose_columns
from blue.catalog.build.files import open_source
from blue.catalog.build.items import ItemsRead, read_items
from blue.errors import CatalogError

FILES = Path(__file__).parent / "files"


def read(name: str) -> ItemsRead:
    source = open_source(FILES / name)
    return read_items(source.rows, choose_columns({}, source.headers, name), "product", lambda *_: None)


def test_a_store_made_what_no_author_did_and_features_describe_what_nothing_else_does():
    brush, *_ = read("hf_meta_full.parquet").items
    assert brush.makers == ("Lurrose",)
    assert brush.description == "soft"


def test_a_list_beside_the_main_category_is_one_path():
    found = read("meta_All_Beauty.jsonl")
    shampoo, mask, _ = found.items
    assert shampoo.title == 'Howard Test Shampoo "Fresh" & Clean 12 oz'
    assert (mask.title, mask.genres) == ("Yes to Tests Mask", ("face masks",))
    assert found.skipped == 1


def test_years_before_the_common_era_and_three_names_in_one_cell():
    games, odyssey, _ = read("goodbooks_books.csv").items
    assert (odyssey.year, odyssey.makers) == (-720, ("Homer", "Robert Fagles", "E.V. Rieu"))
    assert (games.ratings, games.popularity) == (4_780_653, 1.0)


def test_branches_of_a_chain_are_told_apart_by_their_address():
    found = read("meta-Testland.json")
    assert [item.item_id for item in found.items] == ["0x1:0x1", "0x4:0x4", "0x5:0x5"]
    assert found.items[1].description == "Casual sandwiches Subway, 1 Main St"
    assert (found.repeats, found.skipped) == (1, 1)


def test_headers_with_types_are_read():
    story, eye = read("ml-100k.item").items
    assert (story.title, story.year, story.genres) == ("Toy Story", 1995, ("animation", "children", "comedy"))
    assert eye.item_id == "2"


@pytest.mark.parametrize(
    ("name", "told"),
    [("movies.dat", "parted by '::'"), ("meta_2014_python_literal.json", "are no JSON objects")],
)
def test_what_cannot_be_read_says_what_to_convert_and_names_no_row_as_a_column(name, told):
    with pytest.raises(CatalogError, match=told) as caught:
        read(name)
    assert "--title" not in str(caught.value)
