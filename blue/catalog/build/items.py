"""Rows -> items: what makes a row unusable, what makes two rows one item, and what was read past."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from blue.catalog.build.cells import (
    LONGEST_DESCRIPTION,
    categories_of,
    count_of,
    names_of,
    people_of,
    text_of,
    year_of,
)
from blue.catalog.build.columns import ColumnChoice
from blue.catalog.build.files import SourceRow
from blue.datatypes import Item, SkippedRow
from blue.history import MAX_TITLE_CHARACTERS, key_of, skip, split_year
from blue.items import with_popularity
from blue.profile import shipped_kinds

MOST_KINDS = 24  # the page has a choice for each; a column with more values names genres, not kinds
_ADDRESS, _MAIN_CATEGORY = "address", "main_category"  # columns of Google's places and of Amazon's products
SHOWN_ROWS = 20  # skipped rows that a report keeps; all are counted
_LONGEST_KIND = 40  # characters
PRODUCT = "product"
_ROWS_A_REPORT = 5_000

Progress = Callable[[str, float | None], None]


class TooManyKindsError(Exception):
    """The column of kinds has more than MOST_KINDS values; `args` are the first of them."""


@dataclass(frozen=True)
class ItemsRead:
    """What the rows of a file came to."""

    items: tuple[Item, ...]
    rows: int
    repeats: int  # rows of an item that another row has already given
    skipped: int
    skipped_rows: tuple[SkippedRow, ...]  # the first SHOWN_ROWS of them
    reasons: tuple[tuple[str, int], ...]  # why rows were skipped, with how many, the most frequent first
    notes: tuple[str, ...]  # what was read past without losing a row


@dataclass
class _Tally:
    """What is counted while rows become items."""

    rows: int = 0
    repeats: int = 0
    skipped: list[SkippedRow] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    notes: dict[str, tuple[int, str]] = field(default_factory=dict)  # remark -> times, first example
    of_shop: set[str] = field(default_factory=set)  # ids of products under a path of categories

    def skip(self, row: SkippedRow) -> None:
        self.reasons[row.reason] += 1
        if len(self.skipped) < SHOWN_ROWS:
            self.skipped.append(row)

    def note(self, remark: str, example: str) -> None:
        times, first = self.notes.get(remark, (0, example))
        self.notes[remark] = (times + 1, first)

    def as_read(self, items: Iterable[Item]) -> ItemsRead:
        notes = tuple(f"{remark}: {times:,}, first {first}" for remark, (times, first) in self.notes.items())
        reasons = tuple(self.reasons.most_common())
        skipped = sum(self.reasons.values())
        return ItemsRead(tuple(items), self.rows, self.repeats, skipped, tuple(self.skipped), reasons, notes)


def read_items(
    rows: Iterable[SourceRow | SkippedRow], columns: ColumnChoice, kind: str, progress: Progress
) -> ItemsRead:
    """The items of a file, each once, in the order of their first rows; `kind` is that of rows without one.

    Where no column counts how often an item was taken, its rows are counted: a file of reviews is a
    catalogue too. Raises TooManyKindsError.
    """
    tally = _Tally()
    by_id: dict[str, Item] = {}
    times: Counter[str] = Counter()
    same_as: dict[tuple, str] = {}  # what makes two items one -> the id that stays
    kinds: Counter[str] = Counter()
    for row in rows:
        tally.rows += 1
        if tally.rows % _ROWS_A_REPORT == 0:
            progress(f"Reading the items: {tally.rows:,} rows", None)
        item = row if isinstance(row, SkippedRow) else _item(row, columns, kind, tally)
        if isinstance(item, SkippedRow):
            tally.skip(item)
            continue
        first = by_id.get(item.item_id)
        staying = item.item_id if first else same_as.setdefault(_identity(item, row), item.item_id)
        times[staying] += 1
        if first or staying != item.item_id:
            _note_repeat(tally, row, item, first, staying)
            continue
        by_id[staying] = item
        kinds[item.kind] += 1
        if len(kinds) > MOST_KINDS:
            raise TooManyKindsError(*kinds)
    items = list(by_id.values())
    if "popularity" not in columns.header:
        items = [replace(item, ratings=times[item.item_id]) for item in items]
    return tally.as_read(with_popularity(_described(items, tally)))


def _described(items: list[Item], tally: _Tally) -> list[Item]:
    """Products of a shop, told by its paths of categories, with what they are and what they are for."""
    sold = [item for item in items if item.item_id in tally.of_shop]
    if not sold:
        return items
    kinds = shipped_kinds()
    shops = kinds.shops_of([(item.title, " ".join(item.genres)) for item in sold])
    return [kinds.described(item, shops) if item.item_id in tally.of_shop else item for item in items]


def _note_repeat(tally: _Tally, row: SourceRow, item: Item, first: Item | None, staying: str) -> None:
    tally.repeats += 1
    if first is None:
        tally.note(
            "items with another id but the same title, kind, year and creator, kept once",
            f"line {row.line}: {item.item_id} is {staying}",
        )
    elif first.title != item.title:
        tally.note(
            "rows that give an item a second title; the first one stays",
            f"line {row.line}: {item.item_id} is {first.title!r}, not {item.title!r}",
        )


def _identity(item: Item, row: SourceRow) -> tuple:
    """What makes two rows one item; two branches of one chain are told apart by their address."""
    address = text_of(row.cells.get(_ADDRESS)).casefold()
    return key_of(item.title) or item.title, item.kind, item.year, item.makers[:1], address


def _category_cell(row: SourceRow, columns: ColumnChoice) -> object:
    """The cell of the genres. Amazon's list beside its main category is the steps of one path."""
    header = columns.header.get("genres")
    cell = row.cells.get(header) if header else None
    of_path = header == "categories" and _MAIN_CATEGORY in row.cells and isinstance(cell, list)
    return " > ".join(filter(None, map(text_of, cell))) if of_path else cell


def _description(row: SourceRow, told: object) -> str | None:
    """What is told of an item, and where it is if it is a place: branches read alike but for that."""
    words, address = text_of(told, LONGEST_DESCRIPTION), text_of(row.cells.get(_ADDRESS))
    return f"{words} {address}".strip() or None


def _item(row: SourceRow, columns: ColumnChoice, kind: str, tally: _Tally) -> Item | SkippedRow:
    def cell(name: str) -> object:
        if name not in columns.header:
            return None
        headers = (columns.header[name], *columns.instead.get(name, ()))
        return next((value for header in headers if text_of(value := row.cells.get(header))), None)

    title, year_in_title = split_year(text_of(cell("title"), MAX_TITLE_CHARACTERS))
    if not title:
        return skip(row.line, row.text, f"It has no title. Fill in {columns.header['title']!r}.")
    year = year_of(cell("year"))
    creators = people_of(cell("creator"))
    item_id = text_of(cell("id"))
    if "id" in columns.header and not item_id:
        return skip(row.line, row.text, f"It has no id. Fill in {columns.header['id']!r}, or pass --id ''.")
    if year is None and text_of(cell("year")):
        tally.note("years that could not be read", f"line {row.line}: {text_of(cell('year'))[:40]!r}")
    ratings = count_of(cell("popularity"))
    if ratings is None and text_of(cell("popularity")):
        tally.note("counts that could not be read", f"line {row.line}: {text_of(cell('popularity'))[:40]!r}")
    own_kind = " ".join(text_of(cell("kind"), _LONGEST_KIND).casefold().split()) or kind
    year = year_in_title if year is None else year
    genres, above = categories_of(_category_cell(row, columns))
    tags = names_of(cell("tags"))
    item_id = item_id or _made_id(title, own_kind, year, creators)
    if above and own_kind == PRODUCT:
        tally.of_shop.add(item_id)
    return Item(
        item_id=item_id,
        title=title,
        kind=own_kind,
        year=year,
        makers=creators,
        series=text_of(cell("series"), MAX_TITLE_CHARACTERS) or None,
        genres=genres,
        themes=tuple(tag for tag in tags or above if tag.casefold() not in genres),
        ratings=ratings or 0,
        aliases=tuple(alias for alias in names_of(cell("aliases")) if alias != title),
        description=_description(row, cell("description")),
    )


def _made_id(title: str, kind: str, year: int | None, creators: tuple[str, ...]) -> str:
    """An id for an item whose file has none: the same in every build, whatever the order of the rows."""
    content = "\n".join((key_of(title) or title, kind, str(year), *creators[:1]))
    return f"item:{hashlib.sha256(content.encode()).hexdigest()[:16]}"
