"""What a history says, by hand."""

import pytest

from blue.answering.answers import RatingEstimate
from blue.answering.facts import disliked, groups, part_of, sureness
from blue.answering.filters import NO_FILTERS, Filters
from blue.datatypes import Interaction, Item

ITEMS = {
    one.item_id: one
    for one in (
        Item("a", "A", "movie", 1984, ("Ann",), genres=("horror",)),
        Item("b", "B", "movie", 1985, ("Ann",), genres=("horror",)),
        Item("c", "C", "movie", 1995, ("Bob",), genres=("comedy",)),
        Item("d", "D", "book", 1996, ("Bob",), genres=("comedy",)),
    )
}
HISTORY = (
    Interaction("A", 5.0, item_id="a"),
    Interaction("B", 4.0, item_id="b"),
    Interaction("C", 2.0, item_id="c"),
    Interaction("D", 1.0, item_id="d"),
    Interaction("Nobody knows it", 3.0),
)


def test_a_part_has_its_mean_beside_that_of_the_whole():
    part = part_of(HISTORY, ITEMS, Filters(kinds=("movie",)))
    assert [row.title for row in part.rows] == ["A", "B", "Nobody knows it", "C"]  # best rated first
    assert (part.mean, part.whole_mean, part.whole, part.rated) == (3.5, 3.0, 5, 4)
    assert part.liking == "more"  # 3.5 - 3.0 is over the margin of a quarter


def test_stars_select_rows():
    assert len(part_of(HISTORY, ITEMS, NO_FILTERS, (0.5, 2.0)).rows) == 2


def test_groups_lean_to_the_mean_where_few_ratings_speak():
    part = part_of(HISTORY, ITEMS, NO_FILTERS)
    best, worst = groups(part, ITEMS, "genre")
    assert (best.name, best.mean, worst.name, worst.mean) == ("horror", 4.5, "comedy", 1.5)
    assert best.lean == pytest.approx(1.5 * 2 / 5)  # two ratings, 1.5 stars above the mean
    assert [one.name for one in disliked((best, worst), part.whole_mean)] == ["comedy"]
    assert [group.name for group in groups(part, ITEMS, "decade")] == ["the 1980s", "the 1990s"]
    assert [group.name for group in groups(part, ITEMS, "maker")] == ["Ann", "Bob"]


def estimate(stars: float | None, mean: float | None) -> RatingEstimate:
    return RatingEstimate(ITEMS["a"], stars, mean, (), "")


@pytest.mark.parametrize(
    ("rank", "stars", "mean", "rejected", "sure"),
    [
        (10, 4.4, 4.1, False, "Very likely"),
        (900, 4.4, 4.1, False, "Perhaps"),  # far from the profile, but well rated: not "Probably not"
        (900, 3.5, 4.1, False, "Probably not"),
        (10, 2.0, 4.1, False, "Perhaps"),
        (100, 3.9, 4.0, False, "Probably"),
        (100, 2.0, 4.0, True, "Probably not"),
        (10, None, None, False, "Very likely"),
        (900, None, None, False, "Probably not"),
    ],
)
def test_a_verdict_never_contradicts_the_stars(rank, stars, mean, rejected, sure):
    assert sureness(rank, 1000, estimate(stars, mean), rejected) == sure
