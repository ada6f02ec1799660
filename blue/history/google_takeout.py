"""Google Takeout, Maps: Reviews.json, a GeoJSON FeatureCollection, with newer or older property names."""

from collections.abc import Mapping
from typing import Any

from blue.datatypes import SkippedRow
from blue.history.columns import folded
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, new_entry, partition
from blue.history.records import Record, as_text

_STAR_WORDS = {"ONE": "1", "TWO": "2", "THREE": "3", "FOUR": "4", "FIVE": "5"}


def _read(document: Document) -> Reading:
    entries, skipped = partition(_to_entry(record) for record in document.records.records)
    return Reading(entries, (*document.records.skipped, *skipped), rating_scale=5, newest_first=True)


def _to_entry(record: Record) -> Entry | SkippedRow:
    properties = _folded(record.fields.get("properties"))
    place = _folded(properties.get("location"))
    rating = _first(properties, "five star rating published", "star rating")
    return new_entry(
        record.line,
        record.text,
        _first(place, "name", "business name") or _first(properties, "title", "name"),
        rating=_STAR_WORDS.get(rating.upper(), rating),
        date=_first(properties, "date", "published", "updated"),
        kind="place",
    )


def _folded(value: Any) -> Mapping[str, Any]:
    return folded(value) if isinstance(value, dict) else {}


def _first(fields: Mapping[str, Any], *headers: str) -> str:
    return next((text for header in headers if (text := as_text(fields.get(header)))), "")


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
