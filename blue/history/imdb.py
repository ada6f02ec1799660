"""IMDb ratings.csv: films and series with marks from 1 to 10; types in the old spelling or the new."""

from blue.datatypes import SkippedRow
from blue.history.columns import fold_header
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, new_entry, partition, read_year, skip
from blue.history.records import Record

_KINDS = {
    **dict.fromkeys(("movie", "tvmovie", "video", "short", "tvshort", "tvspecial", "musicvideo"), "movie"),
    **dict.fromkeys(("tvseries", "tvminiseries", "podcastseries"), "series"),
}
_NOT_AN_ITEM = frozenset({"tvepisode", "podcastepisode", "videogame"})


def _read(document: Document) -> Reading:
    entries, skipped = partition(_to_entry(record) for record in document.records.records)
    return Reading(entries, (*document.records.skipped, *skipped), rating_scale=10)


def _to_entry(record: Record) -> Entry | SkippedRow:
    title_type = record.get("title type")
    folded = fold_header(title_type).replace(" ", "")
    if folded in _NOT_AN_ITEM:
        return skip(record.line, record.text, f"{title_type!r} is neither a film nor a series.")
    return new_entry(
        record.line,
        record.text,
        record.get("title"),
        rating=record.get("your rating"),
        date=record.get("date rated"),
        kind=_KINDS.get(folded),
        year=read_year(record.get("year")),
        creator=record.get("directors") or None,
    )


IMPORTER = Importer("imdb", "IMDb", lambda document: document.has("const", "your rating", "title"), _read)
