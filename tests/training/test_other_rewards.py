"""The rewards of neighbouring methods: by hand, and asked of the real base model."""

import numpy as np
import pytest

from blue.datatypes import Item
from blue.rewards.formulas import future_activity, next_item_rank, preferred, win_rate
from training.grpo.negatives import ItemTable
from training.grpo.other_rewards import FutureActivity, NextItemRank, Preference


def said(*texts: str) -> list[list[dict]]:
    return [[{"role": "assistant", "content": text}] for text in texts]


def columns(chosen: list[dict]) -> dict[str, list]:
    return {key: [row[key] for row in chosen] for key in chosen[0] if key != "prompt"}


def test_a_judge_that_answers_by_position_prefers_nothing():
    assert preferred(np.log([[0.9, 0.1], [0.9, 0.1]])) == pytest.approx(0.5)
    # A: 3/4 in the first order; B, which is the same profile, 0.3 of 0.4 in the second
    assert preferred(np.log([[0.6, 0.2], [0.1, 0.3]])) == pytest.approx(0.75)


def test_the_win_rate_is_the_mean_over_the_others():
    preferences = np.array([[9.0, 1.0, 0.6], [0.0, 9.0, 0.5], [0.4, 0.5, 9.0]])  # the diagonal is not read
    assert win_rate(preferences) == pytest.approx([0.8, 0.25, 0.45])
    assert win_rate(np.zeros((1, 1))) == pytest.approx([0.5])


def test_who_was_not_compared_counts_neither_for_nor_against():
    never = np.nan
    preferences = np.array([[never, 0.9, never], [0.1, never, 0.7], [never, 0.3, never]])
    assert win_rate(preferences) == pytest.approx([0.9, 0.4, 0.3])


@pytest.mark.parametrize(("others", "expected"), [(1, [0.5, 0.65, 0.5, 0.35]), (0, [0.45, 0.65, 0.55, 0.35])])
def test_each_profile_meets_its_neighbours_in_the_ring_or_all(others, expected):
    table = ItemTable({"1": Item("1", "Alien", "movie", year=1979)}, np.eye(1), {"1": 0})
    texts = ("Films.", "Slow and dark films of old.", "Slow and dark films.", "Film")
    values = Preference(ByLength(), table, others)(
        prompts=None,
        completions=said(*texts),
        user_id=["a"] * 4,
        target_id=["1"] * 4,
        history_ids=[["1"]] * 4,
    )
    assert values == pytest.approx(expected)


def test_the_rank_counts_ties_against_the_item():
    negatives = np.array([[0.1, 0.2], [0.9, 0.2], [0.9, 0.5]])
    assert next_item_rank(np.full(3, 0.5), negatives) == pytest.approx([1.0, 1 / np.log2(3), 0.5])


def test_the_future_is_the_mean_of_its_items():
    assert future_activity([0.2, 0.4, 0.9]) == pytest.approx(0.5)


class ByLength:
    """Stands for the judge of a preference: the longer description is better, and A is better than B."""

    def letters(self, questions: list[str], letters: str) -> np.ndarray:
        assert letters == "AB"
        rows = []
        for question in questions:
            _, rest = question.split("Description A:\n")
            first, second = rest.split("\n\nDescription B:\n")
            longer = len(first) > len(second.partition("\n\n")[0])
            rows.append([0.9, 0.1] if longer else [0.6, 0.4])
        return np.log(rows)


def test_profiles_are_others_those_of_their_own_history_alone():
    items = {"1": Item("1", "Alien", "movie", year=1979)}
    table = ItemTable(items, np.eye(1), {"1": 0})
    texts = (
        "Loves films.",
        "Loves slow and dark films.",
        "Loves films of every kind there is at all.",
        "Films.",
    )
    values = Preference(ByLength(), table)(
        prompts=None, completions=said(*texts),
        user_id=["a", "a", "b", "b"], target_id=["1"] * 4, history_ids=[["1"]] * 4,
    )  # fmt: skip
    # The longer one: .9 as A, and as B what .6 leaves. Position alone would give .5.
    assert values == pytest.approx([0.35, 0.65, 0.65, 0.35])


def test_a_profile_near_the_next_item_ranks_it_first(rows, table, encoder, movies):
    kind = ", ".join(movies.items[rows[0]["target_id"]].genres)
    title = movies.items[rows[0]["target_id"]].title
    reward = NextItemRank(encoder, table)
    near, far = reward(
        prompts=None, completions=said(f"Loves {title}, {kind}.", "Enjoys tax law."), **columns([rows[0]] * 2)
    )
    assert near == 1.0
    assert 0 < far < near


def test_the_real_judge_predicts_what_comes_later(rows, table, judge, movies):
    row = next(row for row in rows if len(row["future_right"]) > 1)
    values = FutureActivity(judge, table)(
        prompts=None, completions=said("Loves crime films.", "", "<|im_end|>"), **columns([row] * 3)
    )
    assert len(values) == 3
    assert all(0 < value < 1 for value in values)


def test_the_real_judge_prefers_and_all_sides_add_up(rows, table, judge):
    texts = [
        "Loves crime films.",
        "Enjoys tax law. <|im_end|>",
        "",
        "Watches animated adventures with talking animals, and musicals for the whole family.",
        "Hates everything.",
    ]  # of two, bfloat16 may round both orders to the same answer
    values = Preference(judge, table)(
        prompts=None, completions=said(*texts), **columns([rows[0]] * len(texts))
    )
    assert sum(values) == pytest.approx(len(texts) / 2)
    assert np.ptp(values) > 1e-3
