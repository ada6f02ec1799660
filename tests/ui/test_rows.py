import pytest

from blue.datatypes import Interaction, Item
from blue.errors import HistoryError
from blue.ui import rows

HISTORY = (Interaction("Alien", 5.0, year=1979, item_id="ml:1214"), Interaction("<b>Mine</b>", None))
ITEMS = {"ml:1214": Item("ml:1214", "Alien", "movie", 1979), "ml:2": Item("ml:2", "Parasite", "movie", 1982)}


def test_newest_row_comes_first_and_text_is_escaped() -> None:
    shown = rows.table(HISTORY, ITEMS)
    assert shown.index("&lt;b&gt;Mine") < shown.index("Alien")
    assert "<b>Mine" not in shown
    assert shown.count("not in the catalogue</button>") == 1


def test_stars_stand_where_the_rating_is_and_none_at_0() -> None:
    rated, unrated = rows.table(HISTORY[:1], ITEMS), rows.table(HISTORY[1:], ITEMS)
    assert 'value="10"' in rated
    assert "<output>5</output>" in rated
    assert 'value="0"' in unrated
    assert "<output>–</output>" in unrated


def test_a_rating_between_the_halves_is_said_as_it_is() -> None:
    assert "<output>3.3</output>" in rows.table([Interaction("Alien", 3.3)], ITEMS)


def test_how_often_it_was_seen_is_told_where_the_file_counts() -> None:
    assert "3 times</small>" in rows.table([Interaction("Alien", watches=3)], ITEMS)
    assert "times" not in rows.table([Interaction("Alien", watches=1), Interaction("Heat")], ITEMS)


def test_a_match_of_another_name_or_year_is_told() -> None:
    shown = rows.table([Interaction("Gisaengchung", item_id="ml:2")], ITEMS)
    assert "→ Parasite 1982" in shown
    assert "→" not in rows.table(HISTORY[:1], ITEMS)


def test_a_long_history_shows_its_most_recent_rows() -> None:
    shown = rows.table([Interaction(f"Film {n}") for n in range(1000)], ITEMS)
    assert shown.count('type="range"') == rows.SHOWN_ROWS
    assert "Film 999" in shown
    assert "of 1,000 rows" in shown


def test_change_stars_take_out_and_put_back() -> None:
    interactions, removed = rows.apply(HISTORY, frozenset(), rows.RowChange(0, stars="2.5"))
    assert interactions[0].rating == 2.5
    assert rows.apply(HISTORY, removed, rows.RowChange(0, stars=""))[0][0].rating is None
    _, removed = rows.apply(HISTORY, removed, rows.RowChange(1, removed=True))
    assert removed == {1}
    assert rows.apply(HISTORY, removed, rows.RowChange(1, removed=False))[1] == frozenset()


@pytest.mark.parametrize("stars", ["0", "5.5", "nan", "inf", "many"])
def test_impossible_stars_are_refused(stars: str) -> None:
    with pytest.raises(HistoryError, match=r"0\.5 to 5"):
        rows.apply(HISTORY, frozenset(), rows.RowChange(0, stars=stars))


@pytest.mark.parametrize("row", [-1, 2])
def test_a_row_that_is_not_there_is_refused(row: int) -> None:
    with pytest.raises(HistoryError, match="not in the history"):
        rows.apply(HISTORY, frozenset(), rows.RowChange(row, removed=True))
