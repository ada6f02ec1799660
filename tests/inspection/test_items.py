"""Finding one item, and the ones that fit what is typed."""

import pytest

from blue.datatypes import Interaction, Item
from blue.errors import CatalogError
from blue.history.matching import TitleMatcher
from blue.inspection.items import ItemFinder
from blue.items import Catalog

ITEMS = (
    Item("ml:1", "Alien", "movie", 1979, popularity=0.50),
    Item("ml:2", "Aliens", "movie", 1986, popularity=0.90),
    Item("ml:3", "Dune", "movie", 1984, popularity=0.10),
    Item("gb:1", "Dune", "book", 1965, popularity=0.95),
    Item("ml:4", "Alien Nation", "movie", 1988, popularity=0.01),
    Item("ml:5", "The Resident Alien", "movie", 1990, popularity=0.70),
)


@pytest.fixture(scope="module")
def finder() -> ItemFinder:
    return ItemFinder(Catalog(ITEMS), TitleMatcher(ITEMS))


def test_an_item_is_found_by_title_year_or_id(finder):
    assert finder.find("alien").item_id == "ml:1"
    assert finder.find("Dune (1984)").item_id == "ml:3"
    assert finder.find("Dune (1965)").item_id == "gb:1"
    assert finder.find(" ml:2 ").title == "Aliens"


def test_a_shared_title_is_what_most_of_the_history_is(finder):
    reader = (Interaction("Emma", kind="book"), Interaction("Sula", kind="book"))
    viewer = (
        Interaction("Heat", kind="movie"),
        Interaction("Ran", kind="movie"),
        Interaction("Jaws", kind="movie"),
    )
    assert finder.find("Dune", reader).item_id == "gb:1"
    assert finder.find("Dune", viewer).item_id == "ml:3"
    assert finder.of_kind("Dune", "book").item_id == "gb:1"
    assert finder.of_kind("Alien", "book") is None


def test_an_unknown_title_suggests_the_nearest(finder):
    with pytest.raises(CatalogError, match=r"no 'Aliex 9'. Did you mean 'Alien"):
        finder.find("Aliex 9")
    with pytest.raises(CatalogError, match="No title is given"):
        finder.find("  ")
    with pytest.raises(CatalogError, match="…"):
        finder.find("x" * 5_000)


def test_what_is_typed_is_searched_among_titles(finder):
    assert [item.title for item in finder.search("alien", 2)] == ["Alien", "Aliens"]
    assert finder.search("dune", 9, kinds=("book",)) == (ITEMS[3],)
