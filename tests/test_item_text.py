"""The one text of an item: what it is, of when, by whom, about what, and its title."""

import pytest

from blue.datatypes import Item
from blue.item_text import decade_words, item_text


def test_the_text_reads_as_a_sentence_and_ends_with_the_title():
    book = Item("gb:1", "Mort", "book", 1987, ("Terry Pratchett",), "Discworld", ("comic fantasy",))
    film = Item("ml:1", "Heat", "movie", 1995, genres=("crime", "thriller"), themes=("heist", "Los Angeles"))
    assert (
        item_text(book)
        == "Comic fantasy book of the late 80s by Terry Pratchett: Mort, in the series Discworld."
    )
    assert item_text(film) == "Crime and thriller film of the mid 90s about heist, Los Angeles: Heat."
    assert item_text(Item("x", "Bare", "movie")) == "Film: Bare."


def test_how_a_work_is_comes_first():
    film = Item("x", "Aftersun", "movie", 2022, genres=("drama",), tones=("arthouse", "quiet"))
    assert item_text(film) == "Arthouse, quiet drama film of the early 2020s: Aftersun."


def test_the_year_itself_is_not_said():
    assert "1982" not in item_text(Item("ml:541", "Blade Runner", "movie", 1982))
    assert item_text(Item("x", "The Odyssey", "book", -720)) == "Book of antiquity: The Odyssey."


@pytest.mark.parametrize(
    ("year", "words"),
    [(1980, "early 80s"), (1983, "early 80s"), (1984, "mid 80s"), (1986, "mid 80s"), (1987, "late 80s"),
     (1919, "late 1910s"), (1920, "early 20s"), (2000, "early 2000s"), (2025, "mid 2020s")],
)  # fmt: skip
def test_decades_are_said_as_people_say_them(year, words):
    assert decade_words(year) == words


def test_a_series_of_its_own_name_is_not_said_twice():
    assert item_text(Item("x", "Twilight", "book", series="Twilight")) == "Book: Twilight."


def test_only_the_first_two_makers_are_said():
    assert item_text(Item("x", "Many", "book", makers=("A", "B", "C"))) == "Book by A and B: Many."


def test_a_shop_title_says_all_there_is_unless_it_is_short():
    mask = Item("1", "Yes To Cucumbers Calming Mask", "product", makers=("Yes To",), genres=("face masks",))
    tea = Item("2", "Sencha", "product", makers=("Ito En",), genres=("green tea",), description="From Uji.")
    assert item_text(mask) == "Yes To Cucumbers Calming Mask"
    assert item_text(tea) == "Sencha, green tea by Ito En. From Uji."


def test_a_product_says_what_it_is_for():
    mask = Item("1", "Calming Mask", "product", genres=("masks",), themes=("face masks", "dry skin"))
    assert item_text(mask) == "Calming Mask, masks: face masks, dry skin."
