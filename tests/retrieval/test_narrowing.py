"""Decades, genres and a list: what is left of a catalogue to rank."""

import pytest

from blue.datatypes import Item
from blue.errors import CatalogError
from blue.items import Catalog
from blue.retrieval.narrowing import decades_in, genres_in, narrowed, parse_decades

CATALOG = Catalog(
    (
        Item("a", "A", "movie", 1980, genres=("comedy", "Crime")),
        Item("b", "B", "movie", 1989, genres=("drama",)),
        Item("c", "C", "book", 1979, genres=("crime",)),
        Item("d", "D", "book", genres=("drama",)),
    )
)


@pytest.mark.parametrize(
    ("within", "decades", "genres", "left"),
    [
        ((), (), (), ()),  # nothing narrows: everything may be ranked
        (("d", "gone"), (), (), ("d", "gone")),
        ((), (1980,), (), ("a", "b")),
        ((), (), ("crime",), ("a", "c")),
        ((), (1970, 1980), ("Comedy", "drama"), ("a", "b")),
        (("b", "c", "gone"), (1980,), (), ("b",)),
    ],
)
def test_what_is_left(within, decades, genres, left):
    assert narrowed(CATALOG, within, decades, genres) == left


def test_where_nothing_is_left_the_choice_is_named():
    with pytest.raises(CatalogError, match=r"1970s, drama\). Choose more"):
        narrowed(CATALOG, (), (1970,), ("drama",))


def test_what_few_items_are_of_is_no_choice():
    many = [
        Item(str(n), "M", "movie", 1990 + n % 10, genres=("war", "rare")[: 1 + (n > 1)]) for n in range(21)
    ]
    assert decades_in([*many, *CATALOG.items]) == (1990,)
    assert genres_in([*many, *CATALOG.items]) == ("war",)


@pytest.mark.parametrize("text", ["80s", "nineties", "19800"])
def test_what_is_no_decade_is_told(text):
    with pytest.raises(CatalogError, match="is not a decade"):
        parse_decades(text)
