"""The rows of a table and the objects of a JSON file, in one shape for all importers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from blue.datatypes import SkippedRow
from blue.errors import HistoryError

MAX_ROWS = 20_000
_SAYS_NOTHING = (bool, list, dict)  # made once: a cell is asked twenty times a row


class Record(NamedTuple):  # as `Entry`: made in a third of the time of a frozen dataclass, 20,000 times
    """A table's row or a JSON object; its keys are folded headers (`columns.fold_header`)."""

    line: int  # 1-based physical line on which it starts
    text: str
    fields: Mapping[str, Any]
    name: str = ""  # of the JSON list that holds it

    def get(self, *headers: str | None) -> str:
        """The first cell that is not empty among folded headers, as text; "" if there is none."""
        for header in headers:  # called ten times a row: a loop is half the time of a generator
            cell = self.fields.get(header)
            if cell is not None and (text := as_text(cell)):
                return text
        return ""


@dataclass(frozen=True)
class Records:
    """Rows with the same kind of fields; `layout` is "csv", "json", "jsonl" or "xml"."""

    layout: str
    records: tuple[Record, ...]
    skipped: tuple[SkippedRow, ...] = ()
    headers: tuple[str, ...] = ()  # folded; of a JSON layout, the keys of its first 100 records
    root: Mapping[str, Any] | None = None  # the JSON object around the records

    def has(self, *headers: str) -> bool:
        """Whether all these folded headers are there."""
        return set(self.headers).issuperset(headers)


def as_text(value: Any) -> str:
    """A cell as text: whole floats without their `.0`; nothing for null, switches and containers."""
    if isinstance(value, str):
        text = value.strip()
        return "" if text == "(not provided)" else text  # as Goodreads and Amazon write an empty cell
    if type(value) is int:
        return str(value)
    if value is None or isinstance(value, _SAYS_NOTHING):
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"
    return str(value)


def too_many_rows() -> HistoryError:
    """The error for a source over the limit of rows."""
    return HistoryError(
        f"The history has more than {MAX_ROWS:,} rows; at most {MAX_ROWS:,} can be read. "
        "Keep the most recent ones (of a data set with many users: the rows of one user)."
    )
