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
from blue.history.columns import folded
from blue.history.entries import skip
from blue.history.json_places import Place, places_in
from blue.history.records import MAX_ROWS, Record, Records, as_text, too_many_rows

_LOOKS_LIKE_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\[{\"\]])")  # not "[REC] (2007) | 4"
_PYTHON = re.compile(r"\s*[\[{(]+\s*(?:\{\s*)?'[^'\n]{1,80}'\s*:")  # {'title': ..., as print() shows a dict

Row = tuple[int, str, Any, str]  # 1-based physical line, source text, value, name of its list


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
    places = places_in(text, len(text) - len(text.lstrip()), root)
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
        fields = folded(value) if isinstance(value, dict) else {}
        records.append(Record(line, text if fields else as_text(value), fields, name))
    headers = dict.fromkeys(header for record in records[:100] for header in record.fields)
    return Records(layout, tuple(records), skipped, tuple(headers), root)


def _numbered(text: str, places: Iterator[Place]) -> Iterator[Row]:
    """Turn starts, which increase, into 1-based lines."""
    line, counted = 1, 0
    for start, end, value, name in places:
        line += text.count("\n", counted, start)
        counted = start
        yield line, text[start:end], value, name
