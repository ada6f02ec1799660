"""Scores of items against sentences, and what moves between two rankings; numbers to check by hand.

The exact search under facets is held against scoring every item, on random embeddings.
"""

from dataclasses import dataclass

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
    facet_scores,
    movements,
    neighbourhood,
    overlap_at,
    rejection,
)
from blue.retrieval.similarity import normalise


def test_an_item_scores_by_its_best_weighted_sentence():
    liked = np.array([[0.8, 0.1], [0.6, 0.5]])  # (S, I)
    none = np.zeros(2)
    scores, rows = facet_scores(liked, np.array([1.0, 1.0]), none)
    assert scores.tolist() == [0.8, 0.5]
    assert rows.tolist() == [0, 1]

    scores, rows = facet_scores(liked, np.array([0.5, 2.0]), none)
    assert scores.tolist() == [1.2, 1.0]
    assert rows.tolist() == [1, 1]


def test_a_sentence_that_is_close_to_everything_does_not_win_everywhere():
    liked = np.array([[0.7, 0.7], [0.2, 0.5]])
    scores, rows = facet_scores(liked, np.ones(2), np.array([0.65, 0.25]))
    assert scores == pytest.approx([0.45 + 0.05, 0.45 + 0.25])
    assert rows.tolist() == [0, 1]


def test_a_weight_below_one_never_lifts_an_item():
    liked, baselines = np.array([[0.9, 0.1]]), np.array([0.5])
    full, half = (facet_scores(liked, np.array([weight]), baselines)[0] for weight in (1.0, 0.5))
    assert half == pytest.approx([0.7, -0.3])
    assert (half < full).all()


def test_too_few_items_have_no_neighbourhood():
    assert [neighbourhood(items) for items in (4, 200, 19_742)] == [0, 10, 100]


def test_a_rejection_takes_what_lies_above_its_floor():
    disliked = np.array([[REJECTION_FLOOR + 0.3, 0.1, -0.5], [REJECTION_FLOOR + 0.2, 0.0, 0.0]])
    assert rejection(disliked, np.array([1.0, 2.0])) == pytest.approx([0.4, 0.0, 0.0])
    assert rejection(np.empty((0, 3)), np.empty(0)).tolist() == [0, 0, 0]


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


def retriever_over(embeddings: np.ndarray, vectors: dict[str, np.ndarray], kinds=("movie",)) -> Retriever:
    items = tuple(Item(str(i), f"Item {i}", kinds[i % len(kinds)]) for i in range(len(embeddings)))
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


def test_facets_name_the_sentence_that_brought_each_item(compass):
    found = compass.rank(profile("East.", "North."), scoring="facets")
    assert found.scoring == "facets"
    assert listed(found) == [
        (1, "0", lit(1.0, 0.8), 0),
        (2, "2", lit(1.0, 0.6), 1),
        (3, "1", lit(0.8, 0.96), 1),
        (4, "3", lit(0.0, -0.8), 1),
    ]


def lit(taste: float, whole: float) -> float:
    """A taste's score in the light of the whole, which weighs a quarter."""
    return (taste + 0.25 * whole) / 1.25


def test_single_scores_by_the_whole_text(compass):
    found = compass.rank(profile("East.", "North."), scoring="single", top=2)
    assert listed(found) == [(1, "1", 0.96, None), (2, "0", 0.8, None)]


def test_a_weight_lifts_what_its_sentence_brings(compass):
    found = compass.rank(profile(Sentence("East.", weight=0.5), Sentence("North.", weight=2.0)))
    assert listed(found) == [
        (1, "2", lit(2.0, 0.6), 1),
        (2, "1", lit(1.6, 0.96), 1),
        (3, "0", lit(0.5, 0.8), 0),
        (4, "3", lit(0.0, -0.8), 1),
    ]


def test_a_sentence_that_is_off_or_weighs_nothing_brings_nothing(compass):
    for silent in (Sentence("North.", enabled=False), Sentence("North.", weight=0.0)):
        found = compass.rank(profile("East.", silent))
        assert listed(found) == [(1, "0", 1.0, 0), (2, "1", 0.6, 0), (3, "2", 0.0, 0), (4, "3", -1.0, 0)]


def test_a_sentence_that_is_off_stays_off_when_its_twin_is_on(compass):
    found = compass.rank(profile(Sentence("East.", enabled=False), Sentence("East.")))
    assert {entry.sentence for entry in found.items} == {1}


def test_a_rejection_pushes_its_items_down(compass):
    found = compass.rank(profile("East.", "Can't stand north."))
    below = 0.6 - (0.8 - REJECTION_FLOOR)
    assert listed(found) == [
        (1, "0", 1.0, 0),
        (2, "1", lit(below, 0.6), 0),
        (3, "2", lit(REJECTION_FLOOR - 1, 0.0), 0),
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


def brute_force(embeddings, vectors, profile, allowed) -> np.ndarray:
    """Score every allowed item by the formula of blue.retrieval.scoring."""
    above, baselines, worst = [], [], np.zeros(len(embeddings))
    together = np.zeros(embeddings.shape[1])
    near = min(100, int(0.05 * allowed.sum()))
    for sentence in profile.sentences:
        if not sentence.enabled or not sentence.weight:
            continue
        found = stance(sentence.text)
        if found.liked:
            together += vectors[found.liked]
            cosines = embeddings @ vectors[found.liked]
            baselines.append(np.sort(cosines[allowed])[-near] if near else 0.0)
            gain = cosines - baselines[-1]
            above.append(np.where(gain > 0, sentence.weight * gain, gain / sentence.weight))
        if found.disliked:
            excess = sentence.weight * (embeddings @ vectors[found.disliked] - REJECTION_FLOOR)
            worst = np.maximum(worst, excess)
    tastes = np.mean(baselines) + np.max(above, axis=0) - worst
    whole = embeddings @ normalise(together)
    return np.where(allowed, lit(tastes, whole), -np.inf)


@pytest.mark.parametrize("seed", range(40))
def test_the_search_under_facets_is_exact(seed):
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
    whole = profile(*(Sentence(text, random.choice([0.5, 1.0, 2.0])) for text in texts))
    seen = random.choice(size, size // 10, replace=False)
    allowed = ~np.isin(np.arange(size), seen)

    history = [Interaction("", item_id=str(i)) for i in seen]
    found = retriever_over(embeddings, vectors).rank(whole, history, top=int(top))

    scores = brute_force(embeddings, vectors, whole, allowed)
    ranked = np.array([int(entry.item.item_id) for entry in found.items])
    similarities = [entry.similarity for entry in found.items]
    assert len(set(ranked)) == len(ranked) == min(top, allowed.sum())
    assert similarities == pytest.approx(scores[ranked].tolist(), abs=1e-5)
    assert similarities == pytest.approx(np.sort(scores)[::-1][: len(ranked)].tolist(), abs=1e-5)
