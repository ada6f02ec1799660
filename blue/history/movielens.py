"""MovieLens ratings: userId,movieId,rating,timestamp as CSV or with `::`, or the site's export with titles.

The file of a data set names movies by id alone; `matching.match_history` fills in the catalogue's title.
Of a file with several users the first is read.
"""

import re

from blue.datatypes import SkippedRow
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, new_entry, partition, skip
from blue.history.lines import split_year
from blue.history.records import MAX_ROWS, Record, too_many_rows

_DAT_ROW = re.compile(r"(\d{1,9})::(\d{1,9})::(\d(?:\.\d)?)::(\d{1,12})\s*")


def _read(document: Document) -> Reading:
    if _is_dat(document):
        records, skipped = _read_dat(document.lines)
    else:
        records, skipped = document.records.records, document.records.skipped
    first, *others = dict.fromkeys(_user(record) for record in records) or [""]
    entries, unusable = partition(_to_entry(record) for record in records if _user(record) == first)
    notes = ()
    if others:
        rest = "1 other" if len(others) == 1 else f"{len(others):,} others"
        notes = (
            f"User {first} was read; the file holds {rest}. "
            "To read another, keep only the rows with its userId.",
        )
    return Reading(entries, (*skipped, *unusable), notes, rating_scale=5)


def _user(record: Record) -> str:
    return record.get("userid", "user id")


def _to_entry(record: Record) -> Entry | SkippedRow:
    movie = record.get("movieid", "movie id")
    if not re.fullmatch(r"[0-9]{1,9}", movie):
        return skip(record.line, record.text, f"{movie[:40]!r} is not a MovieLens movie id.")
    title, year = split_year(record.get("title") or f"MovieLens movie {movie}")
    return new_entry(
        record.line,
        record.text,
        title,
        rating=record.get("rating"),
        date=record.get("timestamp"),
        kind="movie",
        year=year,
        item_id=f"ml:{int(movie)}",
    )


def _read_dat(lines: tuple[str, ...]) -> tuple[tuple[Record, ...], tuple[SkippedRow, ...]]:
    records: list[Record] = []
    skipped: list[SkippedRow] = []
    for number, line in enumerate(lines, start=1):
        if len(records) + len(skipped) > MAX_ROWS:
            raise too_many_rows()
        if match := _DAT_ROW.fullmatch(line):
            fields = dict(zip(("userid", "movieid", "rating", "timestamp"), match.groups(), strict=True))
            records.append(Record(number, line, fields))
        elif line.strip():
            skipped.append(skip(number, line, "It is not 'user::movie::rating::timestamp'."))
    return tuple(records), tuple(skipped)


def _is_dat(document: Document) -> bool:
    return _DAT_ROW.fullmatch(next(line for line in document.lines if line.strip())) is not None


def _recognises(document: Document) -> bool:
    has_ids = any(document.has(movie, "rating") for movie in ("movieid", "movie id"))
    return _is_dat(document) or has_ids


IMPORTER = Importer(
    "movielens",
    "MovieLens",
    _recognises,
    _read,
    "identifier: movieId; own mark (of 5): rating; date: timestamp; of several users the first",
    "grouplens.org/datasets/movielens; movielens.org: Export",
)
