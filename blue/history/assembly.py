"""Entries as written -> the history: stars, times, one interaction an item, oldest first."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from blue.datatypes import Interaction, ParsedHistory, SkippedRow
from blue.errors import HistoryError, WishListError
from blue.history.dates import read_dates
from blue.history.entries import Entry, Reading, skip
from blue.history.ratings import Mark, infer_scale, read_mark, to_stars

Row = tuple[Entry, Interaction]
WEAK_DISLIKE = 2.0  # stars of what was given up without a mark


def assemble(format_name: str, reading: Reading, now: datetime | None = None) -> ParsedHistory:
    """Settle what only the whole source can tell; `now` (naive UTC, default the clock) bounds the dates.

    Raises HistoryError if no row is left.
    """
    now = now or datetime.now(UTC).replace(tzinfo=None)
    rows, notes, lost = _settled(reading, reading.entries, now)
    wished, *_ = _settled(reading, reading.wishes, now)
    skipped = sorted((*reading.skipped, *lost), key=lambda row: row.line)
    known = {_key(row) for row in rows} if wished else ()
    wish_list = tuple(row for row in wished if _key(row) not in known)
    if not rows and wish_list:
        raise WishListError(_about_wishes(len(wish_list)), wish_list)
    if not rows:
        raise HistoryError(_nothing_read(skipped))
    notes = (*reading.notes, *notes, *_about_given_up(reading.entries))
    return ParsedHistory(format_name, tuple(rows), tuple(skipped), notes, wish_list)


def _settled(
    reading: Reading, entries: tuple[Entry, ...], now: datetime
) -> tuple[list[Interaction], list[str], list[SkippedRow]]:
    """Entries -> interactions with stars and times, oldest first, one a title; remarks; rows lost."""
    times, notes = _dates(entries, now)
    rows, not_rated = _rate(replace(reading, entries=entries), times)
    rows = _oldest_first(rows, newest_first=reading.newest_first)
    rows, repeats = _collapse(rows)
    return [row for _, row in rows], notes, [*not_rated, *repeats]


def _about_wishes(count: int) -> str:
    titles = "1 title" if count == 1 else f"{count:,} titles"
    return (
        f"This is a wish list ({titles} that nobody has marked or finished yet), not a history. Bring what "
        "you watched or read; a wish list can be ranked, not read from."
    )


def _about_given_up(entries: Sequence[Entry]) -> tuple[str, ...]:
    count = sum(entry.given_up and not entry.rating.strip(" 0.") for entry in entries)
    if not count:
        return ()
    titles = "1 title was" if count == 1 else f"{count:,} titles were"
    return (f"{titles} given up without a mark: taken as a weak dislike, {WEAK_DISLIKE:g} of 5.",)


def _nothing_read(skipped: Sequence[SkippedRow]) -> str:
    if not skipped:
        return "There is no title in this history. Write one a line, e.g. 'Dune | 5'."
    first = skipped[0]
    which = "The only row cannot" if len(skipped) == 1 else f"None of the {len(skipped):,} rows can"
    return f"{which} be read. Line {first.line}: {first.reason}"


def _rate(reading: Reading, times: Sequence[datetime | None]) -> tuple[list[Row], list[SkippedRow]]:
    """Entries and their times -> interactions with stars; a row whose rating is unusable is skipped."""
    counts = Counter(entry.rating for entry in reading.entries)  # few different marks among many rows
    marks = {rating: _mark(rating) for rating in counts}
    bare = [mark.value for rating in counts.elements() if (mark := marks[rating]) and mark.scale is None]
    scale = reading.rating_scale or infer_scale([value for value in bare if 0 < value < float("inf")])
    stars_of = {rating: _stars(mark, scale) for rating, mark in marks.items()}
    rows: list[Row] = []
    skipped: list[SkippedRow] = []
    for entry, time in zip(reading.entries, times, strict=True):
        stars = stars_of[entry.rating]
        if isinstance(stars, str):
            reason = f"{entry.rating[:40]!r} {stars}. {reading.rating_advice}"
            skipped.append(skip(entry.line, entry.text, reason))
        else:
            given = WEAK_DISLIKE if stars is None and entry.given_up else stars
            rows.append((entry, _interaction(entry, given, time)))
    return rows, skipped


def _mark(rating: str) -> Mark | None:
    """The mark as written, None for "not rated"; what is no mark counts as one that no scale has."""
    try:
        return read_mark(rating)
    except ValueError:
        return Mark(float("nan"), None)


def _stars(mark: Mark | None, scale: float) -> float | str | None:
    """Stars, None for "not rated", or why it is no mark."""
    try:
        return None if mark is None else to_stars(mark, scale)
    except ValueError as error:
        return str(error)


def _interaction(entry: Entry, stars: float | None, time: datetime | None) -> Interaction:
    return Interaction(
        title=entry.title,
        rating=stars,
        time=time,
        kind=entry.kind,
        year=entry.year,
        creator=entry.creator,
        item_id=entry.item_id,
        line=entry.line,
        watches=entry.watches,
    )


def _dates(entries: Sequence[Entry], now: datetime) -> tuple[list[datetime | None], list[str]]:
    """The times of entries, and remarks: an unreadable or future date is dropped, its row is kept."""
    column = read_dates([entry.date for entry in entries])
    tomorrow = now + timedelta(days=1)  # the source's clock may be ahead of UTC
    future = [i for i, time in enumerate(column.times) if time is not None and time > tomorrow]
    dropped = set(future)
    times = [None if i in dropped else time for i, time in enumerate(column.times)]
    notes = [column.ambiguous] if column.ambiguous else []
    if column.unreadable:
        notes.append(_about_dates(entries, column.unreadable, "could not be read"))
    if future:
        are = "is" if len(future) == 1 else "are"
        notes.append(_about_dates(entries, future, f"{are} in the future"))
    return times, notes


def _about_dates(entries: Sequence[Entry], indices: Sequence[int], what: str) -> str:
    entry = entries[indices[0]]
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
        key = _key(row)
        if key not in latest:
            latest[key] = (entry, row)
            continue
        older_entry, older = latest[key]
        row = replace(row, watches=_times(older_entry, older, entry, row))
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


def _key(row: Interaction) -> tuple:
    return (row.title.casefold(), row.year, row.kind, (row.creator or "").casefold(), row.item_id)


def _times(older_entry: Entry, older: Interaction, entry: Entry, row: Interaction) -> int | None:
    """How often it was seen by two rows of it: days of viewing add up, counts do not."""
    if older_entry.viewing and entry.viewing and older.time != row.time:
        return (older.watches or 1) + (row.watches or 1)
    return max(older.watches or 0, row.watches or 0) or None
