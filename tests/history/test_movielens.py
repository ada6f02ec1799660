from datetime import datetime

import pytest

from blue.errors import HistoryError
from blue.history import parse_history


def test_the_first_user_is_read_and_the_others_are_noted(read_fixture):
    parsed = read_fixture("movielens_ratings.csv")
    assert parsed.format == "movielens"
    assert [(i.item_id, i.rating) for i in parsed.interactions] == [
        ("ml:3", 4.5),
        ("ml:999999", 3.0),
        ("ml:1", 4.0),
    ]
    assert parsed.interactions[0].time == datetime(2000, 7, 30, 18, 20, 47)
    assert parsed.notes == (
        "User 1 was read; the file holds 2 others. To read another, keep only the rows with its userId.",
    )


def test_the_double_colons_of_movielens_1m(read_fixture):
    parsed = read_fixture("movielens_1m_ratings.dat")
    assert [(i.item_id, i.rating) for i in parsed.interactions] == [("ml:1193", 5.0), ("ml:661", 3.0)]


def test_the_sites_own_export_has_titles(read_fixture):
    parsed = read_fixture("movielens_site_export.csv")
    assert [(i.title, i.year, i.item_id) for i in parsed.interactions] == [
        ("Toy Story", 1995, "ml:1"),
        ("Matrix, The", 1999, "ml:2571"),
    ]


def test_a_whole_data_set_is_too_much():
    rows = "\n".join(f"{i // 20},{i},4.0,964982703" for i in range(20_001))
    with pytest.raises(HistoryError, match=r"more than 20,000 rows.*the rows of one user"):
        parse_history(f"userId,movieId,rating,timestamp\n{rows}")
