"""Exports in the true form of public ones, with made-up rows: those that came out wrong, and one a kind."""

import json
from pathlib import Path

import pytest

from blue.datatypes import Interaction, ParsedHistory
from blue.errors import HistoryError, WishListError
from blue.history import parse_history

FOLDER = Path(__file__).parent / "exports"
CASES = [
    pytest.param(FOLDER / folder / name, wanted, id=f"{folder}/{name}")
    for folder in ("reported", "made_up")
    for name, wanted in json.loads((FOLDER / folder / "expected.json").read_text(encoding="utf-8")).items()
]


def the(parsed: ParsedHistory, title: str) -> Interaction:
    return next(one for one in parsed.interactions if title in one.title)


@pytest.mark.parametrize(("path", "wanted"), CASES)
def test_an_export_comes_out_right(path, wanted):
    if wanted.get("refuse") or wanted.get("wish_list"):
        with pytest.raises(HistoryError, match=wanted.get("says")) as refused:
            parse_history(path.read_bytes(), path.name)
        assert isinstance(refused.value, WishListError) == bool(wanted.get("wish_list"))
        assert "\n" not in str(refused.value)
        return
    parsed = parse_history(path.read_bytes(), path.name)
    titles = [one.title for one in parsed.interactions]
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
