"""Netflix viewing history, short (Title, Date) and detailed (Profile Name, Start Time, Title, ...).

An episode, "Show: Season 1: Pilot", becomes its series, seen on the date of its last episode. A film keeps
its colon: "Mission: Impossible - Fallout" names no season, and "Kill Bill: Vol. 1" has no episode after it.
"""

import re
from collections import defaultdict
from dataclasses import replace
from datetime import datetime
from itertools import chain, zip_longest

from blue.datatypes import SkippedRow
from blue.history.columns import DATE, TITLE, columns_for, role_of
from blue.history.dates import read_dates
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
_QUOTED_ROW = re.compile(r'".{1,1000}","\d{1,4}[./-]\d{1,2}[./-]\d{1,4}"')
_COLON = re.compile(r"\s*[:：]\s+|：")


def series_of(title: str) -> str | None:
    """ "Dark: Season 1: Secrets" -> "Dark"; None for a film, with a colon or without."""
    cuts = list(_COLON.finditer(title))
    for cut, next_cut in zip_longest(cuts, cuts[1:]):
        series, part = title[: cut.start()], title[cut.end() : next_cut and next_cut.start()]
        episode_follows = next_cut is not None
        if series and (
            _SEASON.fullmatch(part)
            or (episode_follows and (_PART.fullmatch(part) or part.startswith(f"{series} ")))
            or (not episode_follows and _EPISODE.fullmatch(part))
        ):
            return series
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
        record.get("title", *columns_for(TITLE, record.fields)),
        date=record.get("date", "start time", *columns_for(DATE, record.fields)),
        kind="movie",
    )


def _collapse_episodes(entries: tuple[Entry, ...]) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Episodes -> one entry a series, in the place and with the date of the episode seen last."""
    times = read_dates([entry.date for entry in entries]).times
    episodes: dict[str, list[int]] = defaultdict(list)
    for i, entry in enumerate(entries):
        if name := series_of(entry.title):
            episodes[name].append(i)
    if not episodes:
        return entries, ()
    last = {
        max(of_series, key=lambda i: (times[i] or datetime.min, -i)): name
        for name, of_series in episodes.items()
    }
    collapsed = set(chain.from_iterable(episodes.values())) - set(last)
    kept = tuple(
        replace(entry, title=last[i], kind="series") if i in last else entry
        for i, entry in enumerate(entries)
        if i not in collapsed
    )
    seen = len(collapsed) + len(last)
    episodes_seen = "1 episode" if seen == 1 else f"{seen:,} episodes"
    return kept, (f"{episodes_seen} became {len(last):,} series.",)


def _recognises(document: Document) -> bool:
    records = document.records
    if records is None or records.layout != "csv":
        return False
    return records.has("profile name", "start time", "title") or _is_short_form(document)


def _is_short_form(document: Document) -> bool:
    """Whether a table of titles and dates, which anybody may have written, is Netflix's own."""
    headers = document.records.headers
    if [role_of(header) for header in headers] != [TITLE, DATE]:
        return False
    rows = document.records.records
    return (
        "netflix" in document.filename.casefold()
        or any(series_of(record.get(headers[0])) for record in rows)
        or (headers == ("title", "date") and all(_QUOTED_ROW.fullmatch(record.text) for record in rows))
    )


IMPORTER = Importer("netflix", "Netflix", _recognises, _read)
