"""From a source to its history: one importer a format; the first that recognises the source reads it."""

from datetime import datetime

from blue.datatypes import ParsedHistory
from blue.history import (
    amazon_orders,
    amazon_reviews,
    generic,
    goodreads,
    google_takeout,
    imdb,
    letterboxd,
    lines,
    movielens,
    netflix,
)
from blue.history.assembly import assemble
from blue.history.decoding import decode
from blue.history.documents import Document

IMPORTERS = (  # what only one service writes comes first, what nearly every text looks like comes last
    goodreads.IMPORTER,
    letterboxd.IMPORTER,
    imdb.IMPORTER,
    netflix.IMPORTER,
    google_takeout.IMPORTER,
    amazon_orders.IMPORTER,
    amazon_reviews.IMPORTER,
    movielens.IMPORTER,
    generic.JSONL_IMPORTER,
    generic.JSON_IMPORTER,
    generic.CSV_IMPORTER,
    lines.IMPORTER,
)
FORMATS = {importer.name: importer.label for importer in IMPORTERS}


def parse_history(
    source: str | bytes, filename: str | None = None, *, now: datetime | None = None
) -> ParsedHistory:
    """A pasted text or an uploaded file -> its interactions, oldest first, and what was skipped and why.

    The format is told by the content; `filename` only hints. `now` (naive UTC, default the clock) is the
    time after which a date is in the future. Raises HistoryError if the source is empty, too large, not
    text, or has no row that can be read.
    """
    document = Document(decode(source), filename or "")
    importer = next(importer for importer in IMPORTERS if importer.recognises(document))
    return assemble(importer.name, importer.read(document), now)
