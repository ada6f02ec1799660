"""Whether a row is history, a wish or neither.

The order of evidence: deleted rows are nothing; a status or shelf says how its owner stands to the title;
without one, a mark, a date of reading or watching, a count or a percentage says it; a row of a wish list
without any of these is a wish.
"""

from dataclasses import dataclass

from blue.datatypes import SkippedRow
from blue.history.cells import is_mark, number, one_date, seconds_in
from blue.history.columns import (
    DELETED,
    DONE,
    FINISHED,
    PLAYS,
    PROGRESS,
    SECONDS,
    STARTED,
    STATUS,
    WISHED,
)
from blue.history.entries import Entry, skip
from blue.history.ratings import read_mark
from blue.history.records import Record
from blue.history.source_columns import SourceColumns
from blue.history.statuses import Standing, as_switch, standing_of

FEW_SECONDS = 60
_CALLED = frozenset({Standing.WISHED, Standing.GIVEN_UP})  # so may columns of yes and no: "is_watchlisted"


@dataclass(frozen=True)
class Wish:
    """A row that its owner has not read, seen or played yet, and why it is taken for that."""

    entry: Entry
    reason: str


class Engagement:
    """How the owner of a source stands to the titles of its rows."""

    def __init__(self, source: SourceColumns) -> None:
        self._source = source
        self._switches = [
            header for header in source.unknown if standing_of((header.removeprefix("is "),)) in _CALLED
        ]

    def judged(self, record: Record, entry: Entry) -> Entry | Wish | SkippedRow:
        """The entry, if it is history; whether it is a wish, or why it is neither."""
        if self._source.columns(DELETED) and self._deleted(record):
            return skip(record.line, record.text, "It was deleted.")
        seconds = seconds_in(cell) if (cell := self._source.cell(record, SECONDS)) else None
        if seconds is not None and seconds < FEW_SECONDS:
            return skip(record.line, record.text, f"It ran for {seconds:g} seconds only.")
        statuses = [word for header in self._source.columns(STATUS) if (word := record.get(header))]
        statuses += [header for header in self._switches if as_switch(record.fields.get(header))]
        if statuses and (standing := standing_of(tuple(statuses))) is not Standing.UNKNOWN:
            return self._by_standing(standing, ", ".join(statuses)[:60], record, entry)
        reason = self._why_a_wish(record)
        return Wish(entry, reason) if reason else entry

    def _by_standing(
        self, standing: Standing, status: str, record: Record, entry: Entry
    ) -> Entry | Wish | SkippedRow:
        if standing is Standing.WISHED:
            return Wish(entry, f"It is on the shelf {status!r}, not read yet." if self._source.bookish else
                        f"Its status is {status!r}: not seen yet.")  # fmt: skip
        if standing is Standing.BEGUN and not (self.engaged(record) or self._begun(record)):
            return skip(record.line, record.text, f"Its status is {status!r}, without a mark or a date yet.")
        return entry._replace(given_up=True) if standing is Standing.GIVEN_UP else entry

    def _why_a_wish(self, record: Record) -> str:
        """Why a row without a status is a wish; "" if it is history."""
        if self.engaged(record):
            return ""
        if self._source.usage.wishes or self._source.cell(record, WISHED):
            return "It is on a wish list."
        if self._source.usage.marks_only:
            return "It has no mark and no date."
        if self._begun(record):
            return ""
        counts = [number(self._source.cell(record, role)) for role in (PLAYS, PROGRESS)]
        if self._switch(record) is False or 0 in counts:
            return "It was not begun yet."
        return ""

    def engaged(self, record: Record) -> bool:
        """Whether its owner marked it, or finished it on some day."""
        mark = record.get(self._source.rating)
        if is_mark(mark) and read_mark(mark).value > 0:
            return True
        return any(one_date(record.get(header), several=False) for header in self._source.columns(DONE))

    def says_finished(self, record: Record) -> bool:
        """Whether a column of yes and no says that it is finished."""
        return self._switch(record) is True

    def _begun(self, record: Record) -> bool:
        counts = (number(self._source.cell(record, role)) or 0 for role in (PLAYS, PROGRESS))
        started = one_date(self._source.cell(record, STARTED), several=False)
        return bool(started) or any(count > 0 for count in counts) or self._switch(record) is True

    def _switch(self, record: Record) -> bool | None:
        """Whether it is finished, where a column says yes or no."""
        columns = (*self._source.columns(FINISHED), *self._source.columns(DONE))
        cells = (record.fields.get(header) for header in columns)
        said = [switch for cell in cells if (switch := as_switch(cell)) is not None]
        return any(said) if said else None

    def _deleted(self, record: Record) -> bool:
        cells = [record.fields.get(header) for header in self._source.columns(DELETED)]
        return any(
            as_switch(cell) or (isinstance(cell, str) and len(cell) > 7 and cell[:4].isdecimal())
            for cell in cells
        )
