"""What a profile may read while an item is held out."""

from dataclasses import replace

import pytest

from blue.datatypes import Interaction, Item
from blue.errors import HistoryError
from blue.inspection.holdout import hold_out_item, hold_out_row
from blue.items import Catalog

HEAT = Item("1", "Heat", "movie", 1995)
DUNE = Item("2", "Dune", "movie", 1984, aliases=("Dune, Part One",))
DUNE_BOOK = Item("3", "Dune", "book", 1965)
CATALOG = Catalog((HEAT, DUNE, DUNE_BOOK))
HISTORY = (
    Interaction("Heat", 5.0, item_id="1"),
    Interaction("Dune", 4.0, item_id="3"),
    Interaction("Dune", 4.0, item_id="2"),
    Interaction("A film nobody knows"),
)


def test_the_last_row_that_the_catalogue_knows_is_held_out_with_what_has_its_title():
    held = hold_out_row(HISTORY, None, CATALOG)
    assert (held.target, held.row) == (DUNE, 2)
    assert [one.title for one in held.history] == ["Heat", "A film nobody knows"]
    assert held.dropped == HISTORY[1:3]  # the novel of that name would give it away


def test_the_most_recent_liked_row_is_held_out_by_default():
    films = [replace(one, rating=stars) for one, stars in zip(HISTORY, (5.0, 4.5, 1.0, 1.0), strict=False)]
    known = [row for row, one in enumerate(films) if one.item_id in CATALOG.by_id]
    liked = [row for row in known if films[row].rating >= 4]
    assert liked
    assert hold_out_row(films, None, CATALOG).row == liked[-1] != known[-1]
    bad = [replace(one, rating=float(row + 1) / 2) for row, one in enumerate(HISTORY)]
    assert hold_out_row(bad, None, CATALOG).row == known[-1]  # none is liked: the best of them


def test_any_row_and_any_item_can_be_held_out():
    assert hold_out_row(HISTORY, 0, CATALOG).history == HISTORY[1:]
    elsewhere = hold_out_item(HISTORY[:1], DUNE)
    assert (elsewhere.row, elsewhere.history, elsewhere.dropped) == (None, HISTORY[:1], ())
    assert hold_out_item(HISTORY, HEAT).row == 0


def test_an_alias_gives_the_title_away_too():
    alias = (Interaction("Heat", item_id="1"), Interaction("dune part one"))
    assert hold_out_item(alias, DUNE).history == alias[:1]


@pytest.mark.parametrize(
    ("history", "row", "said"),
    [
        ((), None, "empty"),
        (HISTORY, 9, "no row 10"),
        (HISTORY, -1, "no row 0"),
        (HISTORY, 3, "does not have 'A film nobody knows'"),
        (HISTORY[3:], None, "none of these titles"),
        (HISTORY[:1], 0, "Nothing would be left"),
    ],
)
def test_what_cannot_be_held_out_is_said(history, row, said):
    with pytest.raises(HistoryError, match=said):
        hold_out_row(history, row, CATALOG)
