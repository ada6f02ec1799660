"""Which column of a file is which field of an item: what the flags say, and a guess for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from blue.errors import CatalogError
from blue.history import CREATOR, ITEM, KIND, TITLE, YEAR, columns_for, fold_header

# Names that are tried, the likeliest first, as `fold_header` leaves them; behind them, the names that the
# columns of histories go by.
_NAMES: Mapping[str, str] = {
    "id": (
        "item id, itemid, product id, productid, parent asin, asin, sku, article number, article id, id, "
        "gmap id, business id, place id, movie id, movieid, book id, bookid, isbn13, isbn, ean, gtin, "
        "handle, artikelnummer, artikel nr"
    ),
    "title": "product title, item title, product name, item name, article name, produktname, artikelname",
    "kind": "item kind, item type, kind, type, media type",
    "year": "year, release year, publication year, published, release date, publication date",
    "creator": "creator, creators, author, authors, director, directors, artist, brand, manufacturer, "
    "vendor, maker, store, publisher, designer, marke, hersteller",
    "series": "series, book series, product line, franchise, reihe, serie",
    "genres": "genres, genre, categories, category, main category, product category, product type, "
    "category path, google product category, department, kategorien, kategorie, subjects, shelves, class",
    "tags": "tags, tag, keywords, topics, labels, themes, schlagworte, attributes",
    "description": "description, product description, long description, short description, summary, "
    "overview, synopsis, plot, abstract, about, body html, beschreibung, features",
    "popularity": "vote count, popularity, ratings count, rating count, rating number, num ratings, "
    "number of ratings, reviews count, review count, num reviews, num of reviews, sales, units sold, sold, "
    "downloads, views, visits, votes",
    "aliases": "aliases, original title, alternative titles, also known as, other titles",
}
_AS_IN_HISTORIES = {"id": ITEM, "title": TITLE, "kind": KIND, "year": YEAR, "creator": CREATOR}

# Where a guessed column is empty in a row: whose wares it is says who made it, and features what it is.
_INSTEAD = {"creator": ("brand", "store", "manufacturer", "vendor"), "description": ("features", "about")}

FIELDS = tuple(_NAMES)
"""What a column can be mapped to; each is a flag of the command."""


@dataclass(frozen=True)
class ColumnChoice:
    """Which header plays each field; of `guessed` ones nobody said it, and `unused` ones play none."""

    header: Mapping[str, str]  # field -> header as written
    guessed: frozenset[str] = frozenset()
    unused: tuple[str, ...] = field(default=())
    instead: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # headers for rows without a value

    def without(self, name: str) -> "ColumnChoice":
        """The same with one field left out."""
        header = {known: column for known, column in self.header.items() if known != name}
        return replace(
            self,
            header=MappingProxyType(header),
            guessed=self.guessed - {name},
            unused=(*self.unused, self.header[name]),
        )


def choose_columns(said: Mapping[str, str], headers: Sequence[str], source: str) -> ColumnChoice:
    """The columns of a file: as `said` (field -> header; "" for none), and the likeliest for other fields.

    Raises:
        CatalogError: a said column is not there, or no column holds titles; it names those that were found.
    """
    chosen: dict[str, str] = {}
    for name, wanted in said.items():
        if wanted:
            chosen[name] = _named(name, wanted, headers, source)
    guessed = set()
    for name in FIELDS:
        if name not in said and (found := _likeliest(name, headers, set(chosen.values()))):
            chosen[name] = found
            guessed.add(name)
    if "title" not in chosen:
        raise CatalogError(
            f"{source} has no column of titles that is known. Its columns: {_listed(headers)}. "
            f"Say which one holds the titles: --title {_quoted(headers[0]) if headers else 'COLUMN'}"
        )
    unused = tuple(header for header in headers if header not in chosen.values())
    instead = {
        name: tuple(header for known in names for header in unused if fold_header(header) == known)
        for name, names in _INSTEAD.items()
        if name in guessed
    }
    return ColumnChoice(MappingProxyType(chosen), frozenset(guessed), unused, instead)


def _named(name: str, wanted: str, headers: Sequence[str], source: str) -> str:
    """The header that a flag means: as it is written, else whatever its case, accents and spaces."""
    if wanted in headers:
        return wanted
    for header in headers:
        if fold_header(header) == fold_header(wanted):
            return header
    raise CatalogError(
        f"--{name} {wanted!r}: {source} has no such column. Its columns: {_listed(headers)}. "
        f"Name one of them, or --{name} '' for none."
    )


def _likeliest(name: str, headers: Sequence[str], taken: set[str]) -> str | None:
    folded = {fold_header(header): header for header in reversed(headers) if header not in taken}
    names = [word.strip() for word in _NAMES[name].split(",")]
    if role := _AS_IN_HISTORIES.get(name):
        names += columns_for(role, folded)
    return next((folded[known] for known in names if known in folded), None)


def _listed(headers: Sequence[str], most: int = 30) -> str:
    shown = ", ".join(map(repr, headers[:most]))
    return f"{shown} and {len(headers) - most} more" if len(headers) > most else shown or "none"


def _quoted(header: str) -> str:
    return f"'{header}'" if " " in header else header
