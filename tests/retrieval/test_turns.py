"""The order of a list: each sentence, maker and series in its turn; numbers to check by hand."""

from math import log

import numpy as np
import pytest

from blue.datatypes import Item
from blue.retrieval.scoring import Query, score
from blue.retrieval.turns import IN_TURN, MAKER, SENTENCE, SERIES, in_order


def works(count: int, **fields) -> list[Item]:
    return [Item(str(number), f"Work {number}", "movie", **fields) for number in range(count)]


def placed(
    totals: list[float], brought: list[int], items: list[Item], weights=(1.0, 1.0), texts=None
) -> list:
    """The order of items whose sentence is known, by scores that are given."""
    liked = tuple(texts or (f"Taste {number}." for number in range(len(weights))))
    query = Query(liked, np.array(weights, np.float32), np.arange(len(weights)))
    near = np.full((len(weights), len(totals)), -9.0, np.float32)
    near[brought, np.arange(len(totals))] = totals
    scores = score(query, near, np.zeros(len(weights), np.float32))
    return in_order(scores, items, np.arange(len(totals))).tolist()


def test_a_second_taste_comes_in_though_all_of_the_first_are_nearer():
    totals, brought = [0.60, 0.59, 0.58, 0.57, 0.56], [0, 0, 0, 0, 1]
    # after two of the first taste the next is worth .58 - .03 log 3 = .547, and .56 is more
    assert 0.59 - SENTENCE * log(2) > 0.56 > 0.58 - SENTENCE * log(3)
    assert placed(totals, brought, works(5)) == [0, 1, 4, 2, 3]


def test_a_taste_that_is_far_behind_stays_there():
    totals, brought = [0.90, 0.89, 0.88, 0.87, 0.60], [0, 0, 0, 0, 1]
    assert placed(totals, brought, works(5)) == [0, 1, 2, 3, 4]


def test_a_heavier_sentence_has_its_turn_oftener():
    totals, brought = [0.60] * 6 + [0.60] * 6, [0] * 6 + [1] * 6
    equal = placed(totals, brought, works(12))[:6]
    assert sum(place < 6 for place in equal) == 3
    heavier = placed(totals, brought, works(12), weights=(1.5, 1.0))[:6]
    assert sum(place < 6 for place in heavier) > 3


@pytest.mark.parametrize(("field", "price"), [("makers", MAKER), ("series", SERIES)])
def test_what_shares_a_maker_or_a_series_makes_room(field, price):
    value = ("Isaac Asimov",) if field == "makers" else "Foundation"
    items = [*works(2, **{field: value}), *works(1)]
    assert price * log(2) > 0.005
    assert placed([0.600, 0.599, 0.595], [0, 0, 0], items, weights=(1.0,)) == [0, 2, 1]


def test_a_maker_that_the_sentence_asks_for_keeps_the_places():
    items = [*works(2, makers=("Akira Kurosawa",)), *works(1)]
    asked = ("Films by Akira Kurosawa.",)
    assert placed([0.600, 0.599, 0.595], [0, 0, 0], items, weights=(1.0,), texts=asked) == [0, 1, 2]


def test_only_the_best_take_turns_and_nothing_is_lost():
    count = IN_TURN + 30
    totals = np.linspace(0.6, 0.5, count).tolist()
    brought = [0] * IN_TURN + [1] * 30
    order = placed(totals, brought, works(count))
    assert sorted(order) == list(range(count))
    assert order == list(range(count)), "no item of the second taste is among the best"


def test_the_whole_text_as_one_vector_ranks_by_score_alone():
    items = works(3, makers=("Isaac Asimov",))
    query = Query(("All of it.",), np.ones(1, np.float32), np.zeros(1, int), is_whole=True)
    scores = score(query, np.array([[0.5, 0.499, 0.498]], np.float32), np.zeros(1, np.float32))
    assert in_order(scores, items, np.arange(3)).tolist() == [0, 1, 2]
    assert in_order(scores, items, np.arange(3), top=2).tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(10))
def test_each_place_goes_to_the_worthiest_that_is_left(seed):
    random = np.random.default_rng(seed)
    totals = np.sort(random.uniform(0.5, 0.6, 40).round(6))[::-1].tolist()
    brought, maker = random.integers(0, 3, 40).tolist(), random.integers(0, 9, 40).tolist()
    items = [Item(str(n), f"Work {n}", "movie", makers=(f"Maker {m}",)) for n, m in enumerate(maker)]
    order = placed(totals, brought, items, weights=(1.0, 1.0, 1.0))
    scores = [one - 0.05 * log(3) for one in totals]  # of three sentences one is near
    for place, chosen in enumerate(order):
        before = order[:place]

        def worth(row: int, before=before) -> float:
            same = sum(brought[one] == brought[row] for one in before)
            by = sum(maker[one] == maker[row] for one in before)
            return scores[row] - SENTENCE * log(1 + same) - MAKER * log(1 + by)

        assert worth(chosen) == pytest.approx(max(worth(row) for row in order[place:]), abs=3e-6)
