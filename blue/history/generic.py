"""Tables and JSON that no service's export looks like: the columns are found by their names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
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
    role_of,
    scale_in,
)
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, clean_title, new_entry, partition, read_year
from blue.history.lines import read_line, split_year
from blue.history.ratings import read_mark
from blue.history.records import Record, Records, as_text

_KINDS = {
    **dict.fromkeys(("movie", "film", "movies", "films", "pelicula", "filme"), "movie"),
    **dict.fromkeys(("series", "tv series", "tvseries", "show", "tv show", "tv", "serie", "anime"), "series"),
    **dict.fromkeys(("book", "books", "novel", "buch", "livre", "libro", "livro", "ebook"), "book"),
    **dict.fromkeys(("place", "restaurant", "location"), "place"),
    **dict.fromkeys(("product",), "product"),
}


@dataclass(frozen=True)
class _Columns:
    """The folded headers that play each role, the best first; ratings and creators have one column."""

    title: tuple[str, ...]
    date: tuple[str, ...]
    year: tuple[str, ...]
    rating: str | None
    kind: str | None
    creator: str | None


def _read(document: Document) -> Reading:
    records = replace(document.records, records=tuple(map(_unnested, document.records.records)))
    columns = _find_columns(records)
    rows = (_to_entry(record, columns) for record in records.records)
    entries, skipped = partition(row for row in rows if row is not None)
    notes = () if columns.rating else _about_missing_ratings(records)
    scale = scale_in(columns.rating) if columns.rating else None
    return Reading(entries, (*records.skipped, *skipped), notes, rating_scale=scale)


def _about_missing_ratings(records: Records) -> tuple[str, ...]:
    unknown = [header for header in records.headers if header and role_of(header) is None]
    if not unknown:
        return ()
    names = ", ".join(repr(header) for header in unknown[:8])
    return (f"No column of ratings was found. Not used: {names}. Call a column 'rating' to have it read.",)


def _find_columns(records: Records) -> _Columns:
    headers = list(dict.fromkeys(header for record in records.records for header in record.fields))
    return _Columns(
        title=columns_for(TITLE, headers),
        date=columns_for(DATE, headers),
        year=columns_for(YEAR, headers),
        rating=_rating_column(records, columns_for(RATING, headers)),
        kind=column_for(KIND, headers),
        creator=column_for(CREATOR, headers),
    )


def _to_entry(record: Record, columns: _Columns) -> Entry | SkippedRow | None:
    if not record.fields:  # a string in a JSON list
        return read_line(record.line, record.text)
    title, year_in_title = split_year(clean_title(record.get(*columns.title)[:2000]))
    year = read_year(record.get(*columns.year))
    return new_entry(
        record.line,
        record.text,
        title,
        rating=record.get(columns.rating),
        date=record.get(*columns.date),
        kind=_KINDS.get(fold_header(record.get(columns.kind))),
        year=year_in_title if year is None else year,
        creator=record.get(columns.creator) or None,
    )


def _rating_column(records: Records, candidates: Sequence[str]) -> str | None:
    """The best-named column that holds ratings: "note" is a mark in French, a remark in English."""
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
    """{"rating": 8, "movie": {"title": "Heat"}} -> one flat record with the type "movie"."""
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
