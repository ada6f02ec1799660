"""Kindle's "My Clippings.txt": highlights and bookmarks, each under the book that it is from."""

import re

from blue.datatypes import SkippedRow
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, new_entry, partition

_RULER = "=========="
_AUTHOR = re.compile(r"\s*\(([^()]+)\)$")
_ABOUT = re.compile(
    r"-\s.*\|\s*([^|]+)$"
)  # "- Your Highlight on page 12 | Location 160 | Added on Monday, ..."


def _read(document: Document) -> Reading:
    starts = [0, *(i + 1 for i, line in enumerate(document.lines) if line.startswith(_RULER))]
    rows = (
        _to_entry(document.lines, start)
        for start in starts
        if "".join(document.lines[start : start + 1]).strip()
    )
    entries, skipped = partition(rows)
    return Reading(_one_a_book(entries), skipped)


def _to_entry(lines: tuple[str, ...], start: int) -> Entry | SkippedRow:
    title = lines[start].strip()
    author = _AUTHOR.search(title[-300:])
    about = _ABOUT.match(lines[start + 1].strip()) if start + 1 < len(lines) else None
    return new_entry(
        start + 1,
        title,
        _AUTHOR.sub("", title),
        date=re.sub(r"^\D*?(?:Added on|am|le|el|il)\s+", "", about[1]) if about else "",
        kind="book",
        creator=author[1] if author else None,
    )


def _one_a_book(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """The last clipping of each book: they are in the order of time."""
    latest = {(entry.title, entry.creator): entry for entry in entries}
    return tuple(latest.values())


def _recognises(document: Document) -> bool:
    lines = document.lines
    return (
        len(lines) > 3 and lines[1].startswith("- ") and any(line.startswith(_RULER) for line in lines[:2000])
    )


IMPORTER = Importer(
    "kindle-clippings",
    "Kindle clippings",
    _recognises,
    _read,
    "title and creator: the first line of a clipping; date: Added on",
    "documents/My Clippings.txt of a Kindle",
)
