"""A row of any table or JSON list -> what it says, by what its columns mean.

A date is when it was finished, else read or watched, else rated, else begun, else added; never when an
edition came out. Marks of other people are not used. Whether the row is history at all: `engagement`.
"""

import re

from blue.datatypes import SkippedRow
from blue.history.cells import number, one_date
from blue.history.columns import (
    ADDED,
    CREATOR,
    DATE,
    DONE,
    EPISODE,
    KIND,
    PLAYS,
    REPEATS,
    SHOW,
    STARTED,
    TITLE,
    YEAR,
    fold_header,
)
from blue.history.engagement import Engagement, Wish
from blue.history.entries import Entry, clean_title, read_year, skip, title_problem
from blue.history.lines import split_year
from blue.history.records import Record
from blue.history.series import is_nameless_episode, is_trailer, season_stripped, series_of
from blue.history.source_columns import SourceColumns

_KINDS = {
    "movie": "movie film movies films pelicula filme feature featurefilm tvmovie video short shortfilm "
    "tvshort "
    "tvspecial musicvideo",
    "series": "series tvseries show shows tvshow tv serie anime tvminiseries miniseries podcastseries "
    "ona ova "
    "episode tvepisode season tvseason episodedetails",
    "book": "book books novel buch livre libro livro ebook audiobook manga comic comics lightnovel",
    "game": "game games videogame boardgame",
    "place": "place restaurant location",
    "product": "product",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_EPISODES = frozenset({"episode", "tvepisode", "season", "tvseason", "episodedetails", "podcastepisode"})
_SEASON, _NUMBER = ("season", "season number"), ("episode", "episode number", "ep number")
_RATED_AT = frozenset({"date rated", "rated at", "user rated at", "rated on", "rated date", "vote date"})
_BOOK_SERIES = re.compile(r"\s*\([^()]*(?:#|\b(?:Book|Bk|Vol|Volume)\b\.?)\s?[\d.,\s–-]+\)$", re.IGNORECASE)
_RELEASED = ("release date", "released", "premiered", "first air date", "first aired")
_SEVERAL_DATES = frozenset({"readings", "dates read"})


class Reader:
    """Reads the rows of one source."""

    def __init__(self, source: SourceColumns) -> None:
        self._source = source
        self._usage = source.usage
        self.engagement = Engagement(source)
        headers = {*source.columns(EPISODE)}
        self._counts_parts = not (headers.isdisjoint(_SEASON) or headers.isdisjoint(_NUMBER))
        self._dates = [
            (header, role == DONE and header not in _RATED_AT)
            for role in (DONE, DATE, STARTED, ADDED)
            for header in source.columns(role)
        ]

    def read(self, record: Record) -> Entry | Wish | SkippedRow:
        """One row -> what it says."""
        entry = self._entry(record)
        return entry if isinstance(entry, SkippedRow) else self.engagement.judged(record, entry)

    def _entry(self, record: Record) -> Entry | SkippedRow:
        title, kind, part = self._work(record)
        if part is None:
            word = record.get(*self._source.columns(KIND)) or title
            return skip(record.line, record.text, f"{word[:80]!r} is neither a film nor a series.")
        title, year_in_title = split_year(clean_title(title[:2000]))
        if kind == "book" or (kind is None and self._source.bookish):
            title = _BOOK_SERIES.sub("", title[:1000])
        if problem := title_problem(title):
            return skip(record.line, record.text, problem)
        year = self._year(record, kind)
        date, viewing = self._date(record)
        return Entry(
            record.line,
            record.text,
            title,
            rating="" if part else record.get(self._source.rating),
            date=date,
            kind=kind,
            year=year_in_title if year is None else year,
            creator=self._source.cell(record, CREATOR) or None,
            watches=None if part else self._watches(record),
            viewing=viewing and not part,
            part=part,
        )

    def _work(self, record: Record) -> tuple[str, str | None, bool | None]:
        """(title, kind, whether the row is a part of it); None for a part of nobody knows what."""
        word = fold_header(self._source.cell(record, KIND)).replace(" ", "")
        kind = self._usage.kind or _KIND_OF.get(word)
        show = "" if self._source.bookish else self._source.cell(record, SHOW)
        title = self._source.cell(record, TITLE)
        numbered = bool(self._source.cell(record, EPISODE))
        if word in _EPISODES or (show and (numbered or not title)):
            if show or (self._source.columns(EPISODE) and not self._usage.lonely_episodes):
                return (
                    season_stripped(show or title) or show or title,
                    "series",
                    word in _EPISODES or numbered,
                )
            return title, kind, None
        title = title or self._source.cell(record, SHOW)
        if kind is None and self._counts_parts and record.get(*_SEASON) and record.get(*_NUMBER):
            return title, "series", True
        if self._usage.seasons or kind == "series":
            if is_nameless_episode(title) or (self._usage.seasons and is_trailer(title)):
                return title, kind, None
            series = series_of(title) or season_stripped(title)
            if series or (numbered and kind == "series"):
                return series or title, "series", True
        return title, kind, False

    def _year(self, record: Record, kind: str | None) -> int | None:
        year = read_year(self._source.cell(record, YEAR))
        if year is None and kind != "book" and not self._source.bookish:
            released = re.match(r"(\d{4})-\d\d", record.get(*_RELEASED))
            return int(released[1]) if released else None
        return year

    def _date(self, record: Record) -> tuple[str, bool]:
        """(the date that counts, whether it is that of a viewing or a reading)."""
        for header, viewing in self._dates:
            if text := one_date(record.get(header), several=header in _SEVERAL_DATES):
                return text, viewing
        return "", False

    def _watches(self, record: Record) -> int | None:
        if (plays := number(self._source.cell(record, PLAYS))) is not None:
            return int(plays) or None
        again = number(self._source.cell(record, REPEATS))
        return None if again is None else int(again) + 1
