"""The columns of one source by what they mean: told once, by all of its rows, and asked for each of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from blue.history.cells import is_mark, is_year
from blue.history.columns import DATE, DONE, RATING, YEAR, columns_for, role_of
from blue.history.records import Record

_BOOKISH = frozenset({"isbn", "isbn13", "author", "authors", "narrators", "primary author", "asin"})
_OTHERS_COUNT = frozenset(
    {"num ratings", "ratings count", "rating count", "num votes", "votes", "vote count"}
)


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


class SourceColumns:
    """What each column of a source is read for; `unknown` are those of which nobody knows."""

    def __init__(self, records: tuple[Record, ...], usage: Usage) -> None:
        self.usage = usage
        shapes = {tuple(record.fields): None for record in records}  # rows differ in few ways
        headers = list(dict.fromkeys(chain.from_iterable(shapes)))
        self._columns = {role: self._of(role, headers) for role in {*map(self._role, headers)} - {None}}
        self.unknown = [header for header in headers if header and self._role(header) is None]
        self.bookish = usage.kind == "book" or not _BOOKISH.isdisjoint(headers)
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

    @property
    def knows_engagement(self) -> bool:
        """Whether there is a column of marks or of days on which something was read or seen."""
        return self.rating is not None or bool(self.columns(DONE))
