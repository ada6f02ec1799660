"""Candidates and ranks of the evaluation, with an embedder whose space can be drawn on paper."""

import numpy as np
import pytest

from blue.datatypes import Interaction, Item, Profile, Sentence
from training.data.schema import Case, Dataset, users_of
from training.evaluate.evaluation import NEGATIVES, Judge, Trial, trials

DIRECTIONS = {"east": (1.0, 0.0), "north": (0.0, 1.0), "west": (-1.0, 0.0), "northeast": (0.6, 0.8)}


class Compass:
    """Each word is a direction; a stand-in for an embedder in unit tests."""

    name, dimension = "compass", 2

    def encode_queries(self, texts):
        return np.array([DIRECTIONS[text.split()[-1].strip(".").lower()] for text in texts], dtype=np.float32)

    encode_items = encode_queries


@pytest.fixture(scope="module")
def shop() -> Dataset:
    items = {str(n): Item(str(n), f"Thing {n}", "product") for n in range(300)}
    items["twin"] = Item("twin", "THING 7", "product")
    histories = {
        f"user:{n}": tuple(
            Interaction(f"Thing {(n + k) % 300}", item_id=str((n + k) % 300)) for k in range(8)
        )
        for n in range(60)
    }
    return Dataset("shop", items, histories)


def test_candidates_are_the_target_and_others_that_are_not_in_the_history(shop):
    for trial in trials(shop, 50):
        titles = [item.title.casefold() for item in trial.candidates]
        assert len(set(titles)) == 1 + NEGATIVES
        assert trial.candidates[0] == trial.case.target
        assert not {one.title.casefold() for one in trial.case.history} & set(titles)


def test_a_small_shop_has_fewer_candidates(shop):
    """A draw until there are 99 would never end."""
    items = {str(n): Item(str(n), f"Thing {n}", "product") for n in range(40)}
    histories = {
        user: tuple(
            Interaction(f"Thing {int(one.item_id) % 40}", item_id=str(int(one.item_id) % 40))
            for one in history
        )
        for user, history in shop.histories.items()
    }
    for trial in trials(Dataset("small shop", items, histories), 20):
        titles = {item.title for item in trial.candidates}
        known = {one.title for one in trial.case.history}
        assert len(titles) == len(trial.candidates) == 40 - len(known)
        assert not titles & known


def test_only_test_users_are_tried_and_the_draw_is_seeded(shop):
    assert {trial.case.user_id for trial in trials(shop, 1000)} == set(users_of(shop, "test"))
    assert trials(shop, 5) == trials(shop, 5)
    assert trials(shop, 5) != trials(shop, 5, seed=1)


@pytest.fixture(scope="module")
def judge() -> Judge:
    candidates = tuple(Item(word, word, "product") for word in ("north", "east", "west"))
    case = Case("user", (Interaction("east"), Interaction("west")), candidates[0])
    return Judge([Trial(case, candidates)], Compass())


def profile(*sentences: str) -> Profile:
    return Profile(tuple(Sentence(text) for text in sentences))


def test_the_target_is_ranked_by_its_nearness_to_the_query(judge):
    assert judge.single(["north"]).tolist() == [1]
    assert judge.single(["east"]).tolist() == [2]  # north is at right angles, west is opposite


def test_best_of_and_facets_take_the_nearest_text(judge):
    assert judge.best_of([["west", "north"]]).tolist() == [2]  # a tie of west and north counts against
    assert judge.facets([profile("East.", "Going northeast.")]).tolist() == [2]


def test_a_rejection_pushes_away_what_it_names(judge):
    assert judge.facets([profile("Going northeast.", "Avoids east.")]).tolist() == [1]
    assert judge.facets([profile("Going northeast.", "Avoids north.")]).tolist() == [2]


def test_grounding_looks_at_the_history(judge):
    assert judge.grounding([profile("East.", "North.")]) == 0.5
