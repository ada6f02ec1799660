"""Amazon Reviews 2023 (JSONL): `title` is the review's; the item's must be joined from its metadata."""

from blue.datatypes import SkippedRow
from blue.errors import HistoryError
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, new_entry, partition, skip
from blue.history.records import Record, as_text
from blue.history.titles import without_brackets

_ADVICE = "Join the item metadata on parent_asin and write the item's title as 'item_title'."
_KINDS = {"books": "book", "buy a kindle": "book", "movies tv": "movie", "movies & tv": "movie"}


def _read(document: Document) -> Reading:
    records = document.records.records
    if not any(_item_title(record) for record in records):
        raise HistoryError(
            f"This is Amazon Reviews 2023 without the items' titles: 'title' is the review's. {_ADVICE}"
        )
    entries, skipped = partition(_to_entry(record) for record in records)
    return Reading(entries, (*document.records.skipped, *skipped), rating_scale=5)


def _item_title(record: Record) -> str:
    meta = record.fields.get("meta")
    joined = as_text(meta.get("title")) if isinstance(meta, dict) else ""
    return record.get("item title", "product title") or joined


def _to_entry(record: Record) -> Entry | SkippedRow:
    title = _item_title(record)
    if not title:
        return skip(record.line, record.text, f"The item has no title. {_ADVICE}")
    meta = record.fields.get("meta") if isinstance(record.fields.get("meta"), dict) else {}
    category = record.get("main category", "category") or as_text(meta.get("main_category"))
    return new_entry(
        record.line,
        record.text,
        title,
        rating=record.get("rating"),
        date=record.get("timestamp", "sort timestamp"),
        kind=_KINDS.get(category.casefold(), "product"),
        creator=without_brackets(record.get("store", "author") or as_text(meta.get("store"))) or None,
    )


def _recognises(document: Document) -> bool:
    if document.records is None or document.records.layout == "csv":
        return False
    return document.has("rating", "parent asin") or document.has("rating", "asin", "text")


IMPORTER = Importer(
    "amazon-reviews-2023",
    "Amazon Reviews 2023",
    _recognises,
    _read,
    "title: item_title, meta.title; own mark (of 5): rating; date: timestamp; kind: main_category",
    "amazon-reviews-2023.github.io",
)
