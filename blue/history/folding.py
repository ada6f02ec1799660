"""Episodes and seasons -> their series, seen when the last of them was seen."""

from collections import defaultdict
from datetime import datetime

from blue.history.dates import read_dates
from blue.history.entries import Entry


def fold_parts(entries: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """One entry a series, in the place of its part seen last; a row of the series itself keeps its mark."""
    parts: dict[str, list[int]] = defaultdict(list)
    for i, entry in enumerate(entries):
        if entry.part:
            parts[entry.title.casefold()].append(i)
    if not parts:
        return entries, ()
    times = read_dates([entry.date for entry in entries]).times
    whole = {entry.title.casefold() for entry in entries if not entry.part and entry.kind in ("series", None)}
    last = {
        max(of_series, key=lambda i: (times[i] or datetime.min, -i)): title
        for title, of_series in parts.items()
    }
    of_a_whole = {i for i, title in last.items() if title in whole}
    kept = tuple(
        entry._replace(part=False, kind="series") if entry.part else entry
        for i, entry in enumerate(entries)
        if not entry.part or (i in last and i not in of_a_whole)
    )
    seen = sum(map(len, parts.values()))
    return _dated(kept, entries, of_a_whole, times), (_in_words(seen, len(parts)),)


def _dated(
    kept: tuple[Entry, ...], entries: tuple[Entry, ...], parts: set[int], times: tuple[datetime | None, ...]
) -> tuple[Entry, ...]:
    """A series whose episodes have dates was seen on the last of them, whatever its own row says."""
    dates = {entries[i].title.casefold(): entries[i].date for i in parts if times[i] is not None}
    return tuple(
        entry._replace(date=dates.get(entry.title.casefold(), entry.date))
        if entry.kind in ("series", None)
        else entry
        for entry in kept
    )


def _in_words(parts: int, series: int) -> str:
    return f"{'1 episode' if parts == 1 else f'{parts:,} episodes'} became {series:,} series."
