"""What is asked, about what, and under which conditions; no model is needed for it."""

import pytest

from blue.answering.filters import Years
from blue.answering.intents import stars_of, wants
from blue.answering.questions import MAX_CHARACTERS, Reader
from blue.answering.reading import read_filters
from blue.answering.vocabulary import Vocabulary
from blue.datatypes import Interaction, Item
from blue.errors import AnsweringError, CatalogError
from blue.history.matching import TitleMatcher
from blue.inspection.items import ItemFinder
from blue.items import Catalog

ITEMS = (
    Item("ml:1", "Alien", "movie", 1979, ("Ridley Scott",), genres=("horror", "science fiction")),
    Item("ml:2", "Grease", "movie", 1978, ("Randal Kleiser",), genres=("musical", "romance")),
    Item("ml:3", "Emma", "movie", 1996, genres=("comedy", "romance")),
    Item("gb:3", "Emma", "book", 1815, ("Jane Austen",), genres=("romance",)),
    Item("ml:4", "Toy Story", "movie", 1995, genres=("animation", "children's", "comedy")),
    Item("ml:5", "Toy Story 2", "movie", 1999, genres=("animation", "children's", "comedy")),
    Item("ml:6", "Black Hole, The", "movie", 1979, genres=("science fiction",)),
    Item("ml:7", "Shaun of the Dead", "movie", 2004, genres=("comedy", "horror"), themes=("zombies", "gore")),
    Item("ml:8", "28 Days Later", "movie", 2002, genres=("horror",), themes=("zombie apocalypse", "zombies")),
    Item("ml:9", "Zombieland", "movie", 2009, genres=("comedy", "horror"), themes=("zombies",)),
    Item("ml:10", "South Park", "movie", 1999, genres=("animation", "comedy", "musical")),
    Item("gb:1", "Pride and Prejudice", "book", 1813, ("Jane Austen",), genres=("romance",)),
)  # fmt: skip
HISTORY = (
    Interaction("Alien", 5.0, item_id="ml:1", year=1979, kind="movie"),
    Interaction("My Uncle's Spaceship", 5.0),
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    catalog = Catalog(ITEMS)
    return Reader(ItemFinder(catalog, TitleMatcher(ITEMS)), Vocabulary(catalog), HISTORY)


def conditions(reader: Reader, text: str):
    return read_filters(text, reader.vocabulary, reader.vocabulary.catalog.kinds)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("What should I watch tonight with a ten-year-old?", "recommend"),
        ("Recommend a scary film from the 80s", "recommend"),
        ("Not from 2014", "recommend"),
        ("something slow and quiet to read", "recommend"),
        ("Would I like Toy Story?", "would like"),
        ("Should I read Emma?", "would like"),
        ("Is Toy Story for me?", "would like"),
        ("Do I like musicals?", "likes"),
        ("Would I enjoy a horror film?", "likes"),
        ("Am I into comedies?", "likes"),
        ("Do I like Jane Austen?", "likes"),
        ("What do I avoid?", "avoid"),
        ("Which films do I not like?", "avoid"),
        ("What kind of films can't I stand?", "avoid"),
        ("What do I like?", "tastes"),
        ("What kind of films do I love?", "tastes"),
        ("Describe me", "tastes"),
        ("How many stars would I give Alien?", "rating"),
        ("How would I rate Grease?", "rating"),
        ("Why is Grease in my list?", "why"),
        ("Why not Toy Story 2?", "why"),
        ("Alien or Grease?", "compare"),
        ("Do I prefer horror or comedies?", "compare"),
        ("Do I like horror more than musicals?", "compare"),
        ("Who is my favourite director?", "favourite"),
        ("Have I seen Grease?", "history"),
        ("Which films did I give five stars?", "history"),
        ("How many horror films have I seen?", "history"),
        ("Why is the sky blue?", "unknown"),
        ("What is the capital of France?", "unknown"),
        ("Tell me a joke", "unknown"),
    ],
)
def test_the_intent_of_a_question(reader, text, intent):
    assert reader.read(text).intent == intent


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("Would I like Alien?", ["ml:1"]),
        ("would they enjoy the film Grease?", ["ml:2"]),
        ("Would I like “Toy Story 2”?", ["ml:5"]),
        ("Should I read Emma (1815)?", ["gb:3"]),
        ("How would I rate Alien (1979)?", ["ml:1"]),
        ("Alien or Grease?", ["ml:1", "ml:2"]),
        ("Which should I watch: Alien, Grease or Toy Story?", ["ml:1", "ml:2", "ml:4"]),
        ("Why is Toy Story 2 in my list?", ["ml:5"]),
        ("Something like Alien", ["ml:1"]),
        ("Something funny or scary?", []),
    ],
)
def test_the_titles_of_a_question(reader, text, items):
    assert [item.item_id for item in reader.read(text).items] == items


def test_a_title_of_the_history_is_found_although_the_catalogue_lacks_it(reader):
    (subject,) = reader.read("Would I like My Uncle's Spaceship?").subjects
    assert (subject.item, subject.row) == (None, HISTORY[1])


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
def test_what_cannot_be_asked_is_said(reader, text, error, said):
    with pytest.raises(error, match=said):
        reader.read(text)


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("scary films from 2014", [Years(2014, 2014)], []),
        ("not from 2014", [], [Years(2014, 2014)]),
        ("something before 1970", [Years(None, 1969)], []),
        ("novels after 2000", [Years(2001)], []),
        ("since 2010", [Years(2010)], []),
        ("between 1990 and 1995", [Years(1990, 1995)], []),
        ("from the 80s, but nothing from 1985", [Years(1980, 1989)], [Years(1985, 1985)]),
        ("the late nineties", [Years(1997, 1999)], []),
        ("2010s", [Years(2010, 2019)], []),
        ("nineteenth-century novels", [Years(1801, 1900)], []),
        ("recent films", [Years(2005)], []),  # the newest item is of 2009
        ("old films", [Years(None, 1969)], []),
        ("with a ten-year-old", [], []),
    ],
)
def test_years(reader, text, wanted, unwanted):
    found = conditions(reader, text)
    assert (list(found.years), list(found.unwanted_years)) == (wanted, unwanted)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("musicals or comedies", {"ml:2", "ml:3", "ml:4", "ml:5", "ml:7", "ml:9", "ml:10"}),
        ("horror comedies", {"ml:7", "ml:9"}),
        ("horror without zombies", {"ml:1"}),
        ("comedies, no horror", {"ml:3", "ml:4", "ml:5", "ml:10"}),
        ("not a comedy, something scary", {"ml:1", "ml:8"}),
        ("animated films, but no musicals", {"ml:4", "ml:5"}),
        ("a film with zombies", {"ml:7", "ml:8", "ml:9"}),
        ("books by Austen", {"gb:3", "gb:1"}),
        ("something by jane austen from before 1814", {"gb:1"}),
        ("nothing by Jane Austen to read", set()),
        ("something for my kids", {"ml:4", "ml:5"}),
        ("horror with my grandmother", set()),
        ("a musical for my niece", set()),
        ("a film by Scott", {"ml:1"}),
        ("anything but films", {"gb:3", "gb:1"}),
    ],
)
def test_an_item_meets_all_conditions_or_is_no_candidate(reader, text, allowed):
    found = conditions(reader, text)
    assert {item.item_id for item in ITEMS if found.allow(item)} == allowed


def test_how_many_and_what_is_left_and_what_nobody_knows(reader):
    asked = conditions(reader, "Recommend five scary films from the 80s, with snow")
    assert (asked.count, asked.words, asked.kinds) == (5, "snow", ("movie",))
    assert conditions(reader, "Top 10 comedies").count == 10
    assert conditions(reader, "a comedy with 5 stars").count is None
    assert conditions(reader, "What should I read next?").kinds == ("book",)
    assert conditions(reader, "a comedy on Netflix under two hours").unknown == (
        "where it can be seen",
        "how long it is",
    )


def test_the_conditions_are_told_back(reader):
    told = conditions(reader, "scary films from the 80s, no zombies, not from 1984").told
    assert told == "films, horror, from 1980 to 1989, not zombies, not from 1984"


def test_stars_of_a_question():
    assert stars_of("less than 3 stars") == (0.5, 2.5)
    assert stars_of("at least four stars") == (4.0, 5.0)
    assert stars_of("Which films did I like?") is None
    assert wants("Which films did I give five stars?").intent == "history"
