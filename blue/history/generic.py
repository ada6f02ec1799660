"""Tables and JSON that no service's export looks like: the columns are found by their names."""

from collections.abc import Callable
from typing import Any

from blue.datatypes import SkippedRow
from blue.history.columns import (
    CREATOR,
    DATE,
    KIND,
    RATING,
    TITLE,
    YEAR,
    column_for,
    columns_for,
    fold_header,
)
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, new_entry, partition, read_year
from blue.history.lines import RATING_ADVICE, read_line, split_year
from blue.history.ratings import read_mark
from blue.history.records import Record, Records, as_text

_KINDS = {
    **dict.fromkeys(("movie", "film", "movies", "films", "pelicula", "filme"), "movie"),
    **dict.fromkeys(("series", "tv series", "tvseries", "show", "tv show", "tv", "serie", "anime"), "series"),
    **dict.fromkeys(("book", "books", "novel", "buch", "livre", "libro", "livro", "ebook"), "book"),
    **dict.fromkeys(("place", "restaurant", "location"), "place"),
    **dict.fromkeys(("product",), "product"),
}


def _read(document: Document) -> Reading:
    records = document.records
    rating = _rating_column(records)
    entries, skipped = partition(
        row for record in records.records if (row := _to_entry(_unnested(record), rating)) is not None
    )
    return Reading(entries, (*records.skipped, *skipped))


def _to_entry(record: Record, rating: str | None) -> Entry | SkippedRow | None:
    if not record.fields:  # a string in a JSON list
        return read_line(record.line, record.text)
    headers = list(record.fields)
    title, year_in_title = split_year(record.get(*columns_for(TITLE, headers)))
    year = read_year(record.get(*columns_for(YEAR, headers)))
    return new_entry(
        record.line,
        record.text,
        title,
        rating=record.get(rating),
        date=record.get(*columns_for(DATE, headers)),
        kind=_KINDS.get(fold_header(record.get(column_for(KIND, headers)))),
        year=year_in_title if year is None else year,
        creator=record.get(column_for(CREATOR, headers)) or None,
    )


def _rating_column(records: Records) -> str | None:
    """The best-named rating column that holds ratings: "note" is a mark in French, a remark in English."""
    candidates = columns_for(RATING, records.headers)
    return next((header for header in candidates if _holds_ratings(records, header)), None)


def _holds_ratings(records: Records, header: str) -> bool:
    cells = [cell for record in records.records if (cell := record.get(header))]
    return header != "note" or 2 * sum(map(_is_rating, cells)) >= len(cells)


def _is_rating(cell: str) -> bool:
    try:
        read_mark(cell)
    except ValueError:
        return False
    return True


def _unnested(record: Record) -> Record:
    """{"rating": 8, "movie": {"title": ...}} -> the inner fields beside the outer ones, the outer name as kind."""
    for name, value in record.fields.items():
        if isinstance(value, dict) and (inner := _folded(value)) and column_for(TITLE, inner):
            return Record(record.line, record.text, {**inner, "type": name, **_others(record, name)})
    return record


def _folded(value: dict[str, Any]) -> dict[str, Any]:
    return {fold_header(key): cell for key, cell in value.items()}


def _others(record: Record, name: str) -> dict[str, Any]:
    return {key: cell for key, cell in record.fields.items() if key != name and as_text(cell)}


def _in_layout(layout: str) -> Callable[[Document], bool]:
    return lambda document: document.records is not None and document.records.layout == layout


CSV_IMPORTER = Importer("csv", "CSV", _in_layout("csv"), _read)
JSON_IMPORTER = Importer("json", "JSON", _in_layout("json"), _read)
JSONL_IMPORTER = Importer("jsonl", "JSON lines", _in_layout("jsonl"), _read)
