"""A row of any table or JSON list -> what it says, by what its columns mean.

The order of evidence: deleted rows are nothing; a status or shelf says how its owner stands to the title;
without one, a mark, a date of reading or watching, a count or a percentage says it; a row of a wish list
without any of these is a wish. A date is when it was finished, else read or watched, else rated, else begun,
else added; never when an edition came out. Marks of other people are not used.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

from blue.datatypes import SkippedRow
from blue.history.cells import is_mark, is_year, number, one_date, seconds_in
from blue.history.columns import (
    ADDED,
    CREATOR,
    DATE,
    DELETED,
    DONE,
    EPISODE,
    FINISHED,
    KIND,
    PLAYS,
    PROGRESS,
    RATING,
    REPEATS,
    SECONDS,
    SHOW,
    STARTED,
    STATUS,
    TITLE,
    WISHED,
    YEAR,
    columns_for,
    fold_header,
    role_of,
)
from blue.history.entries import Entry, clean_title, new_entry, read_year, skip
from blue.history.lines import split_year
from blue.history.ratings import read_mark
from blue.history.records import Record
from blue.history.series import is_nameless_episode, is_trailer, season_stripped, series_of
from blue.history.statuses import Standing, as_switch, standing_of

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
_BOOKISH = frozenset({"isbn", "isbn13", "author", "authors", "narrators", "primary author", "asin"})
_OTHERS_COUNT = frozenset(
    {"num ratings", "ratings count", "rating count", "num votes", "votes", "vote count"}
)
_RATED_AT = frozenset({"date rated", "rated at", "user rated at", "rated on", "rated date", "vote date"})
_BOOK_SERIES = re.compile(r"\s*\([^()]*(?:#|\b(?:Book|Bk|Vol|Volume)\b\.?)\s?[\d.,\s–-]+\)$", re.IGNORECASE)
_RELEASED = ("release date", "released", "premiered", "first air date", "first aired")
_SEVERAL_DATES = frozenset({"readings", "dates read"})
_FEW_SECONDS = 60
_CALLED = frozenset(
    {Standing.WISHED, Standing.GIVEN_UP}
)  # "Backlog", "is_watchlisted": columns of yes and no


@dataclass(frozen=True)
class Usage:
    """Where a service departs from the usual meaning of its columns; `means` maps a header to its role."""

    kind: str | None = None
    scale: float | None = None
    means: Mapping[str, str] = field(default_factory=dict)
    marks_only: bool = False  # a row without a mark is a wish
    wishes: bool = False  # the whole file is a list of wishes
    seasons: bool = False  # titles name seasons or episodes
    lonely_episodes: bool = False  # the title of an episode's row is the episode's own


@dataclass(frozen=True)
class Wish:
    """A row that its owner has not read, seen or played yet, and why it is taken for that."""

    entry: Entry
    reason: str


class Reader:
    """Reads the rows of one source; its columns are told once, by all of its rows."""

    def __init__(self, records: tuple[Record, ...], usage: Usage) -> None:
        self.usage = usage
        headers = list(dict.fromkeys(chain.from_iterable(record.fields for record in records)))
        self._columns = {role: self._of(role, headers) for role in {*map(self._role, headers)} - {None}}
        self.unknown = [header for header in headers if header and self._role(header) is None]
        self._switches = [
            header for header in self.unknown if standing_of((header.removeprefix("is "),)) in _CALLED
        ]
        self._bookish = usage.kind == "book" or not _BOOKISH.isdisjoint(headers)
        self.rating = self._rating_column(records, headers)
        if self._date_is_a_year(records):
            self._columns[YEAR] = (*self._columns.get(YEAR, ()), *self._columns.pop(DATE))

    def _role(self, header: str) -> str | None:
        return self.usage.means.get(header, role_of(header)) or None

    def _of(self, role: str, headers: Iterable[str]) -> tuple[str, ...]:
        said = tuple(
            header for header, meant in self.usage.means.items() if meant == role and header in headers
        )
        usual = columns_for(role, [header for header in headers if self._role(header) == role])
        return tuple(dict.fromkeys((*said, *usual)))

    def columns(self, role: str) -> tuple[str, ...]:
        """The folded headers that play a role here, the best first."""
        return self._columns.get(role, ())

    def cell(self, record: Record, role: str) -> str:
        """The first cell of a role that is not empty."""
        columns = self._columns.get(role)
        return record.get(*columns) if columns else ""

    def _rating_column(self, records: tuple[Record, ...], headers: list[str]) -> str | None:
        """The best-named column of the owner's marks: "note" is one in French, a remark in English."""
        crowd = not _OTHERS_COUNT.isdisjoint(headers)
        for header in self.columns(RATING):
            if crowd and header in ("rating", "ratings", "score") and header not in self.usage.means:
                continue
            if header != "note":
                return header
            cells = [cell for record in records if (cell := record.get(header))]
            if 2 * sum(map(is_mark, cells)) >= len(cells):
                return header
        return None

    def _date_is_a_year(self, records: tuple[Record, ...]) -> bool:
        """A bare year under "Date" is when a work or an edition came out."""
        cells = (cell for record in records if (cell := self.cell(record, DATE)))
        first = next(cells, "")
        return is_year(first) and all(map(is_year, cells))

    def read(self, record: Record) -> Entry | Wish | SkippedRow:
        """One row -> what it says."""
        entry = self._entry(record)
        if isinstance(entry, SkippedRow):
            return entry
        return self._judged(record, entry)

    def _entry(self, record: Record) -> Entry | SkippedRow:
        title, kind, part = self._work(record)
        if part is None:
            word = record.get(*self.columns(KIND)) or title
            return skip(record.line, record.text, f"{word[:80]!r} is neither a film nor a series.")
        title, year_in_title = split_year(clean_title(title[:2000]))
        if kind == "book" or (kind is None and self._bookish):
            title = _BOOK_SERIES.sub("", title[:1000])
        year = self._year(record, kind)
        date, viewing = self._date(record)
        return new_entry(
            record.line,
            record.text,
            title,
            rating="" if part else record.get(self.rating),
            date=date,
            kind=kind,
            year=year_in_title if year is None else year,
            creator=self.cell(record, CREATOR) or None,
            watches=None if part else self._watches(record),
            viewing=viewing and not part,
            part=part,
        )

    def _work(self, record: Record) -> tuple[str, str | None, bool | None]:
        """(title, kind, whether the row is a part of it); None for a part of nobody knows what."""
        word = fold_header(self.cell(record, KIND)).replace(" ", "")
        kind = self.usage.kind or _KIND_OF.get(word)
        show = "" if self._bookish else self.cell(record, SHOW)
        title = self.cell(record, TITLE)
        numbered = bool(self.cell(record, EPISODE))
        if word in _EPISODES or (show and (numbered or not title)):
            if show or (self.columns(EPISODE) and not self.usage.lonely_episodes):
                return (
                    season_stripped(show or title) or show or title,
                    "series",
                    word in _EPISODES or numbered,
                )
            return title, kind, None
        title = title or self.cell(record, SHOW)
        if self.usage.seasons or kind == "series":
            if is_nameless_episode(title) or (self.usage.seasons and is_trailer(title)):
                return title, kind, None
            series = series_of(title) or season_stripped(title)
            if series or (numbered and kind == "series"):
                return series or title, "series", True
        return title, kind, False

    def _year(self, record: Record, kind: str | None) -> int | None:
        year = read_year(self.cell(record, YEAR))
        if year is None and kind != "book" and not self._bookish:
            released = re.match(r"(\d{4})-\d\d", record.get(*_RELEASED))
            return int(released[1]) if released else None
        return year

    def _date(self, record: Record) -> tuple[str, bool]:
        """(the date that counts, whether it is that of a viewing or a reading)."""
        for role in (DONE, DATE, STARTED, ADDED):
            for header in self.columns(role):
                if text := one_date(record.get(header), several=header in _SEVERAL_DATES):
                    return text, role == DONE and header not in _RATED_AT
        return "", False

    def _watches(self, record: Record) -> int | None:
        if (plays := number(self.cell(record, PLAYS))) is not None:
            return int(plays) or None
        again = number(self.cell(record, REPEATS))
        return None if again is None else int(again) + 1

    def _judged(self, record: Record, entry: Entry) -> Entry | Wish | SkippedRow:
        """The entry, if it is history; whether it is a wish, or why it is neither."""
        if self._deleted(record):
            return skip(record.line, record.text, "It was deleted.")
        seconds = seconds_in(self.cell(record, SECONDS))
        if seconds is not None and seconds < _FEW_SECONDS:
            return skip(record.line, record.text, f"It ran for {seconds:g} seconds only.")
        statuses = [word for header in self.columns(STATUS) if (word := record.get(header))]
        statuses += [header for header in self._switches if as_switch(record.fields.get(header))]
        standing = standing_of(tuple(statuses)) if statuses else Standing.UNKNOWN
        status = ", ".join(statuses)[:60]
        if standing is Standing.WISHED:
            return Wish(entry, f"It is on the shelf {status!r}, not read yet." if self._bookish else
                        f"Its status is {status!r}: not seen yet.")  # fmt: skip
        if standing is Standing.GIVEN_UP:
            return replace(entry, given_up=True)
        if standing is Standing.BEGUN and not (self.engaged(record) or self._begun(record)):
            return skip(record.line, record.text, f"Its status is {status!r}, without a mark or a date yet.")
        if standing is Standing.UNKNOWN and (reason := self._why_a_wish(record)):
            return Wish(entry, reason)
        return entry

    def _why_a_wish(self, record: Record) -> str:
        """Why a row without a status is a wish; "" if it is history."""
        if self.engaged(record):
            return ""
        if self.usage.wishes or self.cell(record, WISHED):
            return "It is on a wish list."
        if self.usage.marks_only:
            return "It has no mark and no date."
        if self._begun(record):
            return ""
        counts = [number(self.cell(record, role)) for role in (PLAYS, PROGRESS)]
        if self._switch(record) is False or 0 in counts:
            return "It was not begun yet."
        return ""

    def engaged(self, record: Record) -> bool:
        """Whether its owner marked it, or finished it on some day."""
        if self.rating and is_mark(cell := record.get(self.rating)) and read_mark(cell).value > 0:
            return True
        return any(one_date(record.get(header), several=False) for header in self.columns(DONE))

    def says_finished(self, record: Record) -> bool:
        """Whether a column of yes and no says that it is finished."""
        return self._switch(record) is True

    def _begun(self, record: Record) -> bool:
        counts = (number(self.cell(record, role)) or 0 for role in (PLAYS, PROGRESS))
        started = one_date(self.cell(record, STARTED), several=False)
        return bool(started) or any(count > 0 for count in counts) or self._switch(record) is True

    def _switch(self, record: Record) -> bool | None:
        """Whether it is finished, where a column says yes or no."""
        cells = (record.fields.get(header) for header in (*self.columns(FINISHED), *self.columns(DONE)))
        said = [switch for cell in cells if (switch := as_switch(cell)) is not None]
        return any(said) if said else None

    def _deleted(self, record: Record) -> bool:
        cells = [record.fields.get(header) for header in self.columns(DELETED)]
        return any(
            as_switch(cell) or (isinstance(cell, str) and len(cell) > 7 and cell[:4].isdecimal())
            for cell in cells
        )

    def knows_engagement(self) -> bool:
        """Whether the source has a column of marks or of days on which something was read or seen."""
        return self.rating is not None or bool(self.columns(DONE))
