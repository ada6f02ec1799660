"""Goodreads library export: books with shelves; the to-read shelf is a wish list, not history."""

import re

from blue.datatypes import SkippedRow
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, new_entry, partition, read_year
from blue.history.records import Record

_HISTORY_SHELVES = frozenset({"read", "currently-reading", ""})
_SERIES = re.compile(r"\s*\([^()]*#\s?[\d.,\s–-]+\)$")  # "Dune (Dune, #1)"


def _read(document: Document) -> Reading:
    entries, skipped = partition(_to_entry(record) for record in document.records.records)
    return Reading(entries, (*document.records.skipped, *skipped), rating_scale=5, newest_first=True)


def _to_entry(record: Record) -> Entry | SkippedRow:
    shelf = record.get("exclusive shelf")
    entry = new_entry(
        record.line,
        record.text,
        _SERIES.sub("", record.get("title")[:1000]),
        rating=record.get("my rating"),
        date=record.get("date read", "date added"),
        kind="book",
        year=read_year(record.get("original publication year")),
        creator=record.get("author") or None,
    )
    if isinstance(entry, Entry) and shelf not in _HISTORY_SHELVES:
        return SkippedRow(record.line, record.text[:200], f"It is on the shelf {shelf!r}, not read yet.")
    return entry


def _recognises(document: Document) -> bool:
    return document.has("title", "my rating", "exclusive shelf") or document.has(
        "book id", "title", "my rating"
    )


IMPORTER = Importer("goodreads", "Goodreads", _recognises, _read)
