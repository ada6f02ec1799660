"""What a source is, the rows it gives, and the checks that every field of a raw record passes."""

import html
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from training.data.raw.reading import FileReport, MalformedError, RawDataError

LATEST_MS = 253_402_300_800_000  # the year 10000: whatever is later is no time
SECONDS_BELOW = 100_000_000_000  # as seconds the year 5138, as milliseconds March 1973


class ItemRow(NamedTuple):
    """One item; `category` is a path such as "Beauty > Nails"."""

    item_id: str
    title: str
    category: str | None = None
    description: str | None = None
    brand: str | None = None


class InteractionRow(NamedTuple):
    """One interaction; `rating` on the source's own scale, `time` in milliseconds since 1970."""

    user_id: str
    item_id: str
    rating: float | None = None
    time: int | None = None


@dataclass(frozen=True)
class RawFiles:
    """The files of a source that were found in one folder, in the order they are read."""

    items: Sequence[Path]
    interactions: Sequence[Path]


Records = Iterator[tuple[int, Mapping[str, Any]]]  # line number (1-based), record


@dataclass(frozen=True)
class Source:
    """How one source is read. `item` and `interactions` raise MalformedError on a record they cannot use.

    `at_once` reads the interactions of many whole lines together, or says None where each must be looked at.
    """

    find: Callable[[Path], RawFiles]
    records: Callable[[Path, FileReport], Records]
    item: Callable[[Mapping[str, Any]], ItemRow]
    interactions: Callable[[Mapping[str, Any]], Iterable[InteractionRow]]
    numbers_its_users: bool = False  # its user 17 is another person than the user 17 of another set
    at_once: Callable[[bytes], pl.DataFrame | None] | None = None


def one_of(folder: Path, *names: str) -> Path:
    """The one file of these names in the folder. Raises RawDataError if none is there, or more than one."""
    found = [folder / name for name in names if (folder / name).is_file()]
    if not found:
        raise RawDataError(f"{folder}: there is no {' or '.join(names)}. Put that file there.")
    if len(found) > 1:
        raise RawDataError(f"{folder}: {' and '.join(path.name for path in found)} are the same. Keep one.")
    return found[0]


def described(record: Mapping[str, Any]) -> ItemRow:
    """An item of a record whose fields are named as ours. Raises MalformedError without id or title."""
    more = (text(record.get(field), " > ") for field in ("category", "description", "brand"))
    return ItemRow(identifier(record, "item_id"), title(record, "title"), *more)


def identifier(record: Mapping[str, Any], field: str) -> str:
    """A field that names a user or an item, as text. Raises MalformedError if it is missing or empty."""
    value = record.get(field)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and (value := value.strip()):
        return value
    raise MalformedError(f"no {field}")


def title(record: Mapping[str, Any], field: str) -> str:
    """A title without HTML entities and line breaks. Raises MalformedError if nothing is left."""
    if found := text(record.get(field)):
        return found
    raise MalformedError(f"no {field}")


def text(value: Any, separator: str = " ") -> str | None:
    """Text, or a list of texts joined by `separator`, tidied; None where there is none.

    >>> text(["Tea &amp; ", "", "Cake"], " > "), text([]), text(3)
    ('Tea & > Cake', None, None)
    """
    parts = value if isinstance(value, list) else [value]
    tidied = (" ".join(html.unescape(part).split()) for part in parts if isinstance(part, str))
    return separator.join(filter(None, tidied)) or None


def number(record: Mapping[str, Any], field: str, *, required: bool = False) -> float | None:
    """A finite number, None where the field is absent or empty. Raises MalformedError on anything else."""
    value = record.get(field)
    if value is None or value == "":
        if required:
            raise MalformedError(f"no {field}")
        return None
    try:
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise MalformedError(f"{field} is not a number")
    return found


def milliseconds(
    record: Mapping[str, Any], field: str, *, unit: int | None = 1, required: bool = False
) -> int | None:
    """A time as milliseconds since 1970; `unit` is what one step of the field is worth, in milliseconds.

    With `unit` None the size decides: what is below 100,000,000,000 counts seconds. Raises MalformedError if
    the field is not a number, lies outside the calendar, or is required and missing.
    """
    found = number(record, field, required=required)
    if found is None:
        return None
    if unit is None:
        unit = 1000 if abs(found) < SECONDS_BELOW else 1
    if abs(found * unit) >= LATEST_MS:
        raise MalformedError(f"{field} is not a time")
    return round(found * unit)
