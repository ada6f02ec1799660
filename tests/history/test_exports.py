"""Exports in the true form of public ones, with made-up rows: those that came out wrong, and one a kind."""

import json
from pathlib import Path

import pytest

from blue.datatypes import Interaction, ParsedHistory
from blue.errors import HistoryError, WishListError
from blue.history import parse_history
from blue.history.format_table import PAGE, page
from blue.history.parsing import IMPORTERS, PLAIN

FOLDER = Path(__file__).parent / "exports"
CASES = [
    pytest.param(FOLDER / folder / name, wanted, id=f"{folder}/{name}")
    for folder in ("reported", "made_up")
    for name, wanted in json.loads((FOLDER / folder / "expected.json").read_text(encoding="utf-8")).items()
]


def the(parsed: ParsedHistory, title: str) -> Interaction:
    return next(interaction for interaction in parsed.interactions if title in interaction.title)


@pytest.mark.parametrize(("path", "wanted"), CASES)
def test_an_export_comes_out_right(path, wanted):
    if wanted.get("refuse") or wanted.get("wish_list"):
        with pytest.raises(HistoryError, match=wanted.get("says")) as refused:
            parse_history(path.read_bytes(), path.name)
        assert isinstance(refused.value, WishListError) == bool(wanted.get("wish_list"))
        assert "\n" not in str(refused.value)
        return
    parsed = parse_history(path.read_bytes(), path.name)
    titles = [interaction.title for interaction in parsed.interactions]
    assert len(titles) == wanted.get("n", len(titles)), titles
    for part in wanted.get("contains", ()):
        assert any(part in title for title in titles), (part, titles)
    for part in (*wanted.get("absent", ()), *wanted.get("none_contains", ())):
        assert not any(part in title for title in titles), (part, titles)
    for part in wanted.get("once", ()):
        assert sum(part in title for title in titles) == 1, titles
    for part, stars in wanted.get("ratings", {}).items():
        assert the(parsed, part).rating == stars, part
    for part, date in wanted.get("dates", {}).items():
        time = the(parsed, part).time
        assert (time and time.isoformat().startswith(date)) if date else time is None, (part, time)
    for part, kind in wanted.get("kinds_not", {}).items():
        assert the(parsed, part).kind != kind
    for part, kind in wanted.get("kinds", {}).items():
        assert the(parsed, part).kind == kind
    for part, times in wanted.get("watches", {}).items():
        assert the(parsed, part).watches == times, part


def test_what_was_given_up_is_a_weak_dislike_and_said():
    parsed = parse_history("title,status,rating\nBabel,dropped,\nCirce,dropped,4\nEmma,finished,5\n")
    assert {interaction.title: interaction.rating for interaction in parsed.interactions} == {
        "Babel": 2.0,
        "Circe": 4.0,
        "Emma": 5.0,
    }
    assert parsed.notes == ("1 title was given up without a mark: taken as a weak dislike, 2 of 5.",)


def test_the_page_of_formats_is_current():
    assert PAGE.read_text(encoding="utf-8") == page(), "run: python -m blue.history.format_table"
    assert all(importer.columns and (importer.source or importer.name in PLAIN) for importer in IMPORTERS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("<a>\n<b>x</b>\n", "markup"),
        ("https://a.example/1\nhttps://a.example/2\n", "addresses"),
        ("import os\nfrom a import b\nprint(x);\n", "program text"),
        ("1 2 3\n4 5 6\n", "numbers without titles"),
        ("a,b,c,d\ne,f,g,h\n", "4 columns without names"),
        ("{'title': 'Heat'}\n{'title': 'Alien'}\n", "Python, not JSON"),
        ('[{"appid": 1}, {"appid": 2}]', "No title is in this JSON, only 'appid'"),
        ("<!DOCTYPE html><html><body>Heat</body></html>", "web page"),
        ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>', "defines entities"),
    ],
)
def test_what_is_no_list_of_titles_is_refused_by_its_cause(text, says):
    with pytest.raises(HistoryError, match=says):
        parse_history(text)
