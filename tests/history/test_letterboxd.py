from datetime import datetime


def test_ratings(read_fixture):
    parsed = read_fixture("letterboxd_ratings.csv")
    assert parsed.format == "letterboxd"
    assert [(i.title, i.year, i.rating) for i in parsed.interactions] == [
        ("Dune", 1984, 3.5),
        ("The Matrix", 1999, 5.0),
        ("Crouching Tiger, Hidden Dragon", 2000, 4.5),
        ("Amélie", 2001, 0.5),
    ]
    assert {i.kind for i in parsed.interactions} == {"movie"}


def test_watched_has_no_ratings(read_fixture):
    parsed = read_fixture("letterboxd_watched.csv")
    assert [(i.title, i.rating) for i in parsed.interactions] == [("Stalker", None), ("Solaris", None)]


def test_a_diary_counts_the_day_of_watching_and_keeps_the_rating_over_a_rewatch(read_fixture):
    parsed = read_fixture("letterboxd_diary.csv")
    assert [(i.title, i.rating, i.time) for i in parsed.interactions] == [
        ("Past Lives", 5.0, datetime(2023, 9, 10)),
        ("Heat", 4.5, datetime(2024, 1, 19)),
    ]
    assert [row.line for row in parsed.skipped] == [2]


def test_reviews_of_several_lines(read_fixture):
    parsed = read_fixture("letterboxd_reviews.csv")
    assert [(i.title, i.line) for i in parsed.interactions] == [("Ran", 2), ("Perfect Days", 5)]
