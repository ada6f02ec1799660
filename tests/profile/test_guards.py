"""The guards: what a sentence must not do, on sentences that did it."""

import pytest

from blue.datatypes import Interaction, Item, Profile, Sentence
from blue.profile import guarded, has_year, line_words, restates_title, said_twice, shipped_support, strangers
from blue.profile.guards import made_up_people

SOULS = "Dark Souls II: Scholar of the First Sin"


@pytest.mark.parametrize(
    ("sentence", "restated"),
    [
        ("Dark Souls II and Scholar and First Sin.", True),
        ("Often picks NieR with Automata.", True),
        ("Seeks punishing dark fantasy games with a high level of challenge.", False),
        ("Loves.", False),
    ],
)
def test_restated_titles(sentence, restated):
    assert restates_title(sentence, [SOULS, "NieR: Automata"]) is restated


@pytest.mark.parametrize(
    ("sentence", "year"),
    [("Comedies from 1993.", True), ("Comedies of the 1990s.", False), ("Odd 90s comedies.", False)],
)
def test_year_numbers(sentence, year):
    assert has_year(sentence) is year


def test_strangers_are_names_that_no_line_holds():
    lines = [line_words(Interaction("Ran"), Item("1", "Ran", "movie", 1985, ("Akira Kurosawa",)))]
    assert strangers("Devoted to Akira Kurosawa.", lines) == set()
    assert strangers("Devoted to Kurosawa's pupil Takashi Miike.", lines) == {"takashi", "miike"}
    assert strangers("Takashi at the start is the sentence's capital.", lines) == set()


def test_a_people_out_of_black_and_white():
    black_and_white = line_words(Interaction("M"), Item("1", "M", "movie", 1931, themes=("black and white",)))
    slavery = line_words(
        Interaction("Beloved"), Item("2", "Beloved", "book", themes=("black women", "slavery"))
    )
    sentence = "Drawn to stories of black women in silent cinema."
    assert made_up_people(sentence, [black_and_white]) == {"black women"}
    assert made_up_people(sentence, [black_and_white, slavery]) == set()
    assert made_up_people("Loves films in black and white.", [black_and_white]) == set()


def test_the_same_taste_twice():
    told = (
        "Loves heist films with a loyal crew.",
        "Drawn to films about a heist and its loyal crew.",
        "Quiet romances.",
    )
    assert said_twice(Profile(tuple(map(Sentence, told)))) == [False, True, False]


def test_all_guards_of_one_sentence():
    item = Item(
        "1",
        "Heat",
        "movie",
        1995,
        ("Michael Mann",),
        None,
        ("crime", "thriller"),
        ("bank robbery", "cat and mouse"),
    )
    lines = [line_words(Interaction("Heat"), item)]
    good = guarded(
        "Enjoys crime thrillers about a bank robbery and a cat and mouse game.",
        ["Heat"],
        lines,
        shipped_support(),
    )
    assert not any(vars(good).values())
    bad = guarded("Comedies from 1995 by Jane Doe about a wedding.", ["Heat"], lines, shipped_support())
    assert bad.year
    assert bad.unsupported
    assert bad.fused
    assert bad.stranger
