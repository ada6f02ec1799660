"""Answers on the real embedded models: what they rest on, and that they are right where that can be known."""

import pytest

from blue.answering import Answerer
from blue.answering.phrasing import NOBODY
from blue.catalog.examples import list_examples
from blue.errors import AnsweringError, CatalogError
from blue.inspection import Inspector
from blue.profile.sentences import parse_profile

PROFILE = parse_profile(
    "Science fiction about aliens and space.\nAnimated adventures for children.\nCan't stand musicals."
)


@pytest.fixture(scope="module")
def answerer(profiler) -> Answerer:
    return Answerer(Inspector(profiler))


@pytest.fixture(scope="module")
def history(profiler) -> tuple:
    example = list_examples()[0]
    return profiler.read(example.read(), example.file).interactions


def test_a_film_for_a_child_is_fit_for_one_and_cites_what_brought_it(answerer, history):
    told = answerer.ask("What should I watch tonight with a ten-year-old?", PROFILE, history)
    assert (told.question.intent, told.question.filters.company) == ("recommend", "children")
    assert len(told.items) == 3
    known = {one.item_id for one in history}
    for item in told.items:
        assert {"children's", "family"} & set(item.genres)
        assert item.item_id not in known
        assert item.title in told.text
    assert set(told.sentences) <= {0, 1}
    assert {candidate.item for candidate in told.given.candidates} == set(told.items)
    assert told.given.text == PROFILE.text


def test_what_is_recommended_stands_in_the_order_of_the_list(answerer, profiler, history):
    told = answerer.ask("Recommend five films", PROFILE, history)
    listed = profiler.rank(PROFILE, history, top=5, kinds=("movie",))
    assert list(told.items) == [entry.item for entry in listed.items]


def test_what_is_asked_for_is_likely_and_what_is_rejected_is_not(answerer, history):
    liked = answerer.ask("Would I like Independence Day?", PROFILE, history)
    assert liked.text.startswith(("Very likely", "Probably."))
    assert liked.sentences == (0,)
    refused = answerer.ask("Would I like Grease?", PROFILE, history)
    assert refused.text.startswith(("Probably not", "Perhaps"))
    assert 2 in refused.sentences
    assert "musicals" in refused.text
    rated = [one.rating for one in history]
    assert refused.rating.user_mean == pytest.approx(sum(rated) / len(rated), abs=1e-6)


def test_a_title_of_the_history_is_answered_by_what_it_got(answerer, history):
    told = answerer.ask("Would I like Alien?", PROFILE, history)
    assert told.text.startswith("Yes, you liked it: you gave Alien (1979) 5 stars")
    assert [row.title for row in told.rows] == ["Alien"]


@pytest.mark.parametrize("context", ["profile", "history", "none"])
def test_within_a_wish_list_nothing_else_is_recommended(answerer, profiler, history, context):
    named = {item.title: item.item_id for item in profiler.catalog.items if item.kind == "movie"}
    listed = tuple(named[title] for title in ("Moon", "Clueless", "Grease", "Alien"))  # Alien is known
    how = {"context": context, "within": listed}
    told = answerer.ask("Recommend ten films", PROFILE, history, **how)
    allowed = {*listed} - ({named["Alien"]} if context != "none" else set())
    assert {one.item_id for one in told.items} == allowed
    assert "among those you chose, films:" in told.text
    assert [one.title for one in answerer.ask("Recommend a musical", PROFILE, history, **how).items] == [
        "Grease"
    ]
    nothing = answerer.ask("Recommend ten books", PROFILE, history, **how)
    assert nothing.items == ()
    assert nothing.text.startswith("Nothing in the catalogue is among those you chose, books")


def test_words_that_no_condition_says_move_the_list(answerer, history):
    plain = answerer.ask("Recommend ten films", PROFILE, history).items
    quiet = answerer.ask("Recommend ten drizzly, wistful films", PROFILE, history).items
    assert len(plain) == len(quiet) == 10
    assert plain != quiet


def test_each_context_sees_only_its_own(answerer, history):
    raw = answerer.ask("Would I like Dune (1984)?", PROFILE, history, context="history")
    assert "Blade Runner" in raw.given.text
    assert PROFILE.sentences[0].text not in raw.given.text + raw.text
    assert raw.sentences == ()
    none = answerer.ask("Would I like Dune (1984)?", PROFILE, history, context="none")
    assert (none.given.text, none.rating, none.sentences) == ("", None, ())
    assert none.text == NOBODY
    for question in ("What do I avoid?", "Do I like musicals?", "Which films did I give five stars?"):
        assert answerer.ask(question, PROFILE, history, context="none").text == NOBODY
    with pytest.raises(AnsweringError, match="no history"):
        answerer.ask("Would I like Dune?", PROFILE, (), context="history")


def test_a_kind_that_the_question_names_goes_before_that_of_the_page(answerer, history):
    asked = answerer.ask("Recommend a book", PROFILE, history, kinds=("movie",))
    assert {item.kind for item in asked.items} == {"book"}
    unsaid = answerer.ask("Recommend a comedy", PROFILE, history, kinds=("movie",))
    assert {item.kind for item in unsaid.items} == {"movie"}


def test_structured_questions(answerer, profiler, history):
    grease = answerer.understand("Would I like Grease?").items[0]
    alien = answerer.understand("Would I like Alien?").items[0]
    space, songs = "Aliens | 5\nPredator (1987) | 5\nAlien | 1", "Hairspray (2007) | 1\nMamma Mia! | 1.5"
    rated = profiler.read(f"{space}\n{songs}\nHigh School Musical | 1").interactions
    told = answerer.rating(alien, PROFILE, rated)
    assert 5 >= told.stars > told.user_mean > answerer.rating(grease, PROFILE, rated).stars >= 0.5
    assert rated[told.from_rows[0]].title == "Aliens"  # its own rating is not looked at
    chosen = answerer.choice(PROFILE, [alien, grease])
    assert sum(option.probability for option in chosen.options) == pytest.approx(1, abs=1e-6)
    with pytest.raises(AnsweringError, match="2 to 6"):
        answerer.choice(PROFILE, [alien])
    with pytest.raises(CatalogError, match="Did you mean"):
        answerer.ask("Would I like Greaze Lightnin 4?", PROFILE, history)
