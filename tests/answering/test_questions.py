"""What is asked, about what, and under which conditions; no model is needed for it."""

import pytest

from blue.answering.questions import MAX_CHARACTERS, foreign_titles, understand, wants
from blue.answering.wishes import wishes
from blue.datatypes import Item
from blue.errors import AnsweringError, CatalogError
from blue.history.matching import TitleMatcher
from blue.inspection.items import ItemFinder
from blue.items import Catalog

ITEMS = (
    Item("ml:1", "Alien", "movie", 1979),
    Item("ml:2", "Grease", "movie", 1978),
    Item("ml:3", "Emma", "movie", 1996),
    Item("gb:3", "Emma", "book", 1815),
    Item("ml:4", "Toy Story", "movie", 1995),
    Item("ml:5", "Toy Story 2", "movie", 1999),
    Item("ml:6", "Black Hole, The", "movie", 1979),
)


@pytest.fixture(scope="module")
def finder() -> ItemFinder:
    return ItemFinder(Catalog(ITEMS), TitleMatcher(ITEMS))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("What should I watch tonight with a ten-year-old?", "recommend"),
        ("Recommend a scary film from the 80s", "recommend"),
        ("something slow and quiet to read", "recommend"),
        ("Would I like Dune?", "would like"),
        ("Should I read Emma?", "would like"),
        ("Is Toy Story for me?", "would like"),
        ("What do I avoid?", "avoid"),
        ("Which films do I not like?", "avoid"),
        ("What do I like?", "tastes"),
        ("What kind of films do I love?", "tastes"),
        ("Describe me", "tastes"),
        ("How many stars would I give Alien?", "rating"),
        ("How would I rate Grease?", "rating"),
        ("Why is the sky blue?", "other"),
    ],
)
def test_the_kind_of_a_question(text, kind):
    assert wants(text) == kind


@pytest.mark.parametrize(
    ("text", "kind", "items"),
    [
        ("Would I like Alien?", "would like", ["ml:1"]),
        ("would they enjoy the film Grease?", "would like", ["ml:2"]),
        ("Would I like “Toy Story 2”?", "would like", ["ml:5"]),
        ("Should I read Emma?", "would like", ["gb:3"]),
        ("Should I watch Emma?", "would like", ["ml:3"]),
        ("How would I rate Alien (1979)?", "rating", ["ml:1"]),
        ("Alien or Grease?", "choose", ["ml:1", "ml:2"]),
        ("Which should I watch: Alien, Grease or Toy Story?", "choose", ["ml:1", "ml:2", "ml:4"]),
        ("Would I enjoy a film with robots?", "would like", []),
        ("Something funny or scary?", "recommend", []),
    ],
)
def test_what_a_question_names(finder, text, kind, items):
    asked = understand(text, finder, ("book", "movie"))
    assert (asked.kind, [item.item_id for item in asked.items]) == (kind, items)


def test_a_question_may_ask_for_a_kind(finder):
    assert understand("What should I read next?", finder, ("book", "movie")).kinds == ("book",)
    assert understand("What should I watch next?", finder, ("book", "movie")).kinds == ("movie",)
    assert understand("What should I read next?", finder, ("product",)).kinds == ()


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        (" ?! ", AnsweringError, "Nothing is asked"),
        ("x" * (MAX_CHARACTERS + 1), AnsweringError, f"at most {MAX_CHARACTERS}"),
        ("Would I like Toy Storry 9?", CatalogError, "Did you mean 'Toy Story"),
        ("Would I like 'Griese 8'?", CatalogError, "no 'Griese 8'"),
        ("How would I rate Qwxyz?", CatalogError, "no 'Qwxyz'"),
    ],
)
def test_what_cannot_be_asked_is_said(finder, text, error, said):
    with pytest.raises(error, match=said):
        understand(text, finder, ("book", "movie"))


def test_conditions_of_a_request():
    child = wishes("What should I watch tonight with a ten-year-old?")
    assert (child.for_children, child.genres, child.years, child.words) == (True, (), None, "")
    assert not wishes("A film for a 40-year-old").for_children
    scary = wishes("Recommend a scary film from the 80s, with snow")
    assert (scary.genres, scary.years, scary.words) == (("horror",), (1980, 1989), "snow")
    assert wishes("science fiction please").genres == ("science fiction",)
    assert wishes("films of the 2010s").years == (2010, 2019)


def test_an_item_meets_all_conditions_or_is_no_candidate():
    asked = wishes("a funny film for kids from the 1990s")
    toys = Item("1", "Toy Story", "movie", 1995, genres=("animation", "children's", "comedy"))
    assert asked.allow(toys)
    assert not asked.allow(Item("2", "South Park", "movie", 1999, genres=("animation", "comedy")))
    assert not asked.allow(Item("3", "Gremlins", "movie", 1990, genres=("children's", "comedy", "horror")))
    assert not asked.allow(Item("4", "Toy Story 3", "movie", 2010, genres=("children's", "comedy")))
    assert not asked.allow(Item("5", "Lost reel", "movie", None, genres=("children's", "comedy")))


def test_titles_that_were_not_offered_are_found_in_free_text(finder):
    offered = ITEMS[4:5]  # Toy Story

    def foreign(text: str) -> tuple[str, ...]:
        return foreign_titles(text, finder, offered)

    assert foreign("Toy Story is like Toy Story 2, but older.") == ("Toy Story 2",)
    assert foreign("It reminds of “Some Film Nobody Made”.") == ("Some Film Nobody Made",)
    assert foreign("An alien would like Toy Story and 'romance with humor'.") == ()
    assert foreign_titles("Toy Story is fine.", finder, ITEMS[5:6]) == ()  # a part of Toy Story 2
