"""What a single cell says: a mark, a day, a number, a length of time."""

import re

from blue.history.ratings import read_mark
from blue.history.statuses import as_switch

_NUMBER = re.compile(r"\s*(\d{1,9}(?:[.,]\d{1,3})?)")
_CLOCK = re.compile(r"(\d{1,3}):(\d\d):(\d\d)")
_SECONDS = re.compile(r"\d{1,9}(?:\.\d+)?")
_LONGEST_SWITCH = len("false")


def is_year(cell: str) -> bool:
    """Whether it is a bare year."""
    return len(cell) == 4 and cell.isdecimal()


def is_mark(cell: str) -> bool:
    """Whether it is a mark, and not a word or nothing."""
    try:
        return read_mark(cell) is not None
    except ValueError:
        return False


def one_date(cell: str, *, several: bool) -> str:
    """The date in a cell: without brackets, of several the last; "" for a switch or a date that is none."""
    text = cell.strip(" []")
    if several:  # "2023/02/01-2023/02/09, 2024/05/01-2024/05/09", "2023-10-27T00:00|2023-11-28T00:00|"
        found = re.findall(r"\d{4}[-/]\d\d?[-/]\d\d?(?:T[\d:.]+)?", text)
        return found[-1] if found else text
    if len(text) > _LONGEST_SWITCH:
        return "" if text.startswith("0000-00-00") else text
    return "" if as_switch(text) is not None else text


def number(cell: str) -> float | None:
    """The number at its beginning: 20 of "20h 00min"."""
    match = _NUMBER.match(cell) if cell else None
    return float(match[1].replace(",", ".")) if match else None


def seconds_in(cell: str) -> float | None:
    """ "00:01:30" or "90" -> 90."""
    cell = cell.strip()
    if not cell:
        return None
    if match := _CLOCK.fullmatch(cell):
        return int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
    return float(cell) if _SECONDS.fullmatch(cell) else None
