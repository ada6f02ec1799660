"""Sentences that ask for an item by what it is, and never by its name."""

import pytest

from blue.datatypes import Item
from blue.history.same_title import normalised_title
from blue.inspection.suggestions import suggested_sentences
from blue.items import load_catalog
from blue.profile import Rarity, parse_profile


def test_a_suggestion_is_made_of_genres_tags_and_maker():
    emma = Item("1", "Emma", "book", 1815, makers=("Jane Austen",), genres=("romance",), themes=("marriage",))
    assert suggested_sentences(emma, Rarity([emma])) == (
        "Romances about marriage.",
        "Romances.",
        "Books about marriage.",
        "Romances by Jane Austen.",
    )


def test_what_is_rarer_is_said_first():
    item = Item("1", "Heat", "movie", genres=("drama", "crime"), themes=("police", "heist"))
    others = [
        Item("2", "A", "movie", genres=("drama",), themes=("police",)),
        Item("3", "B", "movie", genres=("drama",)),
    ]
    first = suggested_sentences(item, Rarity([item, *others]))[0]
    assert first == "Crime dramas about heist and police."


def test_a_tag_that_is_the_title_is_not_said():
    dune = Item(
        "1", "Dune", "book", genres=("science fiction",), themes=("dune", "ecology"), aliases=("Arrakis",)
    )
    assert all("dune" not in text.lower() for text in suggested_sentences(dune, Rarity([dune])))
    assert suggested_sentences(Item("2", "Untitled", "product"), Rarity([dune])) == ()


@pytest.mark.parametrize("start", range(7))
def test_no_suggestion_for_the_shipped_items_names_its_title(start):
    items = load_catalog().items
    rarity = Rarity(items)
    for item in items[start::700]:
        for text in suggested_sentences(item, rarity):
            assert f" {normalised_title(item.title)} " not in f" {normalised_title(text)} "
            assert [one.text for one in parse_profile(text).sentences] == [text]
