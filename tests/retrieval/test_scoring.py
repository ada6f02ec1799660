"""Scores of items against sentences, and what moves between two rankings; numbers to check by hand.

The exact search under facets is held against scoring every item, on random embeddings.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest

from blue.datatypes import Interaction, Item, Profile, RankedItem, Ranking, Sentence
from blue.errors import CatalogError, ProfileError
from blue.items import Catalog
from blue.profile.polarity import stance
from blue.retrieval.index import ItemIndex
from blue.retrieval.retriever import Retriever
from blue.retrieval.scoring import (
    REJECTION_FLOOR,
    Query,
    baselines_of,
    log_popularity,
    movements,
    overlap_at,
    score,
)
from blue.retrieval.similarity import best_first, normalise
from blue.retrieval.turns import IN_TURN


def pooled(*above: float, weights: tuple[float, ...] = (1.0, 1.0, 1.0)) -> float:
    """t log(sum w exp(a / t) / sum w) at t = .05, by hand."""
    used = weights[: len(above)]
    return 0.05 * math.log(
        sum(w * math.exp(one / 0.05) for w, one in zip(used, above, strict=True)) / sum(used)
    )


NONE = np.zeros(3, np.float32)  # baselines


def query(*weights: float, against: int = 0) -> Query:
    return Query(
        tuple(f"like {n}" for n in range(len(weights))),
        np.array(weights, np.float32),
        np.arange(len(weights)),
        tuple(f"dislike {n}" for n in range(against)),
        np.ones(against, np.float32),
        np.arange(len(weights), len(weights) + against),
    )


def test_a_profile_is_a_mixture_of_its_sentences():
    found = score(query(1.0, 1.0), np.array([[0.8, 0.1], [0.6, 0.5]], np.float32), NONE)
    assert found.total == pytest.approx([pooled(0.8, 0.6), pooled(0.1, 0.5)])
    assert found.sentences.tolist() == [0, 1]
    assert found.shares[:, 0] == pytest.approx([1 / (1 + math.exp(-4)), 1 / (1 + math.exp(4))], rel=1e-5)
    assert found.shares.sum(axis=0) == pytest.approx([1.0, 1.0])


def test_one_sentence_scores_by_its_cosine_and_the_same_one_twice_no_higher():
    cosines = np.array([[0.8, -0.3]], np.float32)
    assert score(query(1.0), cosines, np.array([0.3])).total == pytest.approx([0.8, -0.3])
    assert score(query(1.0, 1.0), np.repeat(cosines, 2, axis=0), np.array([0.3, 0.3])).total == pytest.approx(
        [0.8, -0.3]
    )


def test_a_sentence_that_is_close_to_everything_does_not_win_everywhere():
    cosines = np.array([[0.70, 0.70, 0.70, 0.70], [0.20, 0.50, 0.20, 0.20]], np.float32)
    baselines = baselines_of(cosines)
    assert baselines == pytest.approx([0.7, 0.05 * math.log((3 * math.exp(4) + math.exp(10)) / 4)])
    found = score(query(1.0, 1.0), cosines, baselines)
    assert found.sentences.tolist() == [0, 1, 0, 0]
    above = 0.5 - baselines[1]
    assert found.total[1] == pytest.approx(baselines.mean() + pooled(0.0, above))


def test_a_weight_is_the_share_of_the_mixture_that_its_sentence_has():
    cosines = np.array([[0.60, 0.50], [0.58, 0.50]], np.float32)
    assert score(query(1.0, 1.0), cosines, NONE).sentences.tolist() == [0, 0]  # of equal ones the first
    found = score(query(0.5, 2.0), cosines, NONE)
    assert found.sentences.tolist() == [1, 1]
    assert found.total[0] == pytest.approx(pooled(0.60, 0.58, weights=(0.5, 2.0)))


def test_a_rejection_takes_what_lies_above_its_floor():
    disliked = [[REJECTION_FLOOR + 0.3, 0.1, -0.5], [REJECTION_FLOOR + 0.2, 0.0, 0.0]]
    found = score(query(1.0, against=2), np.array([[0.9, 0.9, 0.9], *disliked], np.float32), NONE)
    assert found.taken.max(axis=0) == pytest.approx([0.3, 0.0, 0.0])
    assert found.total == pytest.approx([0.6, 0.9, 0.9])


def test_the_prior_adds_its_weight_times_the_log_of_how_often_an_item_of_its_rank_is_taken():
    quantiles = np.array([1.0, 0.5, 0.0])  # 0: not known
    logs = log_popularity(quantiles)
    found = score(query(1.0), np.array([[0.5, 0.5, 0.5]], np.float32), NONE, 0.1 * logs)
    assert found.prior == pytest.approx([0.1 * math.log(0.51 / 0.01), 0.0, 0.1 * math.log(0.51 / 1.01)])
    assert found.total == pytest.approx(0.5 + found.prior)
    assert log_popularity(np.zeros(3)).tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("top", [1, 3, 5, 9, None])
def test_equal_scores_stand_in_the_order_of_the_rows(top):
    scores = np.array([0.1, 0.7, 0.3, 0.7 + 1e-8, 0.7, 0.9, 0.3], np.float32)
    positions = np.array([60, 50, 40, 30, 20, 10, 0])
    assert best_first(scores, positions, top).tolist() == [5, 4, 3, 1, 6, 2, 0][:top]


def ranking(*letters: str) -> Ranking:
    items = (Item(letter, letter.upper(), "movie") for letter in letters)
    return Ranking(tuple(RankedItem(rank, item, 0.5) for rank, item in enumerate(items, 1)), "single")


def test_movements_say_who_rose_entered_and_left():
    arrived, left = movements(ranking("a", "b", "c", "d"), ranking("c", "a", "e", "b"), top=2)
    assert [(m.item.item_id, m.old_rank, m.new_rank) for m in arrived] == [("c", 3, 1), ("a", 1, 2)]
    assert [(m.item.item_id, m.old_rank, m.new_rank) for m in left] == [("b", 2, 4)]

    arrived, left = movements(ranking("a"), ranking("z"), top=5)
    assert [(m.old_rank, m.new_rank) for m in arrived] == [(None, 1)]
    assert [(m.old_rank, m.new_rank) for m in left] == [(1, None)]


def test_overlap_is_the_shared_part_of_the_top():
    assert overlap_at("abcd", "bxya", 2) == 0.5
    assert overlap_at("ab", "ba", 20) == 1.0
    assert overlap_at("", "", 20) == 1.0
    assert overlap_at("ab", "", 20) == 0.0


@dataclass(frozen=True)
class TableEncoder:
    """Looks each text's vector up in a table; several lines that it lacks lie between those of each."""

    vectors: dict[str, np.ndarray]
    name: str = "table"

    @property
    def dimension(self) -> int:
        return len(next(iter(self.vectors.values())))

    def encode_queries(self, texts):
        rows = [self._vector(text) for text in texts]
        return np.array(rows, np.float32).reshape(-1, self.dimension)

    def _vector(self, text: str) -> np.ndarray:
        if text in self.vectors:
            return self.vectors[text]
        return normalise(np.sum([self.vectors[line] for line in text.split("\n")], axis=0))

    encode_items = encode_queries


def retriever_over(
    embeddings: np.ndarray, vectors: dict[str, np.ndarray], kinds=("movie",), popularity=None
) -> Retriever:
    known = np.zeros(len(embeddings)) if popularity is None else popularity
    items = tuple(
        Item(str(i), f"Item {i}", kinds[i % len(kinds)], popularity=float(share))
        for i, share in enumerate(known)
    )
    index = ItemIndex(embeddings, catalog_digest="", encoder_name="table")
    return Retriever(Catalog(items), TableEncoder(vectors), index)


EAST, NORTH, WEST = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([-1.0, 0.0])
NORTH_EAST = np.array([0.6, 0.8])


@pytest.fixture
def compass() -> Retriever:
    """Items 0-3 lie east, north-east, north and west of the origin; odd ones are books."""
    vectors = {
        "East.": EAST,
        "North.": NORTH,
        "north.": NORTH,
        "west.": WEST,
        "East.\nNorth.": np.array([0.8, 0.6]),
    }
    return retriever_over(np.array([EAST, NORTH_EAST, NORTH, WEST]), vectors, ("movie", "book"))


def profile(*sentences: Sentence | str) -> Profile:
    return Profile(tuple(s if isinstance(s, Sentence) else Sentence(s) for s in sentences))


def listed(ranking: Ranking) -> list[tuple]:
    return [
        (e.rank, e.item.item_id, pytest.approx(e.similarity, abs=1e-6), e.sentence) for e in ranking.items
    ]


def by_taste(*weights: float) -> list[float]:
    """The scores of the compass's four items under "East. North.", by the formula."""
    cosines = np.array([[1.0, 0.6, 0.0, -1.0], [0.0, 0.8, 1.0, 0.0]])
    baselines = 0.05 * np.log(np.exp(cosines / 0.05).mean(axis=1))
    summands = np.array(weights)[:, None] * np.exp((cosines - baselines[:, None]) / 0.05)
    return (baselines.mean() + 0.05 * np.log(summands.sum(axis=0) / sum(weights))).tolist()


def test_facets_name_the_sentence_that_brought_each_item(compass):
    found = compass.rank(profile("East.", "North."), scoring="facets")
    assert found.scoring == "facets"
    scores = by_taste(1.0, 1.0)
    order = [(1, "0", 0), (2, "2", 1), (3, "1", 1), (4, "3", 1)]
    assert listed(found) == [
        (rank, item, pytest.approx(scores[int(item)], abs=1e-6), brought) for rank, item, brought in order
    ]


def test_single_scores_by_the_whole_text(compass):
    found = compass.rank(profile("East.", "North."), scoring="single", top=2)
    assert listed(found) == [(1, "1", 0.96, None), (2, "0", 0.8, None)]


def test_a_weight_lifts_what_its_sentence_brings(compass):
    found = compass.rank(profile(Sentence("East.", weight=0.5), Sentence("North.", weight=2.0)))
    scores = by_taste(0.5, 2.0)
    order = [(1, "2", 1), (2, "0", 0), (3, "1", 1), (4, "3", 1)]
    assert listed(found) == [
        (rank, item, pytest.approx(scores[int(item)], abs=1e-6), brought) for rank, item, brought in order
    ]


def test_the_prior_moves_what_many_know_and_negative_what_few_know(compass):
    known = replace(compass.catalog.items[1], popularity=1.0)
    items = tuple(
        known if item.item_id == "1" else replace(item, popularity=0.1) for item in compass.catalog.items
    )
    retriever = replace(compass, catalog=Catalog(items))

    def order(prior: float) -> list[str]:
        return [entry.item.item_id for entry in retriever.rank(profile("East."), prior=prior).items]

    assert order(0.0) == ["0", "1", "2", "3"]
    assert order(0.5) == ["1", "0", "2", "3"]  # .6 + .5 log .51 / .01 = 2.57 against 1 - .29
    assert order(-0.5) == ["0", "2", "3", "1"]  # .6 - 1.97 against -1 + .29
    second, term = retriever.rank(profile("East."), prior=0.5).items[1], 0.5 * math.log(0.51 / 0.91)
    assert (second.prior, second.similarity) == pytest.approx((term, 1 + term))


def test_a_sentence_that_is_off_or_weighs_nothing_brings_nothing(compass):
    for silent in (Sentence("North.", enabled=False), Sentence("North.", weight=0.0)):
        found = compass.rank(profile("East.", silent))
        assert listed(found) == [(1, "0", 1.0, 0), (2, "1", 0.6, 0), (3, "2", 0.0, 0), (4, "3", -1.0, 0)]


def test_a_sentence_that_is_off_stays_off_when_its_twin_is_on(compass):
    found = compass.rank(profile(Sentence("East.", enabled=False), Sentence("East.")))
    assert {entry.sentence for entry in found.items} == {1}


def test_a_rejection_pushes_its_items_down(compass):
    found = compass.rank(profile("East.", "Can't stand north."))
    assert listed(found) == [
        (1, "0", 1.0, 0),
        (2, "1", 0.6 - (0.8 - REJECTION_FLOOR), 0),
        (3, "2", REJECTION_FLOOR - 1, 0),
        (4, "3", -1, 0),
    ]


def test_the_history_and_other_kinds_are_left_out(compass):
    history = (
        Interaction("Item 0", item_id="0"),
        Interaction("unknown"),
        Interaction("gone", item_id="no such"),
    )
    for scoring in ("single", "facets"):
        found = compass.rank(profile("East.", "North."), history, scoring=scoring)
        assert {entry.item.item_id for entry in found.items} == {"1", "2", "3"}
        books = compass.rank(profile("East.", "North."), history, scoring=scoring, kinds=["book"])
        assert {entry.item.item_id for entry in books.items} == {"1", "3"}
    with pytest.raises(CatalogError, match=r"no 'song'\. Choose from: book, movie"):
        compass.rank(profile("East."), kinds=["song"])


def test_within_a_list_nothing_else_is_ranked_and_no_score_changes(compass):
    seen = (Interaction("Item 0", item_id="0"),)
    for scoring in ("single", "facets"):
        everything = {
            entry.item: entry.similarity for entry in compass.rank(profile("East."), scoring=scoring).items
        }
        found = compass.rank(profile("East."), seen, scoring=scoring, within=["0", "3", "no such", "1"])
        assert [entry.item.item_id for entry in found.items] == ["1", "3"]
        assert all(entry.similarity == everything[entry.item] for entry in found.items)
        assert compass.rank(profile("East."), within=["3"], kinds=["movie"]).items == ()
        assert compass.rank(profile("East."), within=["no such"]).items == ()


def test_nothing_is_left_when_the_history_is_the_catalogue(compass):
    history = [Interaction("", item_id=str(i)) for i in range(4)]
    for scoring in ("single", "facets"):
        for sentences in (["East."], ["East.", "Hates north."]):
            if scoring == "facets" or len(sentences) == 1:
                assert compass.rank(profile(*sentences), history, scoring=scoring).items == ()


@pytest.mark.parametrize("scoring", ["single", "facets"])
def test_a_profile_that_is_switched_off_is_an_error(compass, scoring):
    with pytest.raises(ProfileError, match="Every sentence is switched off"):
        compass.rank(profile(Sentence("East.", enabled=False)), scoring=scoring)


def test_facets_need_something_that_is_liked(compass):
    with pytest.raises(ProfileError, match="Nothing in this profile says what you like"):
        compass.rank(profile("Hates north."))


def brute_force(embeddings, vectors, profile, allowed, prior) -> np.ndarray:
    """Score every allowed item by the formula of blue.retrieval.scoring."""
    summands, weights, baselines, worst = [], [], [], np.zeros(len(embeddings))
    for sentence in profile.sentences:
        found = stance(sentence.text)
        if found.liked:
            cosines = embeddings @ vectors[found.liked]
            baselines.append(0.05 * np.log(np.exp(cosines / 0.05).mean()))
            summands.append(sentence.weight * np.exp((cosines - baselines[-1]) / 0.05))
            weights.append(sentence.weight)
        if found.disliked:
            excess = sentence.weight * (embeddings @ vectors[found.disliked] - REJECTION_FLOOR)
            worst = np.maximum(worst, excess)
    tastes = np.mean(baselines) + 0.05 * np.log(np.sum(summands, axis=0) / np.sum(weights))
    return np.where(allowed, tastes - worst + prior, -np.inf)


@pytest.mark.parametrize("whole", [True, False], ids=["compared whole", "by search"])
@pytest.mark.parametrize("seed", range(40))
def test_the_search_under_facets_is_exact(seed, whole, monkeypatch):
    monkeypatch.setattr(ItemIndex, "is_compared_whole", whole)
    random = np.random.default_rng(seed)
    size, dimension, top = (
        random.choice([30, 300, 2000]),
        random.choice([2, 4, 24]),
        random.choice([1, 7, 20]),
    )
    embeddings = normalise(random.normal(size=(size, dimension)))
    likes, dislikes = random.integers(1, 5), random.integers(0, 3)
    texts = [f"Taste {n}." for n in range(likes)] + [f"Hates taste {n}." for n in range(dislikes)]
    vectors = {
        stance(t).liked or stance(t).disliked: v
        for t, v in zip(texts, normalise(random.normal(size=(len(texts), dimension))), strict=True)
    }
    if dislikes:  # a rejection close to a like is the hard case: it empties the head of the list
        near = vectors["Taste 0."] + 0.1 * random.normal(size=dimension)
        vectors["taste 0."] = normalise(near)
    said = profile(*(Sentence(text, random.choice([0.5, 1.0, 2.0])) for text in texts))
    popularity, weight = random.random(size), random.choice([-0.1, 0.0, 0.3])
    seen = random.choice(size, size // 10, replace=False)
    allowed = ~np.isin(np.arange(size), seen)

    history = [Interaction("", item_id=str(i)) for i in seen]
    retriever = retriever_over(embeddings, vectors, popularity=popularity)
    found = retriever.rank(said, history, top=int(top), prior=weight)
    hundred = retriever.rank(said, history, top=IN_TURN, prior=weight)

    scores = brute_force(embeddings, vectors, said, allowed, weight * np.log(0.51 / (1.01 - popularity)))
    ranked = np.array([int(entry.item.item_id) for entry in found.items])
    similarities = [entry.similarity for entry in found.items]
    assert len(set(ranked)) == len(ranked) == min(top, allowed.sum())
    assert similarities == pytest.approx(scores[ranked].tolist(), abs=1e-5)
    assert found.items == hundred.items[: len(ranked)]  # what takes its turn first does not hang on `top`
    best = sorted((entry.similarity for entry in hundred.items), reverse=True)
    assert best == pytest.approx(np.sort(scores[allowed])[::-1][:IN_TURN].tolist(), abs=1e-5)
