"""Delimited text with a header -> records: any usual delimiter, quoted newlines, quotes that never close."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import chain

from blue.datatypes import SkippedRow
from blue.history.columns import ITEM, SHOW, TITLE, fold_header, role_of
from blue.history.entries import skip
from blue.history.records import MAX_ROWS, Record, Records, too_many_rows

_DELIMITERS = (",", ";", "\t", "|")
_MAX_LINES_PER_ROW = 300  # a review of 300 lines is long; a quote that is open for longer was never closed
_MAX_UNCLOSED = 20  # a file with more broken quotes than this has no multi-line cells worth looking for
_PREAMBLE = 40  # lines above a table in which its header is looked for
_NEVER_IN_TEXT = "\x00"  # decoding took out every control character

Row = tuple[int, list[str]]  # 1-based physical line, cells


def read_table(lines: tuple[str, ...]) -> Records | None:
    """The table in a text: its header is the first line that is no comment, or stands below a preamble.

    None without a header.
    """
    start = next((i for i, line in enumerate(lines) if line.strip() and not line.startswith("#")), None)
    if start is None:
        return None
    excel_hint = re.fullmatch(r"sep=(.)", lines[start].strip(), re.IGNORECASE)
    if excel_hint:
        start, delimiter = start + 1, excel_hint[1]
    else:
        start, delimiter = _find_header(lines, start)
    if delimiter is None:
        return None
    rows = iter_rows(lines, start, delimiter)
    header = next(rows, None)
    if header is None or isinstance(header, SkippedRow):
        return None
    return to_records([fold_header(cell) for cell in header[1]], rows, lines, delimiter)


def _find_header(lines: tuple[str, ...], start: int) -> tuple[int, str | None]:
    """The line of the header and its delimiter; Letterboxd's lists have a table of their own above it."""
    header, delimiter = start, _find_delimiter(lines[start])
    for i in range(start + 1, min(start + _PREAMBLE, len(lines))):
        below_a_gap = delimiter is None or not lines[i - 1].strip()
        if below_a_gap and lines[i].count(",") > 1 and (found := _find_delimiter(lines[i], at_least=2)):
            header, delimiter = i, found
    return header, delimiter


def _find_delimiter(header: str, at_least: int = 1) -> str | None:
    """The delimiter under which most cells are known headers, a title or an item's id among them."""
    best, delimiter = at_least - 1, None
    for candidate in _DELIMITERS:
        cells = next(csv.reader([header[:5000]], delimiter=candidate, skipinitialspace=True), [])
        roles = [role_of(fold_header(cell)) for cell in cells]
        known = sum(role is not None for role in roles)
        named = TITLE in roles or SHOW in roles
        if known > best and (named or (ITEM in roles and known > 1)):
            best, delimiter = known, candidate
    return delimiter


def iter_rows(lines: tuple[str, ...], start: int, delimiter: str) -> Iterator[Row | SkippedRow]:
    """Rows from the 0-based line `start`; a quote that never closes costs its own line alone."""
    dialect = csv.reader((), delimiter=delimiter, skipinitialspace=True).dialect
    unclosed = 0
    while start < len(lines):
        span = 1 if '"' not in lines[start] or unclosed > _MAX_UNCLOSED else _MAX_LINES_PER_ROW
        cells, length = _first_row(lines, start, min(span, len(lines) - start), dialect)
        if cells is None:
            unclosed += 1
            yield skip(
                start + 1, lines[start], "A quote is opened and never closed. Close it with another quote."
            )
        elif "".join(cells).strip(" -:"):  # not blank, nor the ruler of a Markdown table
            yield start + 1, cells
        start += length


def _first_row(
    lines: tuple[str, ...], start: int, span: int, dialect: csv.Dialect
) -> tuple[list[str] | None, int]:
    """Cells of the row at `start` and how many lines it spans; (None, 1) if it does not end within `span`."""
    first = f"{lines[start]}\n"
    more = (f"{lines[i]}\n" for i in range(start + 1, start + span))
    windows = (((first, _NEVER_IN_TEXT), 1), (chain((first,), more, (_NEVER_IN_TEXT,)), span))
    for window, most in windows:  # nearly every row is one line
        reader = csv.reader(window, dialect)
        try:
            cells = next(reader)
        except csv.Error:  # a cell above the csv module's limit of 131,072 characters
            return None, 1
        if reader.line_num <= most:  # else the row swallowed what stands after the window
            return cells, reader.line_num
    return None, 1


def _inside(cell: str, delimiter: str) -> list[str]:
    """The cells of a row that was quoted as a whole; the cell alone where it holds no row."""
    try:
        return next(csv.reader(io.StringIO(cell, newline=""), delimiter=delimiter), [cell])
    except csv.Error:
        return [cell]


def to_records(
    headers: list[str], rows: Iterator[Row | SkippedRow], lines: tuple[str, ...], delimiter: str
) -> Records:
    """Rows under folded headers; HistoryError above the limit of rows."""
    records: list[Record] = []
    skipped: list[SkippedRow] = []
    for row in rows:
        if len(records) + len(skipped) >= MAX_ROWS:
            raise too_many_rows()
        if isinstance(row, SkippedRow):
            skipped.append(row)
            continue
        line, cells = row
        text = lines[line - 1]
        if len(cells) == 1 < len(headers) and delimiter in cells[0]:  # the whole row is one quoted cell
            cells = _inside(cells[0], delimiter)
        if len(cells) > len(headers) and any(cell.strip() for cell in cells[len(headers) :]):
            size = f"It has {len(cells)} cells, the header has {len(headers)}."
            skipped.append(skip(line, text, f'{size} Put a cell with a comma in "quotes".'))
            continue
        fields = dict(zip(headers, cells, strict=False))
        if len(fields) < min(len(headers), len(cells)):  # of two columns with one name the first counts
            fields = dict(reversed(list(zip(headers, cells, strict=False))))
        records.append(Record(line, text, fields))
    return Records("csv", tuple(records), tuple(skipped), tuple(dict.fromkeys(headers)))
