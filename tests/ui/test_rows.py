import pytest

from blue.datatypes import Interaction
from blue.errors import HistoryError
from blue.ui import rows

HISTORY = (Interaction("Alien", 5.0, year=1979, item_id="ml:1214"), Interaction("<b>Mine</b>", None))


def test_newest_row_comes_first_and_text_is_escaped() -> None:
    shown = rows.table(HISTORY)
    assert shown.index("&lt;b&gt;Mine") < shown.index("Alien")
    assert "<b>Mine" not in shown
    assert "not in the catalogue" in shown


def test_the_stars_of_a_row_are_chosen() -> None:
    row = rows.table(HISTORY[:1])
    assert '<option value="5" selected>' in row
    assert row.count(" selected") == 1


def test_a_rating_between_the_halves_can_be_kept() -> None:
    assert '<option value="3.3" selected>' in rows.table([Interaction("Alien", 3.3)])


def test_a_long_history_shows_its_most_recent_rows() -> None:
    shown = rows.table([Interaction(f"Film {n}") for n in range(1000)])
    assert shown.count("<select") == rows.SHOWN_ROWS
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
