from datetime import datetime

import pytest

from blue.history import parse_history
from blue.history.series import series_of


def test_episodes_collapse_and_films_stay(read_fixture):
    parsed = read_fixture("NetflixViewingHistory.csv")
    assert parsed.format == "netflix"
    assert [(i.title, i.kind) for i in parsed.interactions] == [
        ("The Irishman", "movie"),
        ("Stranger Things", "series"),
        ("Inventing Anna", "series"),
        ("Money Heist", "series"),
        ("Kill Bill: Vol. 1", "movie"),
        ("Star Wars: Episode IV - A New Hope", "movie"),
        ("Mission: Impossible - Fallout", "movie"),
        ("Dark", "series"),
    ]
    assert parsed.notes == ("6 episodes became 4 series.",)


def test_a_series_has_the_date_and_line_of_its_last_episode(read_fixture):
    dark = read_fixture("NetflixViewingHistory.csv").interactions[-1]
    assert (dark.time, dark.line) == (datetime(2022, 7, 5), 2)


def test_the_last_episode_is_told_by_its_date_not_by_its_place():
    parsed = parse_history(
        'Title,Date\n"Dark: Season 1: Secrets","1/30/22"\n"Dark: Season 1: Lies","2/14/22"\n'
    )
    assert [(i.time, i.line) for i in parsed.interactions] == [(datetime(2022, 2, 14), 3)]


def test_the_detailed_form_skips_trailers_and_names_the_profiles(read_fixture):
    parsed = read_fixture("ViewingActivity.csv")
    assert [(i.title, i.time) for i in parsed.interactions] == [
        ("Paddington 2", datetime(2022, 6, 27, 21, 0)),
        ("Mission: Impossible - Fallout", datetime(2022, 6, 28, 20, 0, 41)),
        ("Dark", datetime(2022, 7, 5, 19, 12, 3)),
    ]
    assert [(row.line, row.reason) for row in parsed.skipped] == [
        (3, "It is a trailer or a clip (trailer), not a title.")
    ]
    assert parsed.notes[0] == (
        "The file holds 2 profiles ('Anna', 'Ben'), read as one. To read only yours, keep its rows."
    )


@pytest.mark.parametrize(
    ("title", "series"),
    [
        ("Dark: Staffel 2: Anfänge und Enden", "Dark"),
        ("La casa de papel: Partie 1: Épisode 1", "La casa de papel"),
        ("Élite: Temporada 3: Carla", "Élite"),
        ("Baby: Stagione 1: Superpoteri", "Baby"),
        ("Sherlock: Series 1: A Study in Pink", "Sherlock"),
        ("Chernobyl: Miniserie: 1:23:45", "Chernobyl"),
        ("Avatar: The Last Airbender: Book 1: The Boy in the Iceberg", "Avatar: The Last Airbender"),
        ("Formula 1: Drive to Survive: Season 1: All to Play For", "Formula 1: Drive to Survive"),
        ("Stranger Things: Stranger Things 2: Chapter One: MADMAX", "Stranger Things"),
        ("ダーク：シーズン1：秘密", "ダーク"),
        ("Die Serie: Folge 3", "Die Serie"),
        ("Dune: Part Two", None),
        ("The Hunger Games: Mockingjay: Part 1", None),
        ("John Wick: Chapter 2", None),
        ("Black Mirror: Bandersnatch", None),
        ("Mission: Impossible", None),
        ("Season 1: Pilot", None),
        ("", None),
    ],
)
def test_series_of(title, series):
    assert series_of(title) == series


def test_other_peoples_title_and_date_columns_are_not_netflix():
    assert parse_history("title,date\nDune,2020-01-01\n").format == "csv"
