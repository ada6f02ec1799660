from datetime import datetime


def test_goodreads(read_fixture):
    parsed = read_fixture("goodreads_library_export.csv")
    assert parsed.format == "goodreads"
    assert [(i.title, i.rating, i.year, i.creator, i.line) for i in parsed.interactions] == [
        ("Jurassic Park", 4.0, 1990, "Michael Crichton", 5),
        ("Beloved", None, 1987, "Toni Morrison", 6),  # rating 0 is none
        ("Dune", 5.0, 1965, "Frank Herbert", 2),  # its review spans three lines
    ]
    assert {i.kind for i in parsed.interactions} == {"book"}


def test_date_read_comes_before_date_added(read_fixture):
    times = {i.title: i.time for i in read_fixture("goodreads_library_export.csv").interactions}
    assert times["Dune"] == datetime(2021, 3, 4)
    assert times["Jurassic Park"] == datetime(2019, 8, 2)


def test_what_is_to_read_or_only_begun_is_not_history(read_fixture):
    parsed = read_fixture("goodreads_library_export.csv")
    assert [(row.line, row.reason) for row in parsed.skipped] == [
        (7, "It is on the shelf 'to-read', not read yet."),
        (8, "Its status is 'currently-reading', without a mark or a date yet."),
    ]
    assert [one.title for one in parsed.wish_list] == ["Crime and Punishment"]
