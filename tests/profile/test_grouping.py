"""Which lines make a taste: on hand-made histories, with the weights that ship."""

import time

import numpy as np
import pytest

from blue.datatypes import Interaction, Item
from blue.profile.affinity import Background
from blue.profile.grouping import Grouper, polarity_of, shipped_weights
from blue.profile.traits import Rarity

FILMS = {
    number: Item(
        number, title, "movie", year, (maker,), None, tuple(genres.split(", ")), tuple(themes.split(", "))
    )
    for number, title, year, maker, genres, themes in (
        ("1", "The Ladykillers", 1955, "Mackendrick", "crime, comedy", "heist, lodgers, dark humour"),
        ("2", "Rififi", 1955, "Dassin", "crime, thriller", "heist, Paris, honour among thieves"),
        ("3", "Ocean's Eleven", 2001, "Soderbergh", "crime, thriller", "casino heist, con artists"),
        ("4", "Spirited Away", 2001, "Miyazaki", "animation, fantasy", "spirits, bathhouse, coming of age"),
        ("5", "My Neighbor Totoro", 1988, "Miyazaki", "animation, fantasy", "forest spirits, childhood"),
        ("6", "Saw", 2004, "Wan", "horror", "torture, deadly games, serial killer"),
        ("7", "Hostel", 2005, "Roth", "horror", "torture, backpackers, gore"),
        ("8", "Grease", 1978, "Kleiser", "musical, romance", "high school, 1950s, summer love"),
    )
}
FILLER = [
    Item(
        f"f{n}", f"Film {n}", "movie", 1950 + n % 70, (f"Maker {n}",),
        genres=(("drama", "war", "comedy")[n % 3],), themes=(f"theme{n}",),
    )
    for n in range(400)
]  # fmt: skip


@pytest.fixture(scope="module")
def grouper():
    vectors = unit(np.random.default_rng(0).normal(size=(200, 16)))
    return Grouper(Rarity([*FILMS.values(), *FILLER]), Background.of(vectors), shipped_weights())


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def grouped(grouper, stars: dict[str, float | None], items=FILMS, **options):
    """Tastes as sets of item ids; every embedding is its own direction, so that only the traits speak."""
    history = [Interaction(items[one].title, rating, item_id=one) for one, rating in stars.items()]
    tastes = grouper(history, items, np.eye(len(history), 16, dtype=np.float32), **options)
    return [(frozenset(history[row].item_id for row in taste.rows), taste.liked) for taste in tastes]


def test_lines_that_share_a_maker_or_a_theme_are_one_taste(grouper):
    liked = [ids for ids, _ in grouped(grouper, dict.fromkeys("12345", 5.0))]
    assert frozenset("45") in liked
    assert any(ids <= frozenset("123") and len(ids) >= 2 for ids in liked)
    assert not any(ids & frozenset("45") and ids & frozenset("123") for ids in liked)


def test_two_low_lines_that_share_something_are_the_dislike_and_come_last(grouper):
    tastes = grouped(grouper, {"4": 5.0, "5": 4.5, "6": 1.0, "7": 0.5})
    assert tastes[-1] == (frozenset("67"), False)
    assert [liked for _, liked in tastes].count(False) == 1


def test_low_lines_that_share_nothing_are_no_dislike(grouper):
    assert all(liked for _, liked in grouped(grouper, {"4": 5.0, "5": 4.5, "6": 1.0, "8": 1.0}))


def test_the_stars_alone_decide_what_is_liked(grouper):
    """The same lines with the stars turned round turn the tastes round."""
    tastes = grouped(grouper, {"4": 1.0, "5": 1.0, "6": 5.0, "7": 5.0})
    assert (frozenset("67"), True) in tastes
    assert (frozenset("45"), False) in tastes


def test_a_single_title_is_one_taste(grouper):
    assert grouped(grouper, {"4": None}) == [(frozenset("4"), True)]


def test_nothing_but_low_stars_is_a_single_dislike(grouper):
    tastes = grouped(grouper, {"6": 1.0, "7": 1.5, "8": 2.0})
    assert tastes == [(frozenset("67"), False)]


def test_middling_stars_alone_are_read_as_liking():
    history = [Interaction("A", 3.0), Interaction("B", 3.0)]
    assert polarity_of(history) == ([0, 1], [])


def test_unknown_titles_are_told_apart_by_their_embeddings(grouper):
    history = [Interaction(title) for title in ("Qwx", "Zrt", "Plm", "Vbn")]
    near = unit(np.array([[1, 0.1, 0], [1, 0, 0.1], [0, 1, 0], [0, 0, 1]], dtype=float))
    tastes = grouper(history, {}, np.pad(near, ((0, 0), (0, 13))))
    assert (0, 1) in [taste.rows for taste in tastes]


def test_at_most_as_many_tastes_as_asked_for(grouper):
    stars = dict.fromkeys("123458", 5.0) | {"6": 1.0, "7": 1.0}
    assert len(grouped(grouper, stars)) <= 5
    few = grouped(grouper, stars, most=2)
    assert len(few) == 2
    assert [liked for _, liked in few] == [True, False]


@pytest.mark.parametrize("lines", [300, 1_000])
def test_long_histories_are_grouped_fast_and_always_alike(grouper, lines):
    draw = np.random.default_rng(1)
    items = {item.item_id: item for item in FILLER}
    history = [
        Interaction(items[f"f{n % 400}"].title, float(draw.integers(1, 6)), item_id=f"f{n % 400}")
        for n in range(lines)
    ]
    vectors = unit(draw.normal(size=(lines, 16)))
    started = time.process_time()
    first = grouper(history, items, vectors)
    spent = time.process_time() - started
    assert first == grouper(history, items, vectors)
    assert len(first) >= 4
    assert max(len(taste.rows) for taste in first) <= 6
    assert spent < 1.0  # about 0.1 s on an idle machine


def test_a_title_of_which_nothing_is_known_makes_no_taste_of_its_own(grouper):
    lines = [Interaction(FILMS[number].title, 5.0, item_id=number) for number in "1245"]
    hostile = Interaction("By order of Velpim Velber", 5.0)
    tastes = grouper([*lines, hostile], FILMS)
    assert tastes
    assert (4,) not in [taste.rows for taste in tastes]
    assert grouper([hostile], FILMS)[0].rows == (0,)  # nothing else is there to speak of
