"""Tables and lists of objects: what their columns mean is what they say, whoever wrote them."""

from collections.abc import Callable
from dataclasses import replace

from blue.datatypes import SkippedRow
from blue.errors import HistoryError
from blue.history.columns import (
    ADDED,
    DATE,
    FINISHED,
    PLAYS,
    PROGRESS,
    SHOW,
    STARTED,
    STATUS,
    TITLE,
    scale_in,
)
from blue.history.documents import Document
from blue.history.engagement import Engagement, Wish
from blue.history.entries import Entry, Importer, Reading, partition
from blue.history.folding import fold_parts
from blue.history.lines import read_line
from blue.history.meaning import Reader
from blue.history.objects import flattened
from blue.history.records import Record, Records
from blue.history.source_columns import SourceColumns, Usage
from blue.history.statuses import is_wish_list_name

_SAYS_MORE = (STATUS, FINISHED, PLAYS, PROGRESS, DATE, STARTED, ADDED)


def read_records(records: Records, usage: Usage, filename: str = "") -> Reading:
    """What the rows say, by the columns alone; see `_with_columns`."""
    return _with_columns(records, usage, filename)[0]


def _with_columns(records: Records, usage: Usage, filename: str) -> tuple[Reading, SourceColumns]:
    """Rows -> entries and wishes, by the usual meaning of their columns and where `usage` departs from it.

    Raises:
        HistoryError: no column holds titles.
    """
    flat = records.records if records.layout == "csv" else tuple(map(flattened, records.records))
    usage = replace(usage, wishes=usage.wishes or is_wish_list_name(filename))
    source = SourceColumns(flat, usage)
    reader = Reader(source)
    if flat and not (source.columns(TITLE) or source.columns(SHOW)) and any(record.fields for record in flat):
        raise HistoryError(_without_titles(records))
    rows = [row for record in flat if (row := _row(record, reader)) is not None]
    entries, skipped = partition(row.entry if isinstance(row, Wish) else row for row in rows)
    wished = {id(row.entry) for row in rows if isinstance(row, Wish)}
    reasons = tuple(
        SkippedRow(row.entry.line, row.entry.text[:200], row.reason) for row in rows if isinstance(row, Wish)
    )
    wishes = tuple(entry for entry in entries if id(entry) in wished)
    history = tuple(entry for entry in entries if id(entry) not in wished)
    if history and _says_nothing(source, reader.engagement, flat):
        history, wishes = (), entries
    history, notes = fold_parts(history)
    scale = usage.scale or (scale_in(source.rating) if source.rating else None)
    lost = (*records.skipped, *skipped, *reasons)
    return Reading(history, lost, notes, wishes=fold_parts(wishes)[0], rating_scale=scale), source


def _row(record: Record, reader: Reader) -> Entry | Wish | SkippedRow | None:
    return reader.read(record) if record.fields else read_line(record.line, record.text)


def _says_nothing(source: SourceColumns, engagement: Engagement, records: tuple[Record, ...]) -> bool:
    """Whether there are columns for marks or days, and no row has any: so a list of wishes looks."""
    more = [role for role in _SAYS_MORE if source.columns(role)]
    return (
        source.knows_engagement
        and not any(source.cell(record, role) for role in more for record in records)
        and not any(engagement.engaged(record) or engagement.says_finished(record) for record in records)
    )


def _without_titles(records: Records) -> str:
    found = ", ".join(repr(header[:40]) for header in records.headers[:8])
    return (
        f"No title is in this {records.layout.upper()}, only {found or 'nothing'}. Bring a file with a "
        "column of titles (called 'title')."
    )


def _read(document: Document) -> Reading:
    reading, source = _with_columns(document.records, Usage(), document.filename)
    return reading if source.rating else replace(reading, notes=(*reading.notes, *_about_ratings(source)))


def _about_ratings(source: SourceColumns) -> tuple[str, ...]:
    unknown = ", ".join(repr(header) for header in source.unknown[:8])
    if not unknown:
        return ()
    return (f"No column of ratings was found. Not used: {unknown}. Call a column 'rating' to have it read.",)


def _in_layout(layout: str) -> Callable[[Document], bool]:
    return lambda document: document.records is not None and document.records.layout == layout


_COLUMNS = "by the names of the columns, in twenty languages"
CSV_IMPORTER = Importer("csv", "CSV", _in_layout("csv"), _read, _COLUMNS)
JSON_IMPORTER = Importer("json", "JSON", _in_layout("json"), _read, _COLUMNS)
JSONL_IMPORTER = Importer("jsonl", "JSON lines", _in_layout("jsonl"), _read, _COLUMNS)
XML_IMPORTER = Importer("xml", "XML", _in_layout("xml"), _read, _COLUMNS)
