"""What counts as copying a title, and how a copy is cut when a profile is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blue.profile.title_overlap import copies_title, without_copies, words_of


def test_six_words_of_a_title_are_a_copy_and_five_are_not():
    title = "Eternal Sunshine of the Spotless Mind"
    assert copies_title("Loves eternal sunshine of the spotless mind!", [title])
    assert not copies_title("Loves eternal sunshine of the spotless kind.", [title])


def test_words_of_two_titles_are_no_copy():
    assert not copies_title("one two three four five six", ["one two three", "four five six"])


CUT = [
    ("Such as Pro Ionic Ceramic Tourmaline Hair Dryer.", "Such as Pro Ionic Ceramic Tourmaline Hair."),
    ("Pro Ionic Ceramic Tourmaline Hair Dryer, Red.", "Pro Ionic Ceramic Tourmaline Hair, Red."),
    ("Pro Ionic Ceramic Tourmaline Hair Dryer and combs.", "Pro Ionic Ceramic Tourmaline Hair and combs."),
    ("Says pro ionic: ceramic TOURMALINE hair (dryer)", "Says pro ionic: ceramic TOURMALINE hair."),
    ("Pro Ionic Ceramic Tourmaline Hair.", "Pro Ionic Ceramic Tourmaline Hair."),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), CUT)
def test_a_copy_is_cut_after_its_fifth_word(sentence, expected):
    assert without_copies(sentence, ["Pro Ionic Ceramic Tourmaline Hair Dryer"]) == expected


def test_no_small_word_is_left_hanging():
    title = "Shampoo and Conditioner with the Oil of Almonds"
    assert (
        without_copies(f"Shampoos such as {title}.", [title]) == "Shampoos such as Shampoo and Conditioner."
    )


SOME = ["red", "and", "of", "Hair", "x-1", "the", "(Pro)", "dryer,", "é", "2nd"]
WORDS = st.lists(st.sampled_from(SOME), max_size=14).map(" ".join)


@given(WORDS, st.lists(WORDS, max_size=3))
def test_afterwards_nothing_is_copied_and_no_word_is_new(sentence, titles):
    cut = without_copies(sentence, titles)
    assert not copies_title(cut, titles)
    remaining = iter(words_of(sentence))
    assert all(word in remaining for word in words_of(cut))  # in their order
    if not copies_title(sentence, titles):
        assert cut == sentence
