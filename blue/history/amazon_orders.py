"""Amazon order history: Retail.OrderHistory*.csv, and the older Items report. Neither holds ratings."""

import re

from blue.datatypes import SkippedRow
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, new_entry, partition, skip
from blue.history.records import Record

_ISBN_10 = re.compile(r"\d{9}[\dX]")  # the ASIN of a printed book is its ISBN
_BOOK = re.compile(r"book|paperback|hardcover|kindle", re.IGNORECASE)
_FILM = re.compile(r"dvd|blu-?ray|\bvideo\b|4k ultra hd", re.IGNORECASE)
_NO_NAME = frozenset({"not available", "not applicable"})


def _read(document: Document) -> Reading:
    entries, skipped = partition(_to_entry(record) for record in document.records.records)
    return Reading(entries, (*document.records.skipped, *skipped), newest_first=True)


def _to_entry(record: Record) -> Entry | SkippedRow:
    status = record.get("order status", "shipment status")
    if status.casefold() in ("cancelled", "canceled"):
        return skip(record.line, record.text, "The order was cancelled.")
    name = record.get("product name", "title")
    return new_entry(
        record.line,
        record.text,
        "" if name.casefold() in _NO_NAME else name,
        date=record.get("order date"),
        kind=_kind(name, record.get("category"), record.get("asin", "asin isbn")),
    )


def _kind(name: str, category: str, asin: str) -> str:
    if (
        _ISBN_10.fullmatch(asin)
        or _BOOK.search(category)
        or re.search(r"\((?:paperback|hardcover)\)", name, re.I)
    ):
        return "book"
    if _FILM.search(category) or re.search(r"[(\[][^)\]]*(?:dvd|blu-?ray)[^)\]]*[)\]]", name[:500], re.I):
        return "movie"
    return "product"


def _recognises(document: Document) -> bool:
    return document.has("order id", "order date", "product name") or document.has(
        "order date", "title", "asin isbn"
    )


IMPORTER = Importer(
    "amazon-orders",
    "Amazon order history",
    _recognises,
    _read,
    "title: Product Name, Title; date: Order Date; kind: Category, ASIN; status: Order Status",
    "Amazon's request for one's data (Retail.OrderHistory), and the older Items report",
)
