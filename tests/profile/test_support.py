"""Is a sentence supported by its lines: with the weights that ship."""

import pytest

from blue.datatypes import Interaction, Item
from blue.profile.support import line_words, shipped_support

ALIEN = Item("1", "Alien", "movie", 1979, ("Ridley Scott",), None, ("horror", "science fiction"),
             ("alien creature", "spaceship crew", "survival", "claustrophobia"))  # fmt: skip
HEAT = Item("2", "Heat", "movie", 1995, ("Michael Mann",), None, ("crime", "thriller"),
            ("bank robbery", "cat and mouse", "professional criminals", "Los Angeles"))  # fmt: skip
MOON = Item("3", "Moon", "movie", 2009, ("Duncan Jones",), None, ("science fiction", "drama"),
            ("isolation", "moon base", "cloning", "corporate conspiracy"))  # fmt: skip
LINES = [line_words(Interaction(item.title), item) for item in (ALIEN, HEAT, MOON)]
SUPPORT = shipped_support()


@pytest.mark.parametrize(
    ("sentence", "rows"),
    [
        ("Enjoys claustrophobic science fiction about survival aboard a spaceship.", [0]),
        ("Drawn to crime thrillers about professional criminals in Los Angeles.", [1]),
        ("Likes lonely science fiction about isolation and cloning on a moon base.", [2]),
    ],
)
def test_a_true_sentence_is_supported_and_finds_its_line(sentence, rows):
    assert SUPPORT.judge(sentence, [LINES[row] for row in rows]).supported
    found = SUPPORT.find(sentence, LINES)
    assert found.supported
    assert found.rows[0] == rows[0] or rows[0] in found.rows


@pytest.mark.parametrize(
    "sentence",
    ["Loves a small-town romance between a widow and a gardener.", "Collects nail polish and rhinestones."],
)
def test_an_invention_is_not(sentence):
    assert not SUPPORT.judge(sentence, LINES).supported
    assert not SUPPORT.find(sentence, LINES).supported


def test_the_words_that_nothing_says_are_named():
    verdict = SUPPORT.judge("Drawn to crime thrillers about a bank robbery and a dying wizard.", [LINES[1]])
    assert "wizard" in verdict.missing
    assert not {"crime", "robbery", "drawn"} & set(verdict.missing)


def test_a_line_more_never_takes_words_away():
    sentence = "Enjoys science fiction about isolation and survival."
    one, two = SUPPORT.judge(sentence, [LINES[0]]), SUPPORT.judge(sentence, [LINES[0], LINES[2]])
    assert set(two.missing) <= set(one.missing)
    assert two.odds > one.odds


def test_what_needs_three_lines_is_fused():
    fused = "Alien creatures rob a bank in Los Angeles by cloning professional criminals on a moon base."
    assert SUPPORT.is_fused(fused, [LINES[0]])
    assert not SUPPORT.is_fused("Enjoys claustrophobic science fiction about survival.", LINES)


def test_unknown_titles_support_what_their_titles_say():
    lines = [line_words(Interaction("Crayola Washable Markers, 12 pack"), None)]
    assert SUPPORT.judge("Buys washable Crayola markers.", lines).supported
    assert not SUPPORT.judge("Loves dark Scandinavian crime novels.", lines).supported


def test_an_empty_history_supports_nothing():
    assert not SUPPORT.find("Loves heist films.", []).supported
