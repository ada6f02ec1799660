"""The next-item question in words, and the judges that answer it with probabilities."""

import numpy as np
import pytest

from blue.datatypes import Item
from blue.errors import WeightsError
from blue.models.generator import LoadedProfiler, describe_generator
from blue.models.judge import LetterJudge, load_judge
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


def test_each_order_is_asked_once_and_the_letters_are_read():
    asked = []

    def next_token(text: str) -> np.ndarray:
        asked.append(text)
        return np.log(np.array([0.1, 0.6, 0.3, 0.0001]))

    judge = LetterJudge("test", lambda content: f"[{content}]", "ABC".index, next_token)
    answers = judge.log_probabilities([Question("Space.", OPTIONS, 0)])
    assert answers.shape == (1, 2, 3)
    assert np.exp(answers[0, 0]) == pytest.approx([0.1, 0.6, 0.3])
    assert "A. Alien" in asked[0]
    assert "A. Heat" in asked[1]


def test_a_base_that_is_not_on_disk_cannot_judge():
    with pytest.raises(WeightsError, match="not on disk"):
        load_judge(LoadedProfiler("Tiny", "openvino", "hub"))


def test_the_embedded_base_judges_by_the_profile():
    judge = load_judge(describe_generator())
    assert judge.name == "SmolLM2-135M-Instruct without adapter"
    space, songs = (
        Question(text, OPTIONS, 0)
        for text in ("Horror and science fiction about aliens.", "Musicals, and nothing but musicals.")
    )
    answers = judge.log_probabilities([space, songs, space])
    assert np.array_equal(answers[0], answers[2])  # it keeps nothing between questions
    assert (np.exp(answers).sum(axis=-1) <= 1 + 1e-6).all()
    assert np.exp(answers).sum(axis=-1).min() > 0.3  # it answers with a letter
    musical = [option_probabilities(answer)[1] for answer in answers[:2]]
    assert musical[1] > musical[0]
