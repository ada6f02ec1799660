"""Entries as written -> the history: stars, times, one interaction an item, oldest first."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from blue.datatypes import Interaction, ParsedHistory, SkippedRow
from blue.errors import HistoryError
from blue.history.dates import read_dates
from blue.history.entries import Entry, Reading, skip
from blue.history.ratings import Mark, infer_scale, read_mark, to_stars

Row = tuple[Entry, Interaction]


def assemble(format_name: str, reading: Reading, now: datetime | None = None) -> ParsedHistory:
    """Settle what only the whole source can tell; `now` (naive UTC, default the clock) bounds the dates.

    Raises HistoryError if no row is left.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    rows, not_rated = _rate(reading)
    rows, notes = _date(rows, now)
    rows = _oldest_first(rows, newest_first=reading.newest_first)
    rows, repeats = _collapse(rows)
    skipped = sorted((*reading.skipped, *not_rated, *repeats), key=lambda row: row.line)
    if not rows:
        raise HistoryError(_nothing_read(skipped))
    return ParsedHistory(format_name, tuple(row for _, row in rows), tuple(skipped), (*reading.notes, *notes))


def _nothing_read(skipped: Sequence[SkippedRow]) -> str:
    if not skipped:
        return "There is no title in this history. Write one a line, e.g. 'Dune | 5'."
    first = skipped[0]
    which = "The only row cannot" if len(skipped) == 1 else f"None of the {len(skipped):,} rows can"
    return f"{which} be read. Line {first.line}: {first.reason}"


def _rate(reading: Reading) -> tuple[list[Row], list[SkippedRow]]:
    """Entries -> interactions with stars; a row whose rating is unusable is skipped."""
    marks = [_mark(entry) for entry in reading.entries]
    bare = [mark.value for mark in marks if not isinstance(mark, str | None) and mark.scale is None]
    scale = reading.rating_scale or infer_scale([value for value in bare if 0 < value < float("inf")])
    rows: list[Row] = []
    skipped: list[SkippedRow] = []
    for entry, mark in zip(reading.entries, marks, strict=True):
        try:
            if isinstance(mark, str):
                raise ValueError(mark)
            stars = None if mark is None else to_stars(mark, scale)
        except ValueError as error:
            reason = f"{entry.rating[:40]!r} {error}. {reading.rating_advice}"
            skipped.append(skip(entry.line, entry.text, reason))
        else:
            rows.append((entry, _interaction(entry, stars)))
    return rows, skipped


def _mark(entry: Entry) -> Mark | str | None:
    """The mark as written, None for "not rated", or why it is no mark."""
    try:
        return read_mark(entry.rating)
    except ValueError:
        return "is not a rating"


def _interaction(entry: Entry, stars: float | None) -> Interaction:
    return Interaction(
        title=entry.title,
        rating=stars,
        kind=entry.kind,
        year=entry.year,
        creator=entry.creator,
        item_id=entry.item_id,
        line=entry.line,
    )


def _date(rows: list[Row], now: datetime) -> tuple[list[Row], list[str]]:
    """Fill in the times; an unreadable or future date is dropped with a note, its row is kept."""
    column = read_dates([entry.date for entry, _ in rows])
    tomorrow = now + timedelta(days=1)  # the source's clock may be ahead of UTC
    future = [i for i, time in enumerate(column.times) if time is not None and time > tomorrow]
    dropped = set(future)
    dated = [
        (entry, replace(row, time=None if i in dropped else column.times[i]))
        for i, (entry, row) in enumerate(rows)
    ]
    notes = [column.ambiguous] if column.ambiguous else []
    if column.unreadable:
        notes.append(_about_dates(rows, column.unreadable, "could not be read"))
    if future:
        notes.append(
            _about_dates(rows, future, "is in the future" if len(future) == 1 else "are in the future")
        )
    return dated, notes


def _about_dates(rows: Sequence[Row], indices: Sequence[int], what: str) -> str:
    entry, _ = rows[indices[0]]
    if len(indices) == 1:
        return f"1 date {what} (line {entry.line}: {entry.date[:40]!r}): the row was kept without it."
    return (
        f"{len(indices):,} dates {what} (the first in line {entry.line}: {entry.date[:40]!r}): "
        "the rows were kept without them."
    )


def _oldest_first(rows: list[Row], *, newest_first: bool) -> list[Row]:
    """By time, ties in the file's order; rows without one come first: nothing says that they are recent."""
    times = [row.time for _, row in rows if row.time is not None]
    if times[0] > times[-1] if times else newest_first:
        rows = rows[::-1]
    return sorted(rows, key=lambda pair: pair[1].time or datetime.min)


def _collapse(rows: Iterable[Row]) -> tuple[list[Row], list[SkippedRow]]:
    """One interaction an item: its latest, with the last rating it got; the others are reported."""
    latest: dict[tuple, Row] = {}
    skipped: list[SkippedRow] = []
    for entry, row in rows:
        key = (row.title.casefold(), row.year, row.kind, (row.creator or "").casefold(), row.item_id)
        if key not in latest:
            latest[key] = (entry, row)
            continue
        older_entry, older = latest[key]
        if (older.rating, older.time) == (row.rating, row.time):
            first, again = sorted((older_entry, entry), key=lambda e: e.line)
            skipped.append(skip(again.line, again.text, f"It repeats line {first.line}."))
            latest[key] = (first, replace(row, line=first.line))
        else:
            reason = f"The same title is in line {entry.line} again; the latest one counts."
            skipped.append(skip(older_entry.line, older_entry.text, reason))
            latest.pop(key)  # to the end: the order is that of the latest time
            latest[key] = (entry, replace(row, rating=older.rating if row.rating is None else row.rating))
    return list(latest.values()), skipped
