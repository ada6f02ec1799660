"""What a model says twice is said once; everything else stays as it was written."""

import pytest

from blue.datatypes import Interaction, Item
from blue.profile.merge import NamesOfHistory, names_of, restated
from blue.profile.sentences import parse_generated


def test_films_that_differ_in_year_and_theme_are_one_taste():
    told = [
        "Action and thriller movies from 1996.",
        "Drawn to mystery movies from 1995, about time travel.",
        "Often picks action and thriller movies from 1982, about robots.",
        "Enjoys action and thriller movies from 1997, about robots and heists.",
    ]
    assert restated(told) == [
        "Action and thriller movies from 1982, 1996 and 1997, about robots and heists.",
        "Drawn to mystery movies from 1995, about time travel.",
    ]


def test_no_more_than_three_years_are_named_those_that_were_told_first():
    told = [f"Crime movies from {year}." for year in (1999, 1970, 1985, 1986)]
    assert restated(told) == ["Crime movies from 1970, 1985 and 1999."]


def test_books_are_joined_by_author_but_not_across_centuries():
    told = [
        "Books by Jane Austen from the 19th century.",
        "Drawn to books by Ian McEwan.",
        "Enjoys books by A.S. Byatt.",
    ]
    assert restated(told) == [told[0], "Drawn to books by Ian McEwan and A.S. Byatt."]


def test_two_products_of_one_brand_and_kind_are_two_tastes():
    told = ["OPI nail polish such as Red.", "Also buys OPI nail polish such as Shatter."]
    assert restated([*told, "Fond of OPI nail polish such as red."]) == told


def test_a_mood_is_no_theme():
    assert restated(["Action movies from 1982, about atmospheric."]) == [
        "Atmospheric action movies from 1982."
    ]
    assert restated(["Drawn to action movies, about robots and dark."]) == [
        "Drawn to dark action movies, about robots."
    ]


def test_a_genre_is_no_theme():
    assert restated(["Horror movies from 1981, about thriller and zombies."]) == [
        "Horror movies from 1981, about zombies."
    ]


def test_two_sentences_do_not_open_alike_while_another_opening_is_left():
    told = ["Enjoys war movies.", "Enjoys crime movies.", "Enjoys quiet films."]
    assert restated(told) == ["Enjoys war movies.", "Drawn to crime movies.", "Enjoys quiet films."]


@pytest.mark.parametrize(
    "text",
    [
        "Slow-burning space films.\nHeist films with a code.",
        "Loves musicals, but can't stand horror.",
        "Movies.\nMovies, about nothing",
        "from 1994.",
        ", about .",
    ],
)
def test_sentences_of_another_form_stay_as_they_are(text):
    assert restated(text.split("\n")) == text.split("\n")


def test_restating_twice_changes_nothing_more():
    text = "Crime movies from 1994.\nEnjoys crime movies from 1996, about dark.\nEnjoys war movies."
    once = parse_generated(text).text
    assert parse_generated(once).text == once


def test_the_sixth_line_counts_where_an_earlier_one_said_the_same():
    lines = [f"{kind} movies from 1990." for kind in ("War", "Crime", "Horror", "Action", "War", "Romance")]
    assert [one.text for one in parse_generated("\n".join(lines)).sentences] == [*lines[:4], lines[5]]


def test_an_author_whom_the_history_does_not_hold_is_left_out():
    items = {"1": Item("1", "Emma", "book", makers=("Jane Austen",))}
    history = [Interaction("Emma", item_id="1"), Interaction("The Hobbit", creator="J. R. R. Tolkien")]
    names = names_of(history, items)
    text = (
        "Books by Jane Austen and E.T. Brontë from the 19th century.\n"
        "Enjoys books by E.M. Forster.\n"
        "Drawn to fantasy books by J.R.R. Tolkien.\n"
        "Crime movies by the sea."
    )
    assert [one.text for one in parse_generated(text, names).sentences] == [
        "Books by Jane Austen from the 19th century.",
        "Drawn to fantasy books by J.R.R. Tolkien.",
        "Crime movies by the sea.",
    ]


def test_a_profile_of_strangers_alone_is_kept_for_its_reader_to_see():
    assert (
        parse_generated("Books by E.M. Forster.", NamesOfHistory(frozenset(), ())).text
        == "Books by E.M. Forster."
    )


def test_a_title_that_is_repeated_word_by_word_is_cut():
    title = "Conair Pro Ceramic Tourmaline Hair Dryer with Diffuser, Black"
    names = names_of([Interaction("One of mine", item_id="1")], {"1": Item("1", title, "product")})
    text = "Often picks hair dryers such as Conair Pro Ceramic Tourmaline Hair Dryer with Diffuser, Red."
    assert parse_generated(text, names).text == (
        "Often picks hair dryers such as Conair Pro Ceramic Tourmaline Hair, Red."
    )
    assert parse_generated(text).text == text
