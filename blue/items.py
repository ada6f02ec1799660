"""The items that can be recommended: one Parquet file -> `Item`s in a fixed order."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote, quote_plus

import numpy as np
import polars as pl

from blue.datatypes import Item
from blue.errors import CatalogError
from blue.item_text import item_text
from blue.shipped import ASSETS

SHIPPED_CATALOG = ASSETS / "catalog.parquet"

# The columns of a catalogue file are the fields of Item.
SCHEMA = {
    "item_id": pl.String,
    "title": pl.String,
    "kind": pl.String,
    "year": pl.Int32,
    "makers": pl.List(pl.String),
    "series": pl.String,
    "genres": pl.List(pl.String),
    "themes": pl.List(pl.String),
    "tones": pl.List(pl.String),
    "popularity": pl.Float64,
    "ratings": pl.Int64,
    "aliases": pl.List(pl.String),
    "description": pl.String,
    "link": pl.String,
}
_REQUIRED = ("item_id", "title", "kind")
_HOW_TO_BUILD = "Build one from your items: python -m blue catalog build items.csv --out DIR."
_SHIPPED_SOURCES = (
    "MovieLens (GroupLens terms, not for commercial use), goodbooks-10k and DBpedia (CC BY-SA), themes and "
    "newer works by a language model (CC BY-SA)"
)
_PAGES = {"imdb": "https://www.imdb.com/title/{}/", "goodreads": "https://www.goodreads.com/book/show/{}"}
_SEARCHES = {
    "movie": "https://www.imdb.com/find/?s=tt&q={}",
    "series": "https://www.imdb.com/find/?s=tt&q={}",
    "book": "https://www.goodreads.com/search?q={}",
}
_SEARCH = "https://duckduckgo.com/?q={}"  # for what no site is known


@dataclass(frozen=True)
class Catalog:
    """Items in a fixed order: an item's position here is its row in embeddings and index."""

    items: tuple[Item, ...]
    about: str = field(default="", compare=False)  # whose data it is and on what terms, for the footer
    by_id: Mapping[str, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_id = {item.item_id: item for item in self.items}
        if len(by_id) != len(self.items):
            twice = _first_duplicate(self.items)
            raise CatalogError(f"The catalogue lists {twice!r} twice. Give every item an id of its own.")
        object.__setattr__(self, "by_id", MappingProxyType(by_id))

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that occur, by the alphabet: ("book", "movie", "series") in the shipped catalogue."""
        return tuple(sorted({item.kind for item in self.items}))

    @cached_property
    def coverage(self) -> str:
        """Up to which years the catalogue knows what kinds: "books, movies and series to 2025"."""
        last: dict[str, int] = {}
        for item in self.items:
            if item.year is not None:
                last[item.kind] = max(last.get(item.kind, item.year), item.year)
        kinds_to: dict[int, list[str]] = {}
        for kind in sorted(last):
            kinds_to.setdefault(last[kind], []).append(f"{kind.removesuffix('s')}s")
        return "; ".join(
            f"{', '.join(kinds[:-1])}{' and ' if kinds[:-1] else ''}{kinds[-1]} to {year}"
            for year, kinds in sorted(kinds_to.items())
        )

    @cached_property
    def position_of(self) -> Mapping[str, int]:
        """item_id -> position."""
        return MappingProxyType({item.item_id: position for position, item in enumerate(self.items)})

    @cached_property
    def text_digest(self) -> str:
        """SHA-256 (hex) of every item's id and text: embeddings are stale when it changes."""
        content = hashlib.sha256()
        for item in self.items:
            content.update(json.dumps([item.item_id, item_text(item)]).encode())
        return content.hexdigest()

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of every item and of its text: what is derived from them is stale when it changes."""
        content = hashlib.sha256()
        for item in self.items:
            row = [getattr(item, column) for column in SCHEMA if column != "description"]  # is in the text
            content.update(json.dumps([*row, item_text(item)]).encode())
        return content.hexdigest()

    def positions(self, kinds: Collection[str]) -> np.ndarray:
        """(I,) bool mask of the items of these kinds; an unknown kind raises CatalogError."""
        unknown = sorted(set(kinds) - set(self.kinds))
        if unknown:
            raise CatalogError(f"The catalogue has no {unknown[0]!r}. Choose from: {', '.join(self.kinds)}.")
        return np.isin(self._kind_numbers, [self.kinds.index(kind) for kind in set(kinds)])

    @cached_property
    def _kind_numbers(self) -> np.ndarray:
        """(I,) the place of each item's kind in `kinds`."""
        number_of = {kind: number for number, kind in enumerate(self.kinds)}
        return np.fromiter(
            (number_of[item.kind] for item in self.items), dtype=np.intp, count=len(self.items)
        )


def load_catalog(path: Path | None = None, *, about: str = "") -> Catalog:
    """Read a catalogue file (the shipped one by default); `about` is whose data it is.

    Columns other than item_id, title and kind may be absent; columns that `Item` lacks are ignored.
    """
    path = SHIPPED_CATALOG if path is None else Path(path)
    table = _read_table(path)
    missing = [column for column in _REQUIRED if column not in table.columns]
    if missing:
        raise CatalogError(
            f"{path} lacks the column {missing[0]!r}. A catalogue needs {', '.join(_REQUIRED)}; "
            f"it may also have {', '.join(name for name in SCHEMA if name not in _REQUIRED)}."
        )
    table = _typed(table.select(name for name in SCHEMA if name in table.columns), path)
    if table.is_empty():
        raise CatalogError(f"{path} holds no items. {_HOW_TO_BUILD}")
    if path == SHIPPED_CATALOG:
        about = _SHIPPED_SOURCES
    items = tuple(_item(row) for row in table.iter_rows(named=True))
    return Catalog(items if "popularity" in table.columns else with_popularity(items), about)


def quantiles(values: Sequence[float], groups: Sequence[str]) -> np.ndarray:
    """(I,) each value's place within its group, in (0, 1]; equal values share the middle of their places.

    >>> quantiles([5, 9, 5, 100], ["book", "book", "book", "movie"]).round(2).tolist()
    [0.5, 1.0, 0.5, 1.0]
    """
    table = pl.DataFrame({"value": pl.Series(values, dtype=pl.Float64), "group": groups})
    rank, count = pl.col("value").rank("average").over("group"), pl.len().over("group")
    return table.select(rank / count).to_series().to_numpy()


def with_popularity(items: Sequence[Item]) -> tuple[Item, ...]:
    """Items whose popularity is the place of their ratings within their kind; 0 where nothing was counted."""
    if not any(item.ratings for item in items):
        return tuple(items)
    places = quantiles([item.ratings for item in items], [item.kind for item in items]).round(4)
    return tuple(replace(item, popularity=float(place)) for item, place in zip(items, places, strict=True))


def write_catalog(items: Sequence[Item], path: Path, *, compression_level: int | None = None) -> None:
    """Write what `load_catalog` reads: one row an item, columns in the order of SCHEMA."""
    columns = {
        name: [list(value) if isinstance(value := getattr(item, name), tuple) else value for item in items]
        for name in SCHEMA
    }
    table = pl.DataFrame(columns, schema=SCHEMA)
    table.write_parquet(path, compression="zstd", compression_level=compression_level)


def _read_table(path: Path) -> pl.DataFrame:
    if not path.is_file():
        raise CatalogError(f"There is no catalogue at {path}. {_HOW_TO_BUILD}")
    try:
        return pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CatalogError(f"{path} is not a readable Parquet file ({error}). {_HOW_TO_BUILD}") from error


def _typed(table: pl.DataFrame, path: Path) -> pl.DataFrame:
    try:
        table = table.cast({name: SCHEMA[name] for name in table.columns})
    except pl.exceptions.PolarsError as error:
        raise CatalogError(f"{path} has a column of the wrong type: {error}") from error
    if "popularity" in table.columns and not table["popularity"].fill_null(0).is_between(0, 1).all():
        raise CatalogError(
            f"{path}: popularity is an item's place within its kind, between 0 and 1. Put counts of ratings "
            "into a column 'ratings' instead, and leave popularity out: it is worked out from them."
        )
    for column in _REQUIRED:
        if table[column].null_count():
            row = table[column].is_null().arg_max()
            raise CatalogError(f"{path}, row {row}: {column} is empty. Every item needs one.")
    return table


def _item(row: Mapping) -> Item:
    present = {name: value for name, value in row.items() if value is not None}
    return Item(
        **{name: tuple(value) if isinstance(value, list) else value for name, value in present.items()}
    )


def _first_duplicate(items: Iterable[Item]) -> str:
    seen: set[str] = set()
    return next(item.item_id for item in items if item.item_id in seen or seen.add(item.item_id))


def link_of(item: Item) -> str:
    """Where to read on about an item: its page by a public id, its own address, or a search for it.

    >>> link_of(Item("ml:1", "Toy Story", "movie", link="imdb:tt0114709"))
    'https://www.imdb.com/title/tt0114709/'
    >>> link_of(Item("1", "Dune: Part Two", "movie", 2024))
    'https://www.imdb.com/find/?s=tt&q=Dune%3A+Part+Two+2024'
    """
    site, _, public_id = (item.link or "").partition(":")
    if site in _PAGES:
        return _PAGES[site].format(quote(public_id, safe="", errors="replace"))
    if site in ("http", "https"):
        return item.link
    beside = item.year if item.kind in ("movie", "series") else next(iter(item.makers), None)
    words = item.title if beside is None else f"{item.title} {beside}"
    return _SEARCHES.get(item.kind, _SEARCH).format(quote_plus(words, errors="replace"))
