"""Reward formulas against numbers worked out by hand; guards on texts a reader would judge alike."""

import math
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import yaml

from blue.datatypes import Profile, Sentence
from blue.inspection.scoring import CHOICE_NEGATIVES
from blue.rewards.formulas import (
    TEMPERATURE,
    WEIGHTS,
    contrastive,
    contrastive_terms,
    grounded,
    info_nce,
    pool,
    right_length,
    uncopied,
    unrepeated,
    well_formed,
)
from blue.rewards.negatives import Counts

CONFIG = Path(__file__).resolve().parents[2] / "training" / "configs" / "grpo" / "embedded.yaml"
EAST, NORTH, WEST = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([-1.0, 0.0])


def profile(*sentences: str) -> Profile:
    return Profile(tuple(Sentence(text) for text in sentences))


def test_info_nce_of_a_tie_is_the_log_of_the_chance_level():
    assert info_nce(np.array([0.3]), np.array([[0.3, 0.3, 0.3]]))[0] == pytest.approx(-math.log(4))


def test_info_nce_by_hand_at_temperature_one():
    # e^1 / (e^1 + e^0) = 0.7311
    assert info_nce(np.array([1.0]), np.array([[0.0]]), 1.0)[0] == pytest.approx(
        math.log(math.e / (math.e + 1))
    )


def test_info_nce_does_not_overflow_at_a_small_temperature():
    assert info_nce(np.array([-1.0]), np.array([[1.0]]), 0.001)[0] == pytest.approx(-2000.0)


def test_contrastive_is_the_mean_of_both_directions():
    rewards = contrastive([EAST[None], NORTH[None]], EAST, NORTH[None], [WEST[None]], temperature=1.0)
    east = (math.log(math.e / (math.e + 1)) + math.log(math.e / (math.e + 1 / math.e))) / 2
    north = (math.log(1 / (1 + math.e)) + math.log(1 / (1 + 1 / math.e))) / 2
    assert rewards == pytest.approx([east, north])


def test_without_other_users_only_the_items_compete():
    rewards = contrastive([EAST[None]], EAST, NORTH[None], [], temperature=1.0)
    assert rewards == pytest.approx([math.log(math.e / (math.e + 1)) / 2])


def test_the_pooling_of_one_sentence_is_that_sentence():
    assert pool(np.array([[0.2, 0.9]])) == pytest.approx([0.2, 0.9])


def test_repeating_a_sentence_gains_nothing():
    many, one = np.stack([EAST, EAST, EAST]), EAST[None]
    assert contrastive([many], EAST, NORTH[None], [WEST[None]]) == pytest.approx(
        contrastive([one], EAST, NORTH[None], [WEST[None]]), abs=1e-6
    )


def test_a_profile_lies_between_the_mean_of_its_sentences_and_the_nearest():
    similarities = np.array([[0.0], [1.0]])
    pooled = pool(similarities, 0.5)[0]
    assert pooled == pytest.approx(0.5 * math.log((1 + math.exp(2)) / 2))
    assert 0.5 < pooled < 1.0
    weighed = pool(similarities, 0.5, np.array([1.0, 3.0]))[0]
    assert weighed == pytest.approx(0.5 * math.log((1 + 3 * math.exp(2)) / 4))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Quiet dramas.\nLoves heists!", 1.0),
        ("Books by E.M. Forster and J. R. R. Tolkien.", 1.0),  # initials end no sentence
        ("Quiet dramas. Loves heists.", 0.0),  # two tastes in a line
        ("Quiet dramas.\nLoves heists and", 0.0),  # not ended
        ("\n".join(["Films."] * 6), 0.0),  # six sentences
        ("", 0.0),
    ],
)
def test_well_formed(text, expected):
    assert well_formed(text) == expected


def test_length_falls_off_on_both_sides():
    assert right_length("word " * 3) == pytest.approx(3 / 15)
    assert right_length("word " * 200) == 0.0


def test_copying_counts_by_sentence():
    titles = ["The Good, the Bad and the Ugly"]
    told = profile("Loves the good the bad and the ugly.", "Westerns with dust and duels.")
    assert uncopied(told, titles) == 0.5


def test_the_same_words_in_another_order_are_a_repetition():
    told = profile("Crime dramas about heists.", "Dramas about crime, heists.", "Musicals with songs.")
    assert unrepeated(told) == pytest.approx(2 / 3)


def test_grounding_counts_the_sentences_near_the_history():
    assert grounded(np.stack([EAST, WEST]), np.stack([EAST, NORTH])) == 0.5


def test_an_empty_profile_earns_no_guard():
    assert (
        uncopied(profile(), ["Alien"])
        == unrepeated(profile())
        == grounded(np.empty((0, 2)), EAST[None])
        == 0.0
    )


def test_the_contrastive_reward_is_the_mean_of_its_halves():
    profiles, negatives = [EAST[None], NORTH[None]], np.stack([NORTH, WEST])
    whole = contrastive(profiles, EAST, negatives, [WEST[None]])
    to_item, to_profile = contrastive_terms(profiles, EAST, negatives, [WEST[None]])
    assert (to_item + to_profile) / 2 == pytest.approx(whole)
    # North against east (0), north (1) and west (0) at temperature .05: e^0 / (e^0 + e^20 + e^0)
    assert to_item[1] == pytest.approx(-np.log(2 + np.exp(20)), rel=1e-6)


def test_the_weights_of_the_app_are_those_that_training_starts_from():
    config = yaml.safe_load(CONFIG.read_text())
    assert config["weights"] == WEIGHTS
    assert config["contrastive_temperature"] == TEMPERATURE
    assert config["negatives"] == asdict(Counts())
    assert config["choice_negatives"] == CHOICE_NEGATIVES
