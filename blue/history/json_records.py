"""JSON and JSONL -> records, each with the physical line on which it starts."""

import json
import re
from collections.abc import Iterator
from typing import Any

from blue.datatypes import SkippedRow
from blue.errors import HistoryError
from blue.history.columns import ITEM, TITLE, fold_header, role_of
from blue.history.entries import skip
from blue.history.records import MAX_ROWS, Record, Records, as_text, too_many_rows

_LOOKS_LIKE_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")  # not "[REC] (2007) | 4"
_SPACE = re.compile(r"[\s,:]*")
_DECODER = json.JSONDecoder()

Row = tuple[int, str, Any]  # 1-based physical line, source text, value


def read_json(text: str) -> Records | None:
    """The records of a JSON or JSONL text; None if it does not look like JSON, HistoryError if broken."""
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
    return _to_records("json", _iter_rows(text, root), (), root if isinstance(root, dict) else None)


def _read_json_lines(text: str) -> Records:
    rows: list[Row] = []
    skipped: list[SkippedRow] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        if len(rows) + len(skipped) >= MAX_ROWS:
            raise too_many_rows()
        try:
            rows.append((number, line, json.loads(line)))
        except ValueError:
            skipped.append(skip(number, line, "It is not a complete JSON object."))
    return _to_records("jsonl", iter(rows), tuple(skipped), None)


def _to_records(
    layout: str, rows: Iterator[Row], skipped: tuple[SkippedRow, ...], root: dict[str, Any] | None
) -> Records:
    records: list[Record] = []
    for line, text, value in rows:
        if len(records) >= MAX_ROWS:
            raise too_many_rows()
        fields = {fold_header(key): cell for key, cell in value.items()} if isinstance(value, dict) else {}
        records.append(Record(line, text if fields else as_text(value), fields))
    headers = dict.fromkeys(header for record in records[:100] for header in record.fields)
    return Records(layout, tuple(records), skipped, tuple(headers), root)


def _iter_rows(text: str, root: Any) -> Iterator[Row]:
    """Rows of a list, of the longest list in an object, of one object, or of a title -> rating map."""
    if isinstance(root, list):
        yield from _numbered(text, _elements(text, text.index("[")))
        return
    lists = {key: value for key, value in root.items() if isinstance(value, list)}
    if lists:
        longest = max(lists, key=lambda key: len(lists[key]))
        start = next(start for key, start, _, _ in _members(text) if key == longest)
        yield from _numbered(text, _elements(text, start))
    elif any(role_of(fold_header(key)) in (TITLE, ITEM) for key in root):
        yield 1, text, root
    else:
        members = ((start, end, {"title": key, "rating": value}) for key, start, end, value in _members(text))
        yield from _numbered(text, members)


def _members(text: str) -> Iterator[tuple[str, int, int, Any]]:
    """(key, start and end of the value, value) of the top-level object of a text known to be valid JSON."""
    position = _SPACE.match(text, text.index("{") + 1).end()
    while text[position] != "}":
        key, position = _DECODER.raw_decode(text, position)
        start = _SPACE.match(text, position).end()
        value, end = _DECODER.raw_decode(text, start)
        yield key, start, end, value
        position = _SPACE.match(text, end).end()


def _elements(text: str, start: int) -> Iterator[tuple[int, int, Any]]:
    """(start, end, value) of each element of the array at `start`, in a text known to be valid JSON."""
    position = _SPACE.match(text, start + 1).end()
    while text[position] != "]":
        value, end = _DECODER.raw_decode(text, position)
        yield position, end, value
        position = _SPACE.match(text, end).end()


def _numbered(text: str, values: Iterator[tuple[int, int, Any]]) -> Iterator[Row]:
    """Turn starts, which increase, into 1-based lines."""
    line, counted = 1, 0
    for start, end, value in values:
        line += text.count("\n", counted, start)
        counted = start
        yield line, text[start:end], value
