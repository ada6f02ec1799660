import json

import pytest

from blue.errors import HistoryError
from blue.history import parse_history


def test_a_list_of_strings_is_read_like_lines():
    parsed = parse_history('[\n "Dune (1984) | 4",\n "Heat"\n]')
    assert parsed.format == "json"
    assert [(i.title, i.year, i.rating, i.line) for i in parsed.interactions] == [
        ("Dune", 1984, 4.0, 2),
        ("Heat", None, None, 3),
    ]


@pytest.mark.parametrize("wrap", [lambda rows: rows, lambda rows: {"user": "a", "tags": [], "history": rows}])
def test_a_list_of_objects_bare_or_wrapped(wrap):
    rows = [
        {"title": "Dune", "rating": 8, "date": "2020-01-02"},
        {"title": "Heat", "rating": None, "year": 1995},
    ]
    parsed = parse_history(json.dumps(wrap(rows), indent=1))
    assert {(i.title, i.rating, i.year) for i in parsed.interactions} == {
        ("Dune", 4.0, None),
        ("Heat", None, 1995),
    }


def test_objects_know_their_physical_line():
    parsed = parse_history('{"history": [\n\n{"title":\n"Dune"},\n{"title": "Heat"}]}')
    assert [(i.title, i.line) for i in parsed.interactions] == [("Dune", 3), ("Heat", 5)]


def test_a_map_from_title_to_rating():
    parsed = parse_history('{"Dune": 5,\n "Heat": "4/5"}')
    assert [(i.title, i.rating, i.line) for i in parsed.interactions] == [("Dune", 5.0, 1), ("Heat", 4.0, 2)]


def test_a_title_inside_an_inner_object_and_its_kind():
    rows = [
        {"rated_at": "2020-01-01", "rating": 8, "movie": {"title": "Heat", "year": 1995, "ids": {}}},
        {"rated_at": "2021-01-01", "rating": 10, "show": {"title": "Dark"}},
    ]
    parsed = parse_history(json.dumps(rows))
    assert [(i.title, i.kind, i.rating, i.year) for i in parsed.interactions] == [
        ("Heat", "movie", 4.0, 1995),
        ("Dark", "series", 5.0, None),
    ]


def test_json_lines_with_a_broken_one():
    parsed = parse_history(
        '{"title": "Dune", "stars": 5}\n\n{"title": "Heat", "stars": \n{"name": "Ran", "stars": 4}\n'
    )
    assert parsed.format == "jsonl"
    assert [(i.title, i.line) for i in parsed.interactions] == [("Dune", 1), ("Ran", 4)]
    assert [(row.line, row.reason) for row in parsed.skipped] == [(3, "It is not a complete JSON object.")]


def test_nan_and_infinity_are_not_ratings():
    parsed = parse_history(
        '[{"title": "Dune", "rating": 4}, {"title": "Heat", "rating": NaN},{"title": "Ran", "rating": 1e999}]'
    )
    assert [i.title for i in parsed.interactions] == ["Dune"]
    assert [row.reason.split(".")[0] for row in parsed.skipped] == [
        "'nan' is not a rating",
        "'inf' is not a rating",
    ]


@pytest.mark.parametrize("source", ["[" * 100_000, '{"a":' * 100_000, "[" * 100_000 + "]" * 100_000])
def test_deep_json(source):
    with pytest.raises(HistoryError, match="nested too deeply"):
        parse_history(source)


def test_broken_json_names_the_line():
    with pytest.raises(HistoryError, match="line 3"):
        parse_history('[{"title": "Dune"},\n{"title": "Heat"},\n{"title": ')


@pytest.mark.parametrize("source", ["[]", "{}", '{"history": []}'])
def test_empty_json(source):
    with pytest.raises(HistoryError, match="no title"):
        parse_history(source)
