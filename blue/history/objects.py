"""A JSON object -> one flat row: what it is about is brought up from the object that holds its title.

{"rating": 8, "movie": {"title": "Heat", "year": 1995}}     title, year, the type "movie", the mark
{"score": 90, "completedAt": {"year": 2017, ...}, "media": {"title": {"english": "Cowboy Bebop"}}}
{"Name": "Heat", "UserData": {"Played": true}}              what is the user's own, beside the title
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from blue.history.columns import (
    CREATOR,
    KIND,
    SHOW,
    TITLE,
    YEAR,
    column_for,
    columns_for,
    fold_header,
    folded,
    role_of,
)
from blue.history.records import Record, as_text
from blue.history.statuses import Standing, standing_of

_OWN = frozenset({"user data", "userdata", "list status", "my list status", "user item", "my status"})
_NAMES_OF_A_TITLE = ("user preferred", "english", "text", "name", "title", "romaji", "en", "native")
_SERIES = ("show", "series", "tv show", "tvshow")
_ABOUT = frozenset({TITLE, SHOW, YEAR, CREATOR, KIND})
_RELEASED = frozenset({"release date", "premiered", "first air date"})
_CONTAINERS = frozenset({dict, list})
_NEVER_ABOUT = frozenset({"user", "ids", "library", "cover", "meta", "owner", "list", "publisher"})


def keys_of(value: Mapping[str, Any]) -> list[str]:
    """The folded keys under which an object holds text or numbers."""
    return [fold_header(key) for key, cell in value.items() if as_text(cell)]


def bears_title(value: Mapping[str, Any]) -> bool:
    """Whether an object names a title, itself or in an object inside it."""
    return any(role_of(key) in (TITLE, SHOW) for key in keys_of(value)) or any(
        isinstance(cell, dict)
        and (_title_in(cell) or any(role_of(inner) == TITLE for inner in keys_of(cell)))
        for key, cell in value.items()
        if fold_header(key) not in _NEVER_ABOUT
    )


def flattened(record: Record) -> Record:
    """The record with one level of fields; that of a table as it is."""
    if not record.name and _CONTAINERS.isdisjoint(map(type, record.fields.values())):
        return record
    fields: dict[str, Any] = {}
    subjects: dict[str, dict[str, Any]] = {}
    for key, cell in record.fields.items():
        if isinstance(cell, dict):
            _take_in(key, cell, fields, subjects)
        else:
            fields[key] = ", ".join(map(as_text, cell)) if isinstance(cell, list) else cell
    several = len(subjects) > 1
    for key in sorted(subjects, key=lambda key: key not in _SERIES) if several else subjects:
        _bring_up(key, subjects[key], fields, several=several)
    if record.name:
        if standing_of((record.name,)) is not Standing.UNKNOWN:
            fields.setdefault("list name", record.name)
        if column_for(KIND, fields) is None:
            fields["type"] = record.name
    return Record(record.line, record.text, fields)


def _take_in(key: str, cell: dict[str, Any], fields: dict[str, Any], subjects: dict[str, Any]) -> None:
    """One object of a record: a date, a title in several languages, the user's own facts, or the subject."""
    inner = folded(cell)
    if "year" in inner and "month" in inner:
        fields[key] = _date(inner)
    elif role_of(key) == TITLE and not as_text(inner.get("year")) and (title := _title_in(inner)):
        fields[key] = title
    elif key in _OWN:
        fields.update({name: value for name, value in inner.items() if name not in fields})
    elif key not in _NEVER_ABOUT:
        for name, value in inner.items():
            if isinstance(value, dict) and role_of(name) == TITLE:
                inner[name] = _title_in(folded(value))
        if _says(TITLE, inner):
            subjects[key] = inner


def _bring_up(key: str, subject: dict[str, Any], fields: dict[str, Any], *, several: bool) -> None:
    """What an object says of the work; of an episode and its show, the show."""
    if several and key in _SERIES:
        fields["show"] = as_text(subject.get(column_for(TITLE, subject)))
    for name in _about(subject):
        fields.setdefault(name, subject[name])
    if several and key == "episode":
        fields.setdefault("episode number", subject.get("number", subject.get("episode", "")))
    if not _says(KIND, fields):
        fields["type"] = key


def _says(role: str, fields: Mapping[str, Any]) -> bool:
    return any(map(as_text, map(fields.get, columns_for(role, fields))))


def _about(subject: Mapping[str, Any]) -> list[str]:
    return [name for name in _names_about(tuple(subject)) if as_text(subject[name])]


@lru_cache(maxsize=1024)  # as the columns of a role
def _names_about(names: tuple[str, ...]) -> list[str]:
    return [name for name in names if role_of(name) in _ABOUT or name in _RELEASED]


def _title_in(names: Mapping[str, Any]) -> str:
    """The title among its languages, as AniList and Libby write it."""
    return next((text for name in _NAMES_OF_A_TITLE if (text := as_text(names.get(name)))), "")


def _date(parts: Mapping[str, Any]) -> str:
    """{"year": 2018, "month": 3, "day": null} -> "2018-03-01"; "" without a year."""
    year, month, day = (as_text(parts.get(name)) for name in ("year", "month", "day"))
    return f"{year}-{int(month or 1):02d}-{int(day or 1):02d}" if year.isdecimal() else ""
