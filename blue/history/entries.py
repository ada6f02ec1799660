"""What importers hand over: entries as written, before ratings, dates, duplicates and order are settled."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from blue.control_characters import strip_control_characters
from blue.datatypes import SkippedRow

if TYPE_CHECKING:
    from blue.history.documents import Document

MAX_TITLE_CHARACTERS = 300
_YEAR = re.compile(r"(-?\d{1,4})(?:\.0|\s?[-–]\s?(?:\d{4})?)?")
TABLE_RATING_ADVICE = "Write a number such as 4 or 8/10, or leave it empty."


class Entry(NamedTuple):
    """One row of a source; `rating` and `date` are still text, for their scale and order are the column's."""

    line: int  # 1-based physical line on which the row starts
    text: str  # the row as it was
    title: str
    rating: str = ""
    date: str = ""
    kind: str | None = None
    year: int | None = None
    creator: str | None = None
    item_id: str | None = None
    watches: int | None = None  # how often, where the source counts
    viewing: bool = False  # its date is that of one viewing or reading: two of them are a rewatch
    given_up: bool = False  # a weak dislike, unless it has a mark
    part: bool = False  # one episode or season of the series that `title` names


@dataclass(frozen=True)
class Reading:
    """What an importer read; `rating_scale` is the best mark of the source, or None to infer it."""

    entries: tuple[Entry, ...]
    skipped: tuple[SkippedRow, ...] = ()
    notes: tuple[str, ...] = ()
    wishes: tuple[Entry, ...] = ()  # no part of the history
    rating_scale: float | None = None
    newest_first: bool = False  # the file's order, where it has no dates
    rating_advice: str = TABLE_RATING_ADVICE


@dataclass(frozen=True)
class Importer:
    """One file format: its stable name, the name people know, how to recognise it and how to read it.

    `columns` is what it is read by and `source` where that is publicly known: both for docs/formats.md.
    """

    name: str
    label: str
    recognises: Callable[["Document"], bool]
    read: Callable[["Document"], Reading]
    columns: str = ""
    source: str = ""


def skip(line: int, text: str, reason: str) -> SkippedRow:
    """A skipped row with its text shortened to 200 characters."""
    text = strip_control_characters(text)
    return SkippedRow(line, text if len(text) <= 200 else text[:199] + "…", reason)


def clean_title(text: str) -> str:
    """One line without control characters; markup and other scripts stay as they are."""
    return " ".join((text if text.isprintable() else strip_control_characters(text)).split())


def title_problem(title: str) -> str | None:
    """Why a cleaned title cannot be used, or None."""
    if not title:
        return "It has no title."
    if len(title) > MAX_TITLE_CHARACTERS:
        return f"Its title has {len(title)} characters; at most {MAX_TITLE_CHARACTERS} can be read."
    return None


def new_entry(line: int, text: str, title: str, **fields: Any) -> Entry | SkippedRow:
    """An entry with a cleaned title, or a skipped row if that title cannot be used."""
    title = clean_title(title)
    problem = title_problem(title)
    return skip(line, text, problem) if problem else Entry(line, text, title, **fields)


def read_year(text: str) -> int | None:
    """A cell that holds a year -> the year (negative before the common era), None if it is something else."""
    if len(text) == 4 and text.isdecimal():
        return int(text) or None
    match = _YEAR.fullmatch(text.strip()) if text else None
    return int(match[1]) if match and int(match[1]) else None


def partition(rows: Iterable[Entry | SkippedRow]) -> tuple[tuple[Entry, ...], tuple[SkippedRow, ...]]:
    """Entries and skipped rows apart, each in the order of the source."""
    rows = tuple(rows)
    return (
        tuple(row for row in rows if isinstance(row, Entry)),
        tuple(row for row in rows if isinstance(row, SkippedRow)),
    )
