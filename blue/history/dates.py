"""Dates in any usual notation -> naive UTC times; day or month first is decided for a whole column.

A time with an offset is converted to UTC and one without is taken as it stands, so all times compare.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from dateutil import parser

_MAX_CHARACTERS = 64
_EPOCH = re.compile(r"\d{9,10}(?:\.\d+)?|\d{12,13}")
_YEAR = re.compile(r"\d{4}")
_NUMERIC = re.compile(r"\s*(\d{1,2})([./-])\s?(\d{1,2})\2\s?(\d{4}|\d{2})(?!\d)")
_ZONE_IN_WORDS = re.compile(
    r"\s*\([^()]*\)$|GMT(?=[+-]\d{4}\b)"
)  # "... GMT+0000 (Coordinated Universal Time)"
_TO_SPACE = str.maketrans({"年": "-", "月": "-", "日": " ", "\u202f": " ", "\xa0": " "})


class _Months(parser.parserinfo):
    """Month names of the languages in which the exports come."""

    JUMP = [*parser.parserinfo.JUMP, "de", "del", "den", "le", "г"]  # noqa: RUF012 (dateutil's own form)
    MONTHS = tuple(
        tuple(names.split())
        for names in (
            "Jan January Januar janv janvier ene enero gen gennaio janeiro januari",
            "Feb February Februar févr fév février febrero febbraio fev fevereiro",
            "Mar March März Mär mars marzo março maart mrt",
            "Apr April avr avril abr abril aprile",
            "May Mai mayo mag maggio maio mei",
            "Jun June Juni juin junio giu giugno junho",
            "Jul July Juli juil juillet julio lug luglio julho",
            "Aug August août aout ago agosto augustus",
            "Sep Sept September septembre septiembre set settembre setembro",
            "Oct October Okt Oktober octobre octubre ott ottobre out outubro",
            "Nov November novembre noviembre novembro",
            "Dec December Dez Dezember déc décembre dic diciembre dicembre dez dezembro",
        )
    )


_MONTHS = _Months()


@dataclass(frozen=True)
class DateColumn:
    """The dates of one column, None where there is none; `unreadable` are indices, `ambiguous` a remark."""

    times: tuple[datetime | None, ...]
    unreadable: tuple[int, ...] = ()
    ambiguous: str | None = None


def read_dates(texts: Sequence[str]) -> DateColumn:
    """A column of dates as written -> naive UTC times, with one decision on day or month first."""
    day_first, ambiguous = _decide_day_first(texts)
    known: dict[str, datetime | None] = {"": None}
    for text in texts:
        if text not in known:
            known[text] = read_date(text, day_first=day_first)
    unreadable = tuple(i for i, text in enumerate(texts) if text.strip() and known[text] is None)
    return DateColumn(tuple(known[text] for text in texts), unreadable, ambiguous)


def read_date(text: str, *, day_first: bool = False) -> datetime | None:
    """One date as written -> a naive UTC time, or None if it cannot be read as a date."""
    text = _ZONE_IN_WORDS.sub("", text.strip().translate(_TO_SPACE).strip())
    if len(text) > _MAX_CHARACTERS:
        return None
    try:
        if _EPOCH.fullmatch(text):
            seconds = float(text) / (1000 if len(text.partition(".")[0]) > 10 else 1)
            return datetime(1970, 1, 1) + timedelta(seconds=seconds)
        if _YEAR.fullmatch(text):
            return datetime(int(text), 1, 1)
        return _naive_utc(_parse(text, day_first))
    except (ValueError, OverflowError):
        return None


def _parse(text: str, day_first: bool) -> datetime:
    try:
        return datetime.fromisoformat(text)  # twenty times faster, and most exports are ISO
    except ValueError:
        if sum(character.isdigit() for character in text) < 3:
            raise  # dateutil would read "10" as the tenth of the current month
        return parser.parse(text, parserinfo=_MONTHS, dayfirst=day_first, default=datetime(1, 1, 1))


def _naive_utc(time: datetime) -> datetime:
    return time if time.tzinfo is None else time.astimezone(UTC).replace(tzinfo=None)


def _decide_day_first(texts: Sequence[str]) -> tuple[bool, str | None]:
    """Whether 3/4/21 is the third of April, and a remark if nothing in the column settles it."""
    matches = [match for text in texts if len(text) <= _MAX_CHARACTERS and (match := _NUMERIC.match(text))]
    triples = [(int(match[1]), int(match[3]), int(match[4])) for match in matches]
    if not triples:
        return False, None
    if any(first > 12 for first, _, _ in triples):
        return True, None
    if any(second > 12 for _, second, _ in triples):
        return False, None
    if matches[0][2] == ".":  # 3.4.2021: every country that writes dots puts the day first
        return True, None
    month_first_sorted = _is_sorted([(year, first, second) for first, second, year in triples])
    day_first_sorted = _is_sorted([(year, second, first) for first, second, year in triples])
    if month_first_sorted != day_first_sorted:  # exports are in order of time, one way or the other
        return day_first_sorted, None
    if all(first == second for first, second, _ in triples):
        return False, None
    return False, f"Dates such as {matches[0][0].strip()} were read as month/day/year."


def _is_sorted(values: Sequence[tuple[int, int, int]]) -> bool:
    ordered = sorted(values)
    return ordered in (list(values), list(reversed(values)))
