"""Google Takeout, Maps: Reviews.json, a GeoJSON FeatureCollection, with newer or older property names."""

from blue.datatypes import SkippedRow
from blue.history.columns import folded
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, new_entry, partition
from blue.history.records import Record

_STAR_WORDS = {"ONE": "1", "TWO": "2", "THREE": "3", "FOUR": "4", "FIVE": "5"}


def _read(document: Document) -> Reading:
    entries, skipped = partition(_to_entry(record) for record in document.records.records)
    return Reading(entries, (*document.records.skipped, *skipped), rating_scale=5, newest_first=True)


def _to_entry(record: Record) -> Entry | SkippedRow:
    properties = _inner(record, "properties")
    place = _inner(properties, "location")
    rating = properties.get("five star rating published", "star rating")
    return new_entry(
        record.line,
        record.text,
        place.get("name", "business name") or properties.get("title", "name"),
        rating=_STAR_WORDS.get(rating.upper(), rating),
        date=properties.get("date", "published", "updated"),
        kind="place",
    )


def _inner(record: Record, header: str) -> Record:
    value = record.fields.get(header)
    return record._replace(fields=folded(value) if isinstance(value, dict) else {})


def _recognises(document: Document) -> bool:
    root = document.records.root if document.records else None
    return root is not None and root.get("type") == "FeatureCollection" and document.has("properties")


IMPORTER = Importer(
    "google-takeout-reviews",
    "Google Maps reviews (Takeout)",
    _recognises,
    _read,
    "title: location.name; own mark (of 5): five_star_rating_published; date: date",
    "takeout.google.com: Maps (your places), Reviews.json",
)
