"""The shipped catalogue, and what happens to files that are not one."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from blue.catalog.examples import EXAMPLES_FOLDER, list_examples
from blue.datatypes import Item
from blue.errors import CatalogError
from blue.history import TitleMatcher, match_history, parse_history
from blue.items import SHIPPED_CATALOG, Catalog, link_of, load_catalog


@pytest.fixture(scope="module")
def shipped() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="module")
def matcher(shipped) -> TitleMatcher:
    return TitleMatcher(shipped.items)


def test_it_holds_movielens_and_goodbooks_and_what_came_after(shipped):
    assert shipped.kinds == ("book", "movie", "series")
    source = Counter(item.item_id.partition(":")[0] for item in shipped.items)
    assert (source["ml"], source["gb"], source["bs"]) == (9_742, 10_000, 6_416)
    assert shipped.positions(["series"]).sum() == 2_458
    assert shipped.coverage == "books, movies and series to 2025"


def test_works_say_who_made_them_and_what_they_are_about(shipped):
    assert shipped.by_id["ml:541"].makers == ("Ridley Scott",)
    assert "neo-noir" in shipped.by_id["ml:541"].themes
    assert sum(not item.themes for item in shipped.items) < 10
    assert sum(not item.genres for item in shipped.items) < 10
    # MovieLens files some series among its films; what both tables have is one item.
    assert shipped.by_id["ml:176601"].kind == "series"  # Black Mirror
    assert shipped.by_id["ml:162414"].year == 2016  # Moonlight has no year there


def test_popularity_is_a_place_within_the_kind(shipped):
    for kind in shipped.kinds:
        places = np.array([item.popularity for item in shipped.items if item.kind == kind])
        assert 0 < places.min() < 0.2
        assert 0.94 < places.max() <= 1
        assert places.mean() == pytest.approx(0.5, abs=0.01)
    known = shipped.by_id
    assert known["bs:parasite-2019-movie"].popularity > 0.95  # by fame, as nobody rated it there
    assert known["bs:severance-2022-series"].popularity > 0.9


def test_a_link_leads_to_the_work(shipped):
    assert link_of(shipped.by_id["ml:541"]) == "https://www.imdb.com/title/tt0083658/"
    assert link_of(shipped.by_id["gb:1"]) == "https://www.goodreads.com/book/show/2767052"
    assert link_of(shipped.by_id["bs:piranesi-2020-book"]).endswith("search?q=Piranesi+Susanna+Clarke")


def test_items_are_as_people_know_them(shipped):
    western = shipped.by_id["ml:1201"]
    assert (western.title, western.year) == ("The Good, the Bad and the Ugly", 1966)
    games = shipped.by_id["gb:1"]
    assert (games.title, games.series, games.makers) == (
        "The Hunger Games", "The Hunger Games", ("Suzanne Collins",),
    )  # fmt: skip
    assert "Harry Potter and the Philosopher's Stone" in shipped.by_id["gb:2"].aliases


def test_nothing_of_the_sources_filing_is_left(shipped):
    filed = [
        item.title
        for item in shipped.items
        if re.search(r", (The|A|An|La|Le|Les|Der|Das|Il|El)$", item.title)
    ]
    numbered = [item.title for item in shipped.items if re.search(r"\([^)]*#", item.title)]
    untidy = [
        item.title for item in shipped.items if item.title != " ".join(item.title.split()) or not item.title
    ]
    shouted = [
        item.item_id
        for item in shipped.items
        if any("(" in name or name != name.lower() for name in item.genres)
    ]
    assert (filed, numbered, untidy, shouted) == ([], [], [], [])


def test_the_terms_of_both_sources_lie_beside_it():
    terms = SHIPPED_CATALOG.parent / "catalog-licences"
    assert "GroupLens" in (terms / "movielens-README.txt").read_text(encoding="utf-8")
    assert "Attribution-ShareAlike 4.0" in (terms / "goodbooks-LICENSE.txt").read_text(encoding="utf-8")
    assert (SHIPPED_CATALOG.parent / "LICENSE-catalog.md").is_file()


def test_positions_follow_the_order_of_the_items():
    catalog = Catalog((Item("a", "A", "movie"), Item("b", "B", "book"), Item("c", "C", "movie")))
    np.testing.assert_array_equal(catalog.positions(["movie"]), [True, False, True])
    assert catalog.position_of == {"a": 0, "b": 1, "c": 2}
    with pytest.raises(CatalogError, match=r"no 'film'\. Choose from: book, movie"):
        catalog.positions(["film"])


def test_the_digest_changes_with_any_field_and_with_the_order():
    first, second = Item("a", "A", "movie"), Item("b", "B", "book")
    digest = Catalog((first, second)).digest
    assert digest == Catalog((first, second)).digest
    assert digest != Catalog((second, first)).digest
    assert digest != Catalog((replace(first, popularity=0.1), second)).digest


def test_the_same_id_twice_is_refused():
    with pytest.raises(CatalogError, match="lists 'a' twice"):
        Catalog((Item("a", "A", "movie"), Item("b", "B", "book"), Item("a", "C", "movie")))


def _written(path: Path, **columns) -> Path:
    pl.DataFrame(columns).write_parquet(path)
    return path


def test_a_small_file_of_ones_own_is_enough(tmp_path):
    path = _written(tmp_path / "own.parquet", item_id=["a"], title=["A"], kind=["place"], stars=[3])
    assert load_catalog(path).items == (Item("a", "A", "place"),)


def test_a_file_that_is_not_a_catalogue_says_what_to_do(tmp_path):
    with pytest.raises(CatalogError, match=r"There is no catalogue at .*catalog build"):
        load_catalog(tmp_path / "absent.parquet")
    text = tmp_path / "text.parquet"
    text.write_text("title\nDune\n")
    with pytest.raises(CatalogError, match="not a readable Parquet file"):
        load_catalog(text)
    with pytest.raises(CatalogError, match="lacks the column 'kind'"):
        load_catalog(_written(tmp_path / "a.parquet", item_id=["a"], title=["A"]))
    with pytest.raises(CatalogError, match="row 1: title is empty"):
        load_catalog(_written(tmp_path / "b.parquet", item_id=["a", "b"], title=["A", None], kind=["k", "k"]))
    with pytest.raises(CatalogError, match="wrong type"):
        load_catalog(
            _written(tmp_path / "c.parquet", item_id=["a"], title=["A"], kind=["k"], year=["long ago"])
        )
    with pytest.raises(CatalogError, match="holds no items"):
        load_catalog(_written(tmp_path / "d.parquet", item_id=[], title=[], kind=[]))


@pytest.mark.parametrize("example", list_examples(), ids=lambda example: example.file)
def test_every_example_is_read_and_found_in_the_catalogue(example, matcher):
    parsed = parse_history((EXAMPLES_FOLDER / example.file).read_bytes(), example.file)
    history = match_history(parsed, matcher)
    assert 12 <= len(history.interactions) <= 30
    assert all("to-read" in row.reason for row in history.skipped)
    assert [row.title for row in history.interactions if row.item_id is None] == []
