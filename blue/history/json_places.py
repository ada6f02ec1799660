"""Where the rows of a JSON value stand in its text: in which of its lists, under which keys."""

import json
import re
from collections.abc import Iterator
from typing import Any

from blue.history.columns import DATE, DONE, ITEM, RATING, SHOW, TITLE, fold_header, role_of
from blue.history.objects import bears_title, keys_of
from blue.history.ratings import read_mark
from blue.history.records import as_text

_SPACE = re.compile(r"[\s,:]*")
_scan = json.JSONDecoder().scan_once  # (text, start) -> (value, end), of a text known to be valid
_DEEPEST = 8  # lists inside lists; real exports have four
_OF_LISTS = frozenset(
    {"entries", "items", "books", "movies", "films", "shows", "games", "anime", "manga", "history"}
)
_NOT_TITLES = frozenset(
    {"followers", "following", "friends", "user", "profile", "settings", "account", "comments", "stats"}
)  # fmt: skip

Place = tuple[int, int, Any, str]  # start and end in the text, value, name of its list


def places_in(text: str, start: int, value: Any, name: str = "", depth: int = 0) -> Iterator[Place]:
    """Where the rows of a value are, in the order of the text."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for _, begin, end, element in _inside(text, start):
            if isinstance(element, dict) and list not in map(type, element.values()):
                yield begin, end, element, name  # as nearly all are
            else:
                yield from _element(text, begin, end, element, name, depth)
    elif isinstance(value, dict):
        yield from _object(text, start, value, name, depth)


def _element(text: str, start: int, end: int, value: Any, name: str, depth: int) -> Iterator[Place]:
    """An element of a list is a row, unless it is a list itself or holds one that is called like one."""
    if isinstance(value, list):
        yield from places_in(text, start, value, name, depth + 1)
    elif isinstance(value, dict) and any(_is_list_of_rows(key, cell) for key, cell in value.items()):
        yield from _object(text, start, value, name, depth)
    elif not (isinstance(value, str | int | float | None) and depth > 1):
        yield start, end, value, name


def _is_list_of_rows(key: str, cell: Any) -> bool:
    return (
        isinstance(cell, list)
        and fold_header(key) in _OF_LISTS
        and any(isinstance(one, dict) for one in cell)
    )


def _object(text: str, start: int, value: dict[str, Any], name: str, depth: int) -> Iterator[Place]:
    """The rows in an object: itself, its lists, objects under ids, or a map from titles to marks."""
    members = [member for member in _inside(text, start) if fold_header(member[0]) not in _NOT_TITLES]
    lists = [member for member in members if _holds_rows(member[3])]
    is_container = any(_is_list_of_rows(key, cell) for key, _, _, cell in members) or (
        bool(lists) and depth < 2
    )
    if any(role_of(key) in (TITLE, SHOW, ITEM) for key in keys_of(value)) and not is_container:
        yield start, _scan(text, start)[1], value, name
    elif members and all(isinstance(cell, dict) for *_, cell in members) and len(members) > 1:
        for key, begin, end, cell in members:
            yield from _under_a_key(text, key, begin, end, cell, depth)
    elif lists or any(isinstance(cell, dict) for *_, cell in members):
        for key, begin, _, cell in members:
            if isinstance(cell, list | dict):
                yield from places_in(text, begin, cell, key if len(key) < 60 else name, depth + 1)
    elif _are_marks(members):
        for key, begin, end, cell in members:
            yield begin, end, {"title": key, "rating": cell}, name


def _holds_rows(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(one, dict | list | str) for one in value)


def _under_a_key(
    text: str, key: str, start: int, end: int, value: dict[str, Any], depth: int
) -> Iterator[Place]:
    """{"101": {"title": "Dune"}} is a row, {"Dune": {"rating": 5}} names its title by the key."""
    if bears_title(value):
        yield start, end, value, ""
    elif any(role_of(name) in (RATING, DATE, DONE) for name in keys_of(value)):
        yield start, end, {"title": key, **value}, ""
    else:
        yield from places_in(text, start, value, key, depth + 1)


def _are_marks(members: list[tuple[str, int, int, Any]]) -> bool:
    """Whether the values of a map are marks: most are, and the keys are titles."""
    marks = 0
    for *_, cell in members:
        try:
            marks += not isinstance(cell, bool) and (cell is None or read_mark(as_text(cell)) is not None)
        except ValueError:
            continue
    return bool(members) and 2 * marks > len(members)


def _inside(text: str, start: int) -> Iterator[tuple[str, int, int, Any]]:
    """(key, start and end of the value, value) of all in the object or array at `start` of valid JSON."""
    position, named = _SPACE.match(text, start + 1).end(), text[start] == "{"
    while text[position] not in "]}":
        key = ""
        if named:
            key, position = _scan(text, position)
            position = _SPACE.match(text, position).end()
        value, end = _scan(text, position)
        yield key, position, end, value
        position = _SPACE.match(text, end).end()
