from datetime import datetime

import pytest

from blue.errors import HistoryError
from blue.history import parse_history


def only(text: str):
    (interaction,) = parse_history(text).interactions
    return interaction


@pytest.mark.parametrize(
    ("line", "title", "year", "rating"),
    [
        ("Dune | 4", "Dune", None, 4.0),
        ("1. Heat (1995) - 5 stars", "Heat", 1995, 5.0),
        ("12) Heat (1995) 5/5", "Heat", 1995, 5.0),
        ("Alien: 4/5", "Alien", None, 4.0),
        ("Alien: Covenant: 8/10", "Alien: Covenant", None, 4.0),
        ("Solaris ★★☆☆☆", "Solaris", None, 2.0),
        ("Solaris ★★★½", "Solaris", None, 3.5),
        ("Solaris ⭐⭐⭐⭐", "Solaris", None, 4.0),
        ("Ran (90%)", "Ran", None, 4.5),
        ("Ran - 4", "Ran", None, 4.0),
        ("Ran: 4,5", "Ran", None, 4.5),
        ("Ran, 7", "Ran", None, 3.5),
        ("- Ran (1985)", "Ran", 1985, None),
        ("• Ran", "Ran", None, None),
        ("- [x] Ran", "Ran", None, None),
        ("“Ran” | 4", "Ran", None, 4.0),
        ("Ran | 1985 | 4.5", "Ran", 1985, 4.5),
        ("Ran\t4", "Ran", None, 4.0),
        ("Sherlock (2010–2017) | 4", "Sherlock", 2010, 4.0),
        ("Fünf Freunde - 4 Sterne", "Fünf Freunde", None, 4.0),
        ("★★★½ Ran", "Ran", None, 3.5),
        ("Ran | 4 | saw it twice", "Ran", None, 4.0),
        # Titles that look like more than they are
        ("Fahrenheit 9/11", "Fahrenheit 9/11", None, None),
        ("3%", "3%", None, None),
        ("3:10 to Yuma (2007)", "3:10 to Yuma", 2007, None),
        ("2001: A Space Odyssey | 5", "2001: A Space Odyssey", None, 5.0),
        ("Toy Story 4", "Toy Story 4", None, None),
        ("300", "300", None, None),
        ("[REC] (2007) | 4", "[REC]", 2007, 4.0),
        (r"\#Alive (2020) | 3", "#Alive", 2020, 3.0),
        ("Face/Off | 3", "Face/Off", None, 3.0),
        ("AC\\DC: Let There Be Rock | 3", "AC\\DC: Let There Be Rock", None, 3.0),
    ],
)
def test_one_line(line, title, year, rating):
    interaction = only(line)
    assert (interaction.title, interaction.year, interaction.rating) == (title, year, rating)


def test_fields_after_a_bar_come_in_any_order():
    assert only("Dune | 2021-03-01 | 4").time == datetime(2021, 3, 1)
    assert only("Dune | 4 | 1 March 2021").time == datetime(2021, 3, 1)
    assert only("Dune | 4 | 3. März 2021").time == datetime(2021, 3, 3)


def test_a_number_at_the_end_is_a_rating_only_if_half_of_the_lines_have_one():
    ratings = {i.title: i.rating for i in parse_history("Ran - 4\nHeat - 5\nDistrict: 9").interactions}
    assert ratings == {"Ran": 4.0 / 2, "Heat": 5.0 / 2, "District": 9 / 2}  # 9 makes it a scale of ten
    titles = [i.title for i in parse_history("Ran\nHeat\nDistrict: 9").interactions]
    assert titles == ["Ran", "Heat", "District: 9"]


def test_comments_blanks_and_rulers_are_no_rows():
    parsed = parse_history("# films\n\nDune\n-----\n   \n#Heat | 4\nRan\n")
    assert [(i.title, i.line) for i in parsed.interactions] == [("Dune", 3), ("Ran", 7)]
    assert parsed.skipped == ()


def test_a_heading_is_reported():
    parsed = parse_history("Films I love:\nDune")
    assert [i.title for i in parsed.interactions] == ["Dune"]
    assert [(row.line, row.reason.split(".")[0]) for row in parsed.skipped] == [
        (1, "It ends with a colon, like a heading")
    ]


def test_a_rating_that_is_none_says_what_to_write():
    parsed = parse_history("Dune | 4\nHeat | ten\nRan | 5")
    assert [i.title for i in parsed.interactions] == ["Dune", "Ran"]
    (row,) = parsed.skipped
    assert (row.line, row.text) == (2, "Heat | ten")
    assert row.reason == "'ten' is not a rating. Write 'title | 1-5', e.g. 'Dune | 5'."


@pytest.mark.parametrize("rating", ["-3", "nan", "inf", "NaN", "-inf", "6/5", "120%", "1e9", "4 4"])
def test_impossible_ratings_are_skipped(rating):
    parsed = parse_history(f"Dune | 4\nHeat | {rating}")
    assert [row.line for row in parsed.skipped] == [2]
    assert repr(rating) in parsed.skipped[0].reason


@pytest.mark.parametrize(
    ("ratings", "stars"),
    [
        ("1 5 3", [1.0, 5.0, 3.0]),
        ("2 9 7", [1.0, 4.5, 3.5]),
        ("20 90 70", [1.0, 4.5, 3.5]),
        ("0 4 5", [None, 4.0, 5.0]),  # a bare 0 is "not rated"
        ("0/10 4/5 100%", [0.5, 4.0, 5.0]),  # an explicit one is the lowest there is
        ("4,5 3 ★★", [4.5, 3.0, 2.0]),
    ],
)
def test_the_scale_is_that_of_the_whole_column(ratings, stars):
    text = "\n".join(f"Film {chr(65 + i)} | {rating}" for i, rating in enumerate(ratings.split()))
    assert [i.rating for i in parse_history(text).interactions] == stars


def test_one_slip_does_not_change_everybodys_scale():
    text = "\n".join(f"Film {letter} | 4" for letter in "ABCDEFGHI") + "\nFilm J | 55"
    parsed = parse_history(text)
    assert {i.rating for i in parsed.interactions} == {4.0}
    assert [(row.line, row.reason[:32]) for row in parsed.skipped] == [
        (10, "'55' is above the best rating, 5")
    ]


def test_duplicates_and_rewatches():
    parsed = parse_history(
        "Dune | 4 | 2020-01-01\nHeat | 5\nDune | 5 | 2021-01-01\nHeat | 5\nRan | 3\nRan | 4\n"
    )
    assert [(i.title, i.rating, i.line) for i in parsed.interactions] == [
        ("Heat", 5.0, 2),  # without a date: first
        ("Ran", 4.0, 6),
        ("Dune", 5.0, 3),
    ]
    assert [(row.line, row.reason) for row in parsed.skipped] == [
        (1, "The same title is in line 3 again; the latest one counts."),
        (4, "It repeats line 2."),
        (5, "The same title is in line 6 again; the latest one counts."),
    ]


def test_a_rewatch_without_a_rating_keeps_the_earlier_one():
    (interaction,) = parse_history("Dune | 4 | 2020-01-01\nDune | | 2021-01-01").interactions
    assert (interaction.rating, interaction.time) == (4.0, datetime(2021, 1, 1))


def test_films_of_one_name_and_two_years_are_two_films():
    assert len(parse_history("Dune (1984) | 3\nDune (2021) | 4").interactions) == 2


def test_oldest_first_by_date():
    parsed = parse_history("Ran | 4 | 2021-01-01\nHeat | 4 | 2019-01-01\nDune | 4 | 2020-01-01")
    assert [i.title for i in parsed.interactions] == ["Heat", "Dune", "Ran"]


def test_a_future_date_is_dropped_with_a_note_and_the_row_kept():
    parsed = parse_history("Dune | 4 | 2031-05-01\nHeat | 5 | 2020-01-01", now=datetime(2026, 1, 1))
    assert [(i.title, i.time) for i in parsed.interactions] == [
        ("Dune", None),
        ("Heat", datetime(2020, 1, 1)),
    ]
    assert parsed.notes == ("1 date is in the future (line 1: '2031-05-01'): the row was kept without it.",)


def test_nothing_but_comments_is_an_error_with_advice():
    with pytest.raises(HistoryError, match=r"no title.*'Dune \| 5'"):
        parse_history("# nothing here\n\n")


def test_nothing_readable_names_the_first_reason():
    with pytest.raises(HistoryError, match=r"None of the 2 rows can be read\. Line 1: 'ten' is not a rating"):
        parse_history("Dune | ten\nHeat | eleven")
