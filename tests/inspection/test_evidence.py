"""Which lines support a sentence: those it was written from, else those that say most of it."""

import pytest

from blue.datatypes import Interaction, Item, Profile, Sentence
from blue.inspection.evidence import evidence

ITEMS = {
    item.item_id: item
    for item in (
        Item("1", "Heat", "movie", 1995, ("Mann",), None, ("crime", "thriller"), ("bank robbery", "heist")),
        Item("2", "Ronin", "movie", 1998, (), None, ("thriller",), ("heist", "Paris")),
        Item("3", "Saw", "movie", 2004, ("James Wan",), None, ("horror",), ("torture", "deadly games")),
    )
}  # fmt: skip
HISTORY = (
    Interaction("Heat", 5.0, item_id="1"),
    Interaction("Ronin", 4.0, item_id="2"),
    Interaction("Saw", 1.0, item_id="3"),
    Interaction("A film that nobody knows", 4.0),
)
HEISTS = "Enjoys thrillers about a heist."


def of(*sentences: Sentence, history=HISTORY):
    return evidence(Profile(sentences), history, ITEMS)


def test_a_sentence_rests_on_the_lines_it_was_written_from():
    (one,) = of(Sentence(HEISTS, written_from=("2",)))
    assert [support.row for support in one.support] == [1]
    assert one.supported


def test_lines_are_found_again_when_rows_before_them_have_left():
    (one,) = of(Sentence(HEISTS, written_from=("2",)), history=HISTORY[1:])
    assert [(support.row, support.interaction.title) for support in one.support] == [(0, "Ronin")]


def test_a_sentence_of_ones_own_is_given_the_lines_that_say_it():
    (one,) = of(Sentence("Thrillers about a heist in Paris."))
    assert one.supported
    assert 1 in [support.row for support in one.support]


def test_when_all_its_lines_have_left_others_are_looked_for():
    (one,) = of(Sentence(HEISTS, written_from=("9",)))
    assert {support.row for support in one.support} <= {0, 1}
    assert one.support


@pytest.mark.parametrize("text", ["Horror with torture and deadly games.", "Enjoys horror with torture."])
def test_what_was_rated_low_supports_no_liking(text):
    (one,) = of(Sentence(text))
    assert not one.supported
    assert 2 not in [support.row for support in one.support]


def test_a_rejection_rests_on_low_ratings():
    rejected, invented = of(
        Sentence("Can't stand horror with torture."), Sentence("Can't stand heist thrillers.")
    )
    assert (rejected.supported, rejected.rejects) == (True, True)
    assert [support.row for support in rejected.support] == [2]
    assert not invented.supported


def test_an_invention_names_its_words():
    (one,) = of(Sentence("Enjoys thrillers about a heist and a dying wizard.", written_from=("1",)))
    assert "wizard" in one.missing


def test_without_ratings_every_title_speaks_for_a_liking_and_none_for_a_rejection():
    history = tuple(Interaction(one.title, None, item_id=one.item_id) for one in HISTORY)
    liked, rejected = of(Sentence("Horror with torture."), Sentence("Can't stand horror."), history=history)
    assert liked.supported
    assert (rejected.supported, rejected.support) == (False, ())
