"""Letterboxd export: ratings.csv, watched.csv, diary.csv and reviews.csv, with half stars."""

from blue.datatypes import SkippedRow
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, new_entry, partition, read_year
from blue.history.records import Record


def _read(document: Document) -> Reading:
    entries, skipped = partition(_to_entry(record) for record in document.records.records)
    return Reading(entries, (*document.records.skipped, *skipped), rating_scale=5)


def _to_entry(record: Record) -> Entry | SkippedRow:
    return new_entry(
        record.line,
        record.text,
        record.get("name"),
        rating=record.get("rating"),
        date=record.get(
            "watched date", "date"
        ),  # a diary has both: the day of the entry, the day of watching
        kind="movie",
        year=read_year(record.get("year")),
    )


IMPORTER = Importer(
    "letterboxd", "Letterboxd", lambda document: document.has("name", "year", "letterboxd uri"), _read
)
