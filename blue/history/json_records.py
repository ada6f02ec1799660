"""JSON and JSONL -> records, each with the physical line on which it starts.

All lists of objects are read, wherever they are: `{"movies": [...], "shows": [...]}`, `{"response": {"games":
[...]}}`, lists of lists. The name of a list is kept: it may say the kind ("shows") or that it is a wish list.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from blue.datatypes import SkippedRow
from blue.errors import HistoryError
from blue.history.columns import DATE, DONE, ITEM, RATING, SHOW, TITLE, fold_header, role_of
from blue.history.entries import skip
from blue.history.objects import bears_title, keys_of
from blue.history.ratings import read_mark
from blue.history.records import MAX_ROWS, Record, Records, as_text, too_many_rows

_LOOKS_LIKE_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")  # not "[REC] (2007) | 4"
_PYTHON = re.compile(r"\s*[\[{(]+\s*(?:\{\s*)?'[^'\n]{1,80}'\s*:")  # {'title': ..., as print() shows a dict
_SPACE = re.compile(r"[\s,:]*")
_DECODER = json.JSONDecoder()
_DEEPEST = 8  # lists inside lists; real exports have four
_OF_LISTS = frozenset(
    {"entries", "items", "books", "movies", "films", "shows", "games", "anime", "manga", "history"}
)
_NOT_TITLES = frozenset(
    {"followers", "following", "friends", "user", "profile", "settings", "account", "comments", "stats"}
)  # fmt: skip

Row = tuple[int, str, Any, str]  # 1-based physical line, source text, value, name of its list
Place = tuple[int, int, Any, str]  # start and end in the text, value, name of its list


def read_json(text: str) -> Records | None:
    """The records of a JSON or JSONL text; None if it does not look like JSON, HistoryError if broken."""
    if _PYTHON.match(text):
        raise HistoryError(
            "These lines are Python, not JSON: the quotes are single. Write them with json.dumps, or as "
            "'Dune | 5'."
        )
    if not _LOOKS_LIKE_JSON.match(text):
        return None
    try:
        return _read_json_lines(text) if _is_json_lines(text) else _read_one_value(text)
    except RecursionError:
        raise HistoryError(
            'The JSON is nested too deeply. Write a list of objects, e.g. [{"title": "Dune", "rating": 5}].'
        ) from None


def _is_json_lines(text: str) -> bool:
    """Whether the first line is a whole object and more lines follow."""
    first, _, rest = text.lstrip().partition("\n")
    if not rest.strip():
        return False
    try:
        return isinstance(json.loads(first), dict)
    except ValueError:
        return False


def _read_one_value(text: str) -> Records:
    try:
        root = json.loads(text)
    except ValueError as error:  # JSONDecodeError (which names the line), or a number of thousands of digits
        raise HistoryError(
            f"The JSON cannot be read: {str(error)[:200]}. Export it again, or paste plain lines."
        ) from None
    places = _places(text, _SPACE.match(text).end(), root)
    return _to_records("json", _numbered(text, places), (), root if isinstance(root, dict) else None)


def _read_json_lines(text: str) -> Records:
    rows: list[Row] = []
    skipped: list[SkippedRow] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if len(rows) + len(skipped) >= MAX_ROWS:
            raise too_many_rows()
        try:
            rows.append((number, line, json.loads(line), ""))
        except ValueError:
            skipped.append(skip(number, line, "It is not a complete JSON object."))
    return _to_records("jsonl", iter(rows), tuple(skipped), None)


def _to_records(
    layout: str, rows: Iterator[Row], skipped: tuple[SkippedRow, ...], root: dict[str, Any] | None
) -> Records:
    records: list[Record] = []
    for line, text, value, name in rows:
        if len(records) >= MAX_ROWS:
            raise too_many_rows()
        fields = {fold_header(key): cell for key, cell in value.items()} if isinstance(value, dict) else {}
        records.append(Record(line, text if fields else as_text(value), fields, name))
    headers = dict.fromkeys(header for record in records[:100] for header in record.fields)
    return Records(layout, tuple(records), skipped, tuple(headers), root)


def _places(text: str, start: int, value: Any, name: str = "", depth: int = 0) -> Iterator[Place]:
    """Where the rows of a value are, in the order of the text."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for begin, end, element in _elements(text, start):
            yield from _element(text, begin, end, element, name, depth)
    elif isinstance(value, dict):
        yield from _object(text, start, value, name, depth)


def _element(text: str, start: int, end: int, value: Any, name: str, depth: int) -> Iterator[Place]:
    """An element of a list is a row, unless it is a list itself or holds one that is called like one."""
    if isinstance(value, list):
        yield from _places(text, start, value, name, depth + 1)
    elif isinstance(value, dict) and any(
        isinstance(cell, list) and _is_list_of_rows(key, cell) for key, cell in value.items()
    ):
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
    members = [member for member in _members(text, start) if fold_header(member[0]) not in _NOT_TITLES]
    lists = [member for member in members if _holds_rows(member[3])]
    is_container = any(_is_list_of_rows(key, cell) for key, _, _, cell in members) or (
        bool(lists) and depth < 2
    )
    if any(role_of(key) in (TITLE, SHOW, ITEM) for key in keys_of(value)) and not is_container:
        yield start, _DECODER.raw_decode(text, start)[1], value, name
    elif members and all(isinstance(cell, dict) for *_, cell in members) and len(members) > 1:
        for key, begin, end, cell in members:
            yield from _under_a_key(text, key, begin, end, cell, depth)
    elif lists or any(isinstance(cell, dict) for *_, cell in members):
        for key, begin, _, cell in members:
            if isinstance(cell, list | dict):
                yield from _places(text, begin, cell, key if len(key) < 60 else name, depth + 1)
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
        yield from _places(text, start, value, key, depth + 1)


def _are_marks(members: list[tuple[str, int, int, Any]]) -> bool:
    """Whether the values of a map are marks: most are, and the keys are titles."""
    marks = 0
    for *_, cell in members:
        try:
            marks += not isinstance(cell, bool) and (cell is None or read_mark(as_text(cell)) is not None)
        except ValueError:
            continue
    return bool(members) and 2 * marks > len(members)


def _members(text: str, start: int) -> Iterator[tuple[str, int, int, Any]]:
    """(key, start and end of the value, value) of the object at `start` of a text known to be valid JSON."""
    position = _SPACE.match(text, start + 1).end()
    while text[position] != "}":
        key, position = _DECODER.raw_decode(text, position)
        begin = _SPACE.match(text, position).end()
        value, end = _DECODER.raw_decode(text, begin)
        yield key, begin, end, value
        position = _SPACE.match(text, end).end()


def _elements(text: str, start: int) -> Iterator[tuple[int, int, Any]]:
    """(start, end, value) of each element of the array at `start`, in a text known to be valid JSON."""
    position = _SPACE.match(text, start + 1).end()
    while text[position] != "]":
        value, end = _DECODER.raw_decode(text, position)
        yield position, end, value
        position = _SPACE.match(text, end).end()


def _numbered(text: str, places: Iterator[Place]) -> Iterator[Row]:
    """Turn starts, which increase, into 1-based lines."""
    line, counted = 1, 0
    for start, end, value, name in places:
        line += text.count("\n", counted, start)
        counted = start
        yield line, text[start:end], value, name
