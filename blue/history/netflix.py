"""Netflix viewing history, short (Title, Date) and detailed (Profile Name, Start Time, Title, ...).

An episode, "Show: Season 1: Pilot", becomes its series, seen on the date of its last episode. A film keeps
its colon: "Mission: Impossible - Fallout" names no season, and "Kill Bill: Vol. 1" has no episode after it.
"""

import re
from collections import Counter
from dataclasses import replace

from blue.datatypes import SkippedRow
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, new_entry, partition, skip
from blue.history.records import Record

_ORDINAL = r"(?:\d{1,4}|[ivx]{1,5}|one|two|three|four|five|six|seven|eight|nine|ten)"
_SEASON = re.compile(
    r"(?:season|series|staffel|saison|temporada|stagione|seizoen|sezon|sezóna|säsong|sæson|sesong|kausi|évad"
    r"|sezonul|musim|сезон|сезонът|κύκλος|シーズン|시즌|الموسم|עונה)"
    rf"\s?{_ORDINAL}\b.*|第.{{1,3}}季|(?:сезон\s)?\d+\.?\s(?:évad|kausi|sezon|сезон|sezóna)"
    r"|limited series|miniserie|miniseries|mini-?series|mini-?série|série limitée|serie limitada|minissérie"
    r"|miniserien|limitierte serie|collection|specials",
    re.IGNORECASE,
)
# A part or volume is a season only if an episode follows: "Money Heist: Part 1: Do as Planned".
_PART = re.compile(
    r"(?:part|teil|partie|parte|deel|del|część|часть|パート|volume|vol\.?|volumen|volumul|book|buch|libro|livre"
    rf"|livro|chapter|kapitel|chapitre|capítulo|capitolo|year|collection)\s?{_ORDINAL}\b.*",
    re.IGNORECASE,
)
_EPISODE = re.compile(
    r"(?:episode|folge|épisode|episodio|episódio|aflevering|odcinek|avsnitt|afsnit|jakso|bölüm|серия|第)\s?\d{1,4}話?",
    re.IGNORECASE,
)
_COLON = re.compile(r"\s*[:：]\s+|：")


def series_of(title: str) -> str | None:
    """ "Dark: Season 1: Secrets" -> "Dark"; None for a film, with a colon or without."""
    parts = _COLON.split(title)
    for i, part in enumerate(parts[1:], start=1):
        is_season = _SEASON.fullmatch(part) or (i + 1 < len(parts) and _PART.fullmatch(part))
        if is_season or (i + 1 == len(parts) and _EPISODE.fullmatch(part)):
            return title[: title.index(part, len(": ".join(parts[:i])) - i)].rstrip(" :：") or None
    return None


def _read(document: Document) -> Reading:
    records = document.records.records
    profile, others = _first_profile(records)
    rows = [_to_entry(record) for record in records if record.get("profile name") == profile]
    entries, skipped = partition(rows)
    entries, notes = _collapse_episodes(entries)
    if others:
        names = ", ".join(repr(name) for name in others[:5])
        notes = (
            f"The file holds {len(others) + 1} profiles; {profile!r} was read. "
            f"To read another ({names}), keep only its rows.",
            *notes,
        )
    return Reading(entries, (*document.records.skipped, *skipped), notes, newest_first=True)


def _first_profile(records: tuple[Record, ...]) -> tuple[str, list[str]]:
    first, *others = dict.fromkeys(record.get("profile name") for record in records) or [""]
    return first, others


def _to_entry(record: Record) -> Entry | SkippedRow:
    if video_type := record.get("supplemental video type"):
        return skip(
            record.line, record.text, f"It is a trailer or a clip ({video_type.lower()}), not a title."
        )
    return new_entry(
        record.line,
        record.text,
        record.get("title"),
        date=record.get("date", "start time"),
        kind="movie",
    )


def _collapse_episodes(entries: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Episodes -> one entry a series, its most recent episode's (the file is newest first)."""
    series = [series_of(entry.title) for entry in entries]
    episodes = Counter(name for name in series if name)
    kept: list[Entry] = []
    seen: set[str] = set()
    for entry, name in zip(entries, series, strict=True):
        if name is None:
            kept.append(entry)
        elif name not in seen:
            seen.add(name)
            kept.append(replace(entry, title=name, kind="series"))
    if not episodes:
        return entries, ()
    return tuple(kept), (f"{episodes.total():,} episodes became {len(episodes):,} series.",)


def _recognises(document: Document) -> bool:
    records = document.records
    if records is None or records.layout != "csv":
        return False
    return records.headers == ("title", "date") or records.has("profile name", "start time", "title")


IMPORTER = Importer("netflix", "Netflix", _recognises, _read)
