"""A service's ZIP is read in memory; a bomb is refused before it is unpacked."""

import io
import json
import zipfile
from datetime import datetime

import pytest

from blue.errors import HistoryError, WishListError
from blue.history import parse_history

FILMS = "Date,Name,Year,Letterboxd URI"


def zipped(members: dict[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_letterboxd_is_joined_and_its_watch_list_is_kept_apart():
    parsed = parse_history(
        zipped(
            {
                "ratings.csv": f"{FILMS},Rating\n2024-01-05,Heat,1995,https://boxd.it/a,4.5\n",
                "watched.csv": f"{FILMS}\n2024-01-05,Heat,1995,https://boxd.it/a\n2024-01-06,Alien,1979,b\n",
                "diary.csv": f"{FILMS},Rating,Rewatch,Tags,Watched Date\n"
                "2023-03-02,Heat,1995,c,4,,,2023-03-01\n2024-01-05,Heat,1995,d,4,Yes,,2024-01-04\n",
                "watchlist.csv": f"{FILMS}\n2024-01-01,Ran,1985,https://boxd.it/b\n",
                "deleted/diary.csv": f"{FILMS}\n2024-01-01,Grease,1978,https://boxd.it/g\n",
                "likes/films.csv": f"{FILMS}\n2024-01-01,Tampopo,1985,https://boxd.it/t\n",
                "lists/rain.csv": "Letterboxd list export v7\n\nPosition,Name,Year,URL\n1,M,1931,u\n",
                "profile.csv": "Date Joined,Username,Email Address\n2019-10-03,someone,a@example.org\n",
                "comments.csv": "Date,Content\n2019-10-03,hello\n",
            }
        ),
        "letterboxd-someone-2024-06-01-10-00-utc.zip",
    )
    assert parsed.format == "letterboxd"
    assert [
        (interaction.title, interaction.rating, interaction.time, interaction.watches)
        for interaction in parsed.interactions
    ] == [
        ("Heat", 4.5, datetime(2024, 1, 4), 2),  # the day of watching, the mark of the ratings
        ("Alien", None, datetime(2024, 1, 6), None),
    ]
    assert [one.title for one in parsed.wish_list] == ["Ran"]
    assert parsed.notes[0] == (
        "From the archive: diary.csv (1), watched.csv (2), ratings.csv (1). "
        "Not read: watchlist.csv (a wish list of 1), profile.csv, comments.csv."
    )


def test_netflix_and_trakt():
    history = (
        "Profile Name,Start Time,Duration,Attributes,Title,Supplemental Video Type,Device Type,Bookmark,"
    )
    history += "Latest Bookmark,Country\nKim,2022-10-14 20:00:00,02:00:00,,Heat,,TV,02:00:00,02:00:00,DE\n"
    marks = "Profile Name,Title Name,Rating Type,Star Value,Thumbs Value,Event Utc Ts\n"
    marks += "Kim,Heat,thumb,,2,2022-10-15\n"
    searched = "Profile Name,Query Typed,Displayed Name\nKim,he,Heat 2\n"
    parsed = parse_history(
        zipped(
            {
                "CONTENT_INTERACTION/ViewingActivity.csv": history,
                "CONTENT_INTERACTION/Ratings.csv": marks,
                "CONTENT_INTERACTION/SearchHistory.csv": searched,
            }
        )
    )
    assert [
        (interaction.title, interaction.rating, interaction.time.day) for interaction in parsed.interactions
    ] == [("Heat", 4.0, 14)]
    movie = {"movie": {"title": "Heat", "year": 1995, "ids": {"trakt": 1}}}
    parsed = parse_history(
        zipped(
            {
                "watched/watched-movies.json": json.dumps(
                    [{"plays": 3, "last_watched_at": "2024-01-02", **movie}]
                ),
                "ratings/ratings-movies.json": json.dumps([{"rated_at": "2020-01-02", "rating": 7, **movie}]),
                "lists/lists-watchlist.json": json.dumps(
                    [{"listed_at": "2024-01-02", "movie": {"title": "Ran"}}]
                ),
            }
        )
    )
    assert [
        (interaction.title, interaction.rating, interaction.time.year, interaction.watches)
        for interaction in parsed.interactions
    ] == [("Heat", 3.5, 2024, 3)]


def test_an_archive_of_clips_is_refused_kindly_and_one_of_wishes_is_a_wish_list():
    clips = [{"header": "YouTube", "title": "Watched a clip", "titleUrl": "u", "products": ["YouTube"]}]
    with pytest.raises(HistoryError, match="video clips"):
        parse_history(zipped({"Takeout/YouTube/history/watch-history.json": json.dumps(clips)}))
    with pytest.raises(WishListError) as wished:
        parse_history(zipped({"watchlist.csv": f"{FILMS}\n2024-01-01,Ran,1985,u\n"}))
    assert [one.title for one in wished.value.wish_list] == ["Ran"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"a.csv": b"title\n" + b"0" * 900_000}, "unpacks to far more"),
        ({"a.csv": bytes(range(33, 127)) * 60_000}, "larger than 5 MB unpacked|unpacks to far more"),
        ({f"{i}.csv": "title\nHeat\n" for i in range(2_001)}, "2,001 files; at most 2,000"),
        ({"a.png": b"\x89PNG"}, "no history that is known, only no text"),
        ({"../etc/passwd.csv": "Date,Content\n2020-01-01,x\n"}, "only passwd.csv"),
        ({"inner.zip": b"PK\x03\x04"}, "no history that is known"),
        ({"xl/workbook.xml": "<a/>"}, "Excel file"),
    ],
)
def test_what_is_no_history_or_too_much_is_refused(members, message):
    with pytest.raises(HistoryError, match=message):
        parse_history(zipped(members))


def test_a_broken_archive_says_so():
    whole = zipped({"ratings.csv": f"{FILMS},Rating\n2024-01-05,Heat,1995,a,4.5\n"})
    with pytest.raises(HistoryError, match="broken"):
        parse_history(whole[:60])
    bent = whole.replace(b"Heat", b"Meat")
    assert bent == whole  # deflated: damage the bytes themselves
    at = whole.index(b"ratings.csv") + 15
    with pytest.raises(HistoryError, match="broken"):
        parse_history(whole[:at] + bytes(reversed(whole[at : at + 12])) + whole[at + 12 :])


def test_damage_anywhere_is_an_error_with_words():
    whole = bytearray(zipped({"ratings.csv": f"{FILMS},Rating\n" + "2024-01-05,Heat,1995,a,4.5\n" * 50}))
    for at in range(4, len(whole)):
        bent = whole.copy()
        bent[at] ^= 0x55
        try:
            assert parse_history(bytes(bent)).interactions
        except HistoryError as error:
            assert 10 < len(str(error)) < 600  # noqa: PT017


def test_only_what_can_be_unpacked_within_limits_is_unpacked():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_BZIP2) as archive:  # its reader knows no limit of output
        archive.writestr("ratings.csv", "title\nHeat\n")
    with pytest.raises(HistoryError, match="unusual way"):
        parse_history(packed.getvalue())
