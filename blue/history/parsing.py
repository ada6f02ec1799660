"""From a source to its history: one importer a format; the first that recognises the source reads it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from blue.datatypes import Interaction, ParsedHistory
from blue.errors import WishListError
from blue.history import (
    amazon_orders,
    amazon_reviews,
    clippings,
    generic,
    google_takeout,
    lines,
    movielens,
    netflix,
)
from blue.history.assembly import assemble
from blue.history.book_services import BOOK_SERVICES
from blue.history.decoding import check_size, decode
from blue.history.documents import Document
from blue.history.entries import Reading
from blue.history.refusals import refuse, refuse_lines
from blue.history.screen_services import SCREEN_SERVICES

_ZIP = b"PK\x03\x04"

IMPORTERS = (  # what only one service writes comes first, what nearly every text looks like comes last
    *(service.importer() for service in (*BOOK_SERVICES, *SCREEN_SERVICES)),
    netflix.IMPORTER,
    google_takeout.IMPORTER,
    amazon_orders.IMPORTER,
    amazon_reviews.IMPORTER,
    movielens.IMPORTER,
    clippings.IMPORTER,
    generic.JSONL_IMPORTER,
    generic.JSON_IMPORTER,
    generic.XML_IMPORTER,
    generic.CSV_IMPORTER,
    lines.IMPORTER,
)
PLAIN = frozenset({"csv", "json", "jsonl", "xml", "lines"})  # what anybody may have written
FORMATS = {importer.name: importer.label for importer in IMPORTERS}


@contextmanager
def _uncollected() -> Iterator[None]:
    """No garbage collection: among a hundred thousand objects it looks for cycles, which rows never make."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@_uncollected()
def parse_history(
    source: str | bytes, filename: str | None = None, *, now: datetime | None = None
) -> ParsedHistory:
    """A pasted text or an uploaded file -> its interactions, oldest first, and what was skipped and why.

    The format is told by the content; `filename` only hints. `now` (naive UTC, default the clock) is the
    time after which a date is in the future.

    Raises:
        HistoryError: the source is empty, too large, not text, no history, or has no row that can be read.
        WishListError: it is a wish list as a whole; the error holds its titles.
    """
    if isinstance(source, bytes) and source.startswith(_ZIP):
        from blue.history.archives import read_archive  # it reads its members as this module does

        check_size(len(source))
        return read_archive(source, now)
    document = Document(decode(source), filename or "")
    return assemble(*read_document(document), now)


def parse_wishes(source: str | bytes, filename: str | None = None) -> tuple[Interaction, ...]:
    """The titles that a wish list names; of a history beside which nothing is wished for, all of its own.

    Raises:
        HistoryError: as `parse_history` has it.
    """
    try:
        parsed = parse_history(source, filename)
    except WishListError as error:
        return error.wish_list
    return parsed.wish_list or parsed.interactions


def read_document(document: Document) -> tuple[str, Reading]:
    """The name of the format and what its importer read."""
    refuse(document)
    importer = next(importer for importer in IMPORTERS if importer.recognises(document))
    if importer is lines.IMPORTER:
        refuse_lines(document.lines)
    return importer.name, importer.read(document)
