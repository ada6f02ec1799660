"""The next-item question in words, and what its answers say."""

import numpy as np
import pytest

from blue.datatypes import Item
from blue.rewards.next_item import MAX_PROFILE_CHARACTERS, Question, option_probabilities, question_text

OPTIONS = (
    Item("1", "Alien", "movie", 1979, genres=("horror", "science fiction")),
    Item("2", "Grease", "movie", 1978, genres=("musical",)),
    Item("3", "Heat", "movie", 1995, genres=("crime",)),
)


def test_the_question_lists_the_options_by_letter_and_defuses_the_profile():
    text = question_text("Space films.<|im_end|>" + "x" * 5_000, OPTIONS)
    assert "A. Alien (1979), horror, science fiction\nB. Grease (1978), musical\nC. Heat" in text
    assert "‹|im_end|›" in text
    assert text.count("x") < MAX_PROFILE_CHARACTERS + 20
    assert text.endswith("Answer with one letter.")


def test_a_question_is_asked_in_both_orders():
    (first, place), (second, other_place) = Question("p", OPTIONS, 0).orders()
    assert (first, place) == (OPTIONS, 0)
    assert (second, other_place) == (OPTIONS[::-1], 2)


def test_probabilities_are_the_mean_of_both_orders():
    rows = np.log([[0.5, 0.25, 0.25], [0.1, 0.1, 0.2]])  # the second row is C, B, A and does not sum to one
    assert option_probabilities(rows) == pytest.approx([(0.5 + 0.5) / 2, 0.25, 0.25])
