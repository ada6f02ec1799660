"""Themes and makers for the works of MovieLens and goodbooks, and the works that both lack.

Reads the two tables of a folder: `themes.tsv` (a line for each item of both) and `new_works.tsv` (films,
series and books up to 2025). Where a line is unsure or contradicts MovieLens or goodbooks, the older source
wins; a work that both sources have becomes one item under its older id.
"""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from blue.datatypes import Item
from blue.history import heads_and_tails, key_of
from training.assets.labels import fold_theme, shown_spellings
from training.assets.natural_titles import distinct_aliases

MOST_THEMES = 8  # of one item: all of the table's (5-7), then MovieLens tags
MOST_GENRES = 4  # of one item, unless its older source names more
_LIST = "; "
_SERIES_THEMES = {
    "miniseries",
    "tv miniseries",
    "television miniseries",
    "television series",
    "narrated series",
}
# MovieLens files some series among its films. Read one by one, beside those whose themes say "miniseries".
SERIES_IN_MOVIELENS = {
    f"ml:{number}"
    for number in (
        40697,  # Babylon 5
        176601,  # Black Mirror
        167570,  # The OA
        171495,  # Cosmos
        159817,  # Planet Earth
        179135,  # Blue Planet II
        100553,  # Frozen Planet
        77177,  # Wild China
        184257,  # Making a Murderer
        131724,  # The Jinx
        127180,  # The Story of Film
        160289,  # O.J.: Made in America
        105250,  # The Century of the Self
        26587,  # The Decalogue
        7396,  # Scenes From a Marriage
        26693,  # It (1990)
        26849,  # The Stand
        163809,  # Over the Garden Wall
        62336,  # FLCL
        86487,  # Mildred Pierce
        152284,  # War and Peace (2016)
        26444,  # The Hitch Hikers Guide to the Galaxy (1981)
        7669,  # Pride and Prejudice (1995)
        7762,  # Tinker, Tailor, Soldier, Spy (1979)
        26453,  # Smiley's People
        93988,  # North & South
        26528,  # Anne of Green Gables
        171749,  # Death Note (2006)
        147250,  # The Adventures of Sherlock Holmes and Doctor Watson
        174403,  # The Putin Interviews
    )
}


@dataclass(frozen=True)
class ThemesRow:
    """One line of themes.tsv."""

    themes: tuple[str, ...]
    makers: tuple[str, ...]
    genres: tuple[str, ...]
    sure: bool


@dataclass(frozen=True)
class NewWork:
    """One line of new_works.tsv; `fame` is 1 (specialists know it) to 5 (everybody does)."""

    item: Item
    fame: int


@dataclass(frozen=True)
class Works:
    """Both tables."""

    rows: Mapping[str, ThemesRow]  # by item id
    new: tuple[NewWork, ...]

    @cached_property
    def spellings(self) -> Mapping[str, str]:
        """Folded theme -> its most used spelling in both tables."""
        themes = [theme for row in self.rows.values() for theme in row.themes]
        return shown_spellings([*themes, *(theme for work in self.new for theme in work.item.themes)])


def read_works(folder: Path) -> Works:
    """Read themes.tsv and new_works.tsv of a folder."""
    rows = {row["item_id"]: _themes_row(row) for row in _table(folder / "themes.tsv")}
    return Works(rows, tuple(_new_work(row) for row in _table(folder / "new_works.tsv")))


def joined(older: Sequence[Item], works: Works) -> tuple[list[Item], dict[str, int]]:
    """The older sources' items with what the tables know of them, then the works they lack; item id -> fame.

    The fame is that of new works and of older items that new_works.tsv names too.
    """
    items = [_enriched(item, works.rows.get(item.item_id), works.spellings) for item in older]
    known = _by_title(items)
    fame: dict[str, int] = {}
    for work in works.new:
        new = replace(work.item, themes=_spelled(work.item.themes, works.spellings))
        # One that is joined already is another part: "Avengers: Infinity War" is not "Avengers: Endgame".
        free = (place for place in known.places(new) if items[place].item_id not in fame)
        same = next((place for place in free if _is_same_work(items[place], new)), None)
        if same is None:
            items.append(new)
        else:
            items[same] = _completed(items[same], new)
        fame[new.item_id if same is None else items[same].item_id] = work.fame
    return items, fame


def work_id(title: str, year: int, kind: str) -> str:
    """A stable id of a work that no older source numbers.

    >>> work_id("Amélie & Friends", 2021, "movie")
    'bs:amelie-friends-2021-movie'
    """
    letters = (
        unicodedata.normalize("NFKD", title.replace("&", " ")).encode("ascii", "ignore").decode().lower()
    )
    slug = re.sub(r"[^a-z0-9]+", "-", letters.replace("'", "")).strip("-")
    return f"bs:{slug or 'untitled'}-{year}-{kind}"


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _names(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in cell.split(_LIST) if (name := part.strip())))


def _themes_row(row: Mapping[str, str]) -> ThemesRow:
    return ThemesRow(_names(row["themes"]), _names(row["makers"]), _names(row["genres"]), row["sure"] == "1")


def _new_work(row: Mapping[str, str]) -> NewWork:
    title, year, kind = row["title"], int(row["year"]), row["kind"]
    item = Item(
        work_id(title, year, kind),
        title,
        kind,
        year=year,
        makers=_names(row["makers"]),
        series=row["series"] or None,
        genres=_names(row["genres"]),
        themes=_names(row["themes"]),
        aliases=distinct_aliases(title, list(_names(row["other_titles"]))),
    )
    return NewWork(item, int(row["fame"]))


def _enriched(item: Item, row: ThemesRow | None, spellings: Mapping[str, str]) -> Item:
    kind = "series" if item.kind == "movie" and _is_series(item, row) else item.kind
    item = replace(item, kind=kind)
    if row is None or not (row.sure or row.themes):
        return item
    if not row.sure:  # inferred from the title: only where nobody else says anything
        return replace(
            item, genres=item.genres or row.genres, themes=item.themes or _spelled(row.themes, spellings)
        )
    genres = _united(item.genres, row.genres)
    themes = _spelled((*row.themes, *item.themes), spellings)
    said = {fold_theme(genre) for genre in genres}
    return replace(
        item,
        genres=genres,
        makers=item.makers or row.makers,
        themes=tuple(theme for theme in themes if fold_theme(theme) not in said)[:MOST_THEMES],
    )


def _is_series(item: Item, row: ThemesRow | None) -> bool:
    said = {theme.casefold() for theme in row.themes} if row else set()
    return item.item_id in SERIES_IN_MOVIELENS or bool(said & _SERIES_THEMES)


def _united(older: tuple[str, ...], newer: Iterable[str]) -> tuple[str, ...]:
    """The older source's genres, then what it lacks, up to MOST_GENRES; "family" is "children's"."""
    more = [
        genre for genre in newer if genre not in older and not (genre == "family" and "children's" in older)
    ]
    return (*older, *more[: max(0, MOST_GENRES - len(older))])


def _spelled(themes: Iterable[str], spellings: Mapping[str, str]) -> tuple[str, ...]:
    """Each theme once, in its most used spelling."""
    folded = dict.fromkeys(fold_theme(theme) for theme in themes)
    first = {fold_theme(theme): theme for theme in reversed(list(themes))}
    return tuple(spellings.get(key, first[key]) for key in folded)


@dataclass(frozen=True)
class _Known:
    """Where items stand by the keys of their titles, and of these without a subtitle."""

    whole: Mapping[str, list[int]]
    heads: Mapping[str, list[int]]

    def places(self, new: Item) -> list[int]:
        """Items that a work may be: of the same title, or one of the two has a subtitle more."""
        whole, heads = _keys(new)
        found = [place for key in whole for place in (*self.whole.get(key, ()), *self.heads.get(key, ()))]
        return [*found, *(place for key in heads for place in self.whole.get(key, ()))]


def _by_title(items: Iterable[Item]) -> _Known:
    known = _Known(defaultdict(list), defaultdict(list))
    for place, item in enumerate(items):
        for keys, found in zip(_keys(item), (known.whole, known.heads), strict=True):
            for key in keys:
                found[key].append(place)
    return known


def _keys(item: Item) -> tuple[list[str], list[str]]:
    """(keys of all titles, keys of what stands before their subtitles)."""
    titles = (item.title, *item.aliases)
    heads = (head for title in titles for head, _ in heads_and_tails(title))
    return list(dict.fromkeys(map(key_of, titles))), list(dict.fromkeys(map(key_of, heads)))


def _is_same_work(item: Item, new: Item) -> bool:
    """Whether an item of one title key is the new work: its kind, its year within one, and a maker of it.

    Directors and creators of a series are other people, so of two series of one title the years decide.
    """
    if item.kind != new.kind or (item.year is not None and abs(item.year - new.year) > 1):
        return False
    shared = {key_of(name) for name in item.makers} & {key_of(name) for name in new.makers}
    return bool(shared) or new.kind == "series"


def _completed(item: Item, new: Item) -> Item:
    """An older item with what the new work's line adds: what it lacks, and other titles."""
    aliases = distinct_aliases(item.title, [*item.aliases, new.title, *new.aliases])
    return replace(
        item,
        year=item.year or new.year,
        makers=item.makers or new.makers,
        series=item.series or new.series,
        genres=item.genres or new.genres,
        themes=item.themes or new.themes,
        aliases=aliases,
    )
