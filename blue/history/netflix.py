"""Netflix viewing history, short (Title, Date) and detailed (Profile Name, Start Time, Title, ...).

An episode, "Show: Season 1: Pilot", becomes its series, seen on the date of its last episode; trailers and
what played by itself are left out. The detailed form is told by its ten columns in any language.
"""

import re

from blue.datatypes import SkippedRow
from blue.history.cells import seconds_in
from blue.history.columns import DATE, DONE, TITLE, columns_for, role_of
from blue.history.documents import Document
from blue.history.engagement import FEW_SECONDS
from blue.history.entries import Entry, Importer, Reading, new_entry, partition, skip
from blue.history.folding import fold_parts
from blue.history.records import Record
from blue.history.series import is_nameless_episode, is_trailer, series_of

_DETAILED = (
    "profile name", "start time", "duration", "attributes", "title", "supplemental video type", "device type",
    "bookmark", "latest bookmark", "country",
)  # fmt: skip
_QUOTED_ROW = re.compile(r'".{1,1000}","\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"')


def _read(document: Document) -> Reading:
    names = document.records.headers
    records = document.records.records
    if _is_detailed(document):
        records = tuple(_in_english(record, names) for record in records)
    entries, skipped = partition(_to_entry(record) for record in records)
    entries, notes = fold_parts(entries)
    profiles = dict.fromkeys(name for record in records if (name := record.get("profile name")))
    return Reading(
        entries,
        (*document.records.skipped, *skipped),
        (*_about_profiles(list(profiles)), *notes),
        newest_first=True,
    )


def _about_profiles(profiles: list[str]) -> tuple[str, ...]:
    if len(profiles) < 2:
        return ()
    names = ", ".join(repr(name) for name in profiles[:5])
    return (
        f"The file holds {len(profiles)} profiles ({names}), read as one. To read only yours, keep its rows.",
    )


def _in_english(record: Record, names: tuple[str, ...]) -> Record:
    cells = (record.fields.get(name) for name in names)
    return record._replace(fields=dict(zip(_DETAILED, cells, strict=False)))


def _to_entry(record: Record) -> Entry | SkippedRow:
    title = record.get("title", *columns_for(TITLE, record.fields))
    video_type = record.get("supplemental video type")
    if video_type or is_trailer(title):
        kind = f" ({video_type.lower()})" if video_type else ""
        return skip(record.line, record.text, f"It is a trailer or a clip{kind}, not a title.")
    seconds = seconds_in(record.get("duration"))
    if seconds is not None and seconds < FEW_SECONDS:
        return skip(record.line, record.text, f"It ran for {seconds:g} seconds only.")
    if is_nameless_episode(title):
        return skip(record.line, record.text, "It is an episode, and does not say of which series.")
    series = series_of(title)
    dates = (*columns_for(DONE, record.fields), *columns_for(DATE, record.fields))
    return new_entry(
        record.line,
        record.text,
        series or title,
        date=record.get("start time", *dates),
        kind="series" if series else "movie",
        part=series is not None,
        viewing=series is None,
    )


def _recognises(document: Document) -> bool:
    records = document.records
    return records is not None and records.layout == "csv" and (_is_detailed(document) or _is_short(document))


def _is_detailed(document: Document) -> bool:
    headers = document.records.headers
    if document.records.has("profile name", "start time", "title"):
        return len(headers) == len(_DETAILED)
    first = next(iter(document.records.records), None)
    return (
        len(headers) == len(_DETAILED)
        and role_of(headers[4]) == TITLE
        and first is not None
        and re.fullmatch(r"\d\d?:\d\d:\d\d", first.get(headers[2])) is not None
    )


def _is_short(document: Document) -> bool:
    """Whether a table of titles and dates, which anybody may have written, is Netflix's own."""
    headers = document.records.headers
    roles = [role_of(header) for header in headers]
    if document.records.has("profile name", "start time", "title"):
        return True
    if len(roles) != 2 or roles[0] != TITLE or roles[1] not in (DATE, DONE):
        return False
    rows = document.records.records
    return (
        "netflix" in document.filename.casefold()
        or any(series_of(record.get(headers[0])) for record in rows)
        or (headers == ("title", "date") and all(_QUOTED_ROW.fullmatch(record.text) for record in rows))
    )


IMPORTER = Importer(
    "netflix",
    "Netflix",
    _recognises,
    _read,
    "title or episode: Title; date: Date, Start Time; how long: Duration; clip or not: Supplemental "
    "Video Type",
    "netflix.com: Viewing activity, Download all; Download your personal information (ViewingActivity.csv)",
)
