"""A file of items -> rows under the headers as they are written. Its content tells its form, not its name.

CSV with any usual delimiter (byte order marks and encodings as for histories), JSON lines, a JSON list of
objects, and Parquet; the text formats also gzipped.
"""

import csv
import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl

from blue.control_characters import strip_control_characters
from blue.datatypes import SkippedRow
from blue.errors import CatalogError, HistoryError
from blue.history import decode_bytes, iter_rows, skip

MAX_BYTES = 512 * 1024 * 1024  # of text; in memory it takes three times as much
_TYPED = re.compile(r"[^:]+:(?:token|token_seq|float|float_seq)")  # RecBole's atomic files
_ONE_TEXT = re.compile(r"title|name|description|text", re.IGNORECASE)
_DELIMITERS = (",", ";", "\t", "|")
_LOOKED_AT = 50  # lines by which a delimiter is chosen, or records by which the fields are known
_KNOWN_FORMS = "Give a CSV with a header line, JSON lines, a JSON list of objects, or Parquet"


@dataclass(frozen=True)
class SourceRow:
    """One record; `line` is its 1-based physical line, or its number in a JSON list or a Parquet file."""

    line: int
    cells: Mapping[str, Any]  # header as written -> value

    @property
    def text(self) -> str:
        """The row for its owner: what is filled in, in the file's order."""
        return " | ".join(str(value) for value in self.cells.values() if value not in (None, ""))


@dataclass(frozen=True)
class Source:
    """The headers of a file, and its rows: to be read once, in order."""

    form: str  # "CSV", "JSON lines", "JSON" or "Parquet"
    headers: tuple[str, ...]
    rows: Iterator[SourceRow | SkippedRow]


def open_source(path: Path) -> Source:
    """Find out what a file is and read its headers.

    Raises:
        CatalogError: it is not there, empty, too large, or none of the known forms.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            if file.read(4) == b"PAR1":
                return _parquet(path)
        content = _unpacked(path)
    except OSError as error:
        raise CatalogError(f"Cannot read {path}: {error.strerror}. {_KNOWN_FORMS}.") from error
    text = _decoded(path, content)
    opening = text.lstrip()[:1]
    if opening == "[":
        return _json_list(path, text)
    return _json_lines(path, text) if opening == "{" else _table(path, text)


def _unpacked(path: Path) -> bytes:
    with path.open("rb") as file:
        zipped = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if zipped else path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise CatalogError(f"{path} is a damaged gzip file ({error}). Pack it again.") from error
    if len(content) > MAX_BYTES:
        raise CatalogError(
            f"{path} holds more than {MAX_BYTES // 2**20} MB of text. Save it as Parquet, which is read in "
            "parts, or keep only the columns that describe an item."
        )
    return content


def _decoded(path: Path, content: bytes) -> str:
    try:
        text = decode_bytes(content)
    except HistoryError as error:  # it names the signature; its advice is for histories
        raise CatalogError(f"{path}: {str(error).partition('.')[0]}. {_KNOWN_FORMS}.") from error
    text = strip_control_characters(text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.strip():
        raise CatalogError(f"{path} is empty. {_KNOWN_FORMS}.")
    return text


def _table(path: Path, text: str) -> Source:
    lines = tuple(text.split("\n"))
    start = next(number for number, line in enumerate(lines) if line.strip())
    told = re.fullmatch(r"sep=(.)", lines[start].strip(), re.IGNORECASE)  # Excel's hint
    start += bool(told)
    delimiter = told[1] if told else _delimiter(lines[start : start + _LOOKED_AT])
    rows = iter_rows(lines, start, delimiter)
    header = next(rows, None)
    if header is None or isinstance(header, SkippedRow):
        raise CatalogError(f"{path}, line {start + 1}: this is no header line. {_KNOWN_FORMS}.")
    headers = tuple(" ".join(cell.split()) for cell in header[1])
    if "::" in lines[start]:
        raise CatalogError(
            f"{path}: its fields are parted by '::' and no line names them. Write it as CSV with a header "
            "line, e.g. item_id,title,genres."
        )
    if all(map(_TYPED.fullmatch, headers)):
        return _typed_table(headers, rows, lines)
    return Source("CSV", tuple(dict.fromkeys(filter(None, headers))), _table_rows(headers, rows, lines))


def _typed_table(headers: tuple[str, ...], rows: Iterable, lines: tuple[str, ...]) -> Source:
    """Headers with their types, "class:token_seq": several tokens are parted by spaces, but in a title."""
    typed = {header: header.rpartition(":")[::2] for header in headers}
    lists = {name for name, kind in typed.values() if kind == "token_seq" and not _ONE_TEXT.search(name)}

    def untyped() -> Iterator[SourceRow | SkippedRow]:
        for row in _table_rows(headers, rows, lines):
            if isinstance(row, SourceRow):
                cells = {typed[header][0]: cell for header, cell in row.cells.items()}
                row = SourceRow(row.line, {n: c.split() if n in lists else c for n, c in cells.items()})
            yield row

    return Source("CSV", tuple(name for name, _ in typed.values()), untyped())


def _delimiter(lines: tuple[str, ...]) -> str:
    """The one under which most lines have as many cells as the header; of equals, the one with most cells."""
    best, chosen = (0.0, 1), ","
    for candidate in _DELIMITERS:
        try:
            counts = [len(cells) for cells in csv.reader(lines, delimiter=candidate) if cells]
        except csv.Error:  # a cell above the csv module's limit
            continue
        agreement = (counts.count(counts[0]) / len(counts), counts[0])
        if counts[0] > 1 and agreement > best:
            best, chosen = agreement, candidate
    return chosen


def _table_rows(
    headers: tuple[str, ...], rows: Iterable, lines: tuple[str, ...]
) -> Iterator[SourceRow | SkippedRow]:
    for row in rows:
        if isinstance(row, SkippedRow):
            yield row
            continue
        line, cells = row
        text = lines[line - 1]
        if any(cell.strip() for cell in cells[len(headers) :]):
            size = f"It has {len(cells)} cells, the header has {len(headers)}."
            yield skip(line, text, f'{size} Put a cell with the delimiter in it in "quotes".')
            continue
        fields: dict[str, str] = {}
        for header, cell in zip(headers, cells, strict=False):
            if header:
                fields.setdefault(header, cell)  # of two columns with one name the first counts
        yield SourceRow(line, fields)


def _json_lines(path: Path, text: str) -> Source:
    def rows() -> Iterator[SourceRow | SkippedRow]:
        for number, line in enumerate(text.split("\n"), start=1):
            if not line.strip():
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                value = None
            if isinstance(value, dict):
                yield SourceRow(number, value)
            else:
                yield skip(number, line, "It is not a whole JSON object. Write one object a line.")

    source = _with_headers("JSON lines", rows())
    if not source.headers:
        raise CatalogError(
            f"{path}: its lines are no JSON objects (Python writes {{'title': ...}} with single quotes; JSON "
            'wants "title"). Convert each line, e.g. json.dumps(ast.literal_eval(line)) in Python.'
        )
    return source


def _json_list(path: Path, text: str) -> Source:
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CatalogError(f"{path}: the JSON cannot be read: {str(error)[:200]}. Export it again.") from None

    def rows() -> Iterator[SourceRow | SkippedRow]:
        for number, value in enumerate(values, start=1):
            if isinstance(value, dict):
                yield SourceRow(number, value)
            else:
                yield skip(number, str(value), 'It is not an object. Write {"title": ...} for every item.')

    return _with_headers("JSON", rows())


def _with_headers(form: str, rows: Iterator[SourceRow | SkippedRow]) -> Source:
    """The keys of the first records, then all rows."""
    first = list(islice(rows, _LOOKED_AT))
    headers = dict.fromkeys(key for row in first if isinstance(row, SourceRow) for key in row.cells)
    return Source(form, tuple(headers), chain(first, rows))


def _parquet(path: Path) -> Source:
    try:
        table = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CatalogError(f"{path} is not a readable Parquet file ({error}). Write it again.") from error

    rows = (SourceRow(number, cells) for number, cells in enumerate(table.iter_rows(named=True), start=1))
    return Source("Parquet", tuple(table.columns), rows)
