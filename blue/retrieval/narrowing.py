"""What may be ranked besides the kinds: items of a list, of some decades, of some genres.

A decade is named by its first year: 1980 is 1980 to 1989. Of several decades an item is of one, of several
genres it has one or more.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from blue.datatypes import Interaction, Item
from blue.errors import CatalogError
from blue.items import Catalog

_DECADE = re.compile(r"[0-9]{4}s?")
FEWEST = 20  # items of a decade or a genre that is offered as a choice
MAIN_SHARE = 0.8  # of the known titles of a history


def main_kind(history: Sequence[Interaction], items: Mapping[str, Item]) -> tuple[str, ...]:
    """The kind that nearly all of a history is of, and so what it asks for; () where there is none.

    >>> main_kind([Interaction("Alien", item_id="ml:1")], {"ml:1": Item("ml:1", "Alien", "movie")})
    ('movie',)
    """
    kinds = Counter(items[line.item_id].kind for line in history if line.item_id in items)
    return tuple(kind for kind, count in kinds.items() if count >= MAIN_SHARE * kinds.total())


def narrowed(
    catalog: Catalog,
    within: Collection[str] = (),
    decades: Collection[int] = (),
    genres: Collection[str] = (),
) -> tuple[str, ...]:
    """The ids that `Retriever.rank` may keep within; () where nothing narrows.

    Raises:
        CatalogError: no item is left, so that nothing could be ranked.
    """
    if not (decades or genres):
        return tuple(within)
    asked = {genre.casefold() for genre in genres}
    listed = [catalog.by_id[one] for one in within if one in catalog.by_id] if within else catalog.items
    left = tuple(
        item.item_id
        for item in listed
        if (not decades or decade_of(item) in decades)
        and (not asked or not asked.isdisjoint(map(str.casefold, item.genres)))
    )
    if not left:
        chosen = ", ".join([*(f"{decade}s" for decade in decades), *genres])
        raise CatalogError(f"Nothing here is of what was chosen ({chosen}). Choose more decades or genres.")
    return left


def decade_of(item: Item) -> int | None:
    """The first year of its decade; None where its year is not known."""
    return None if item.year is None else item.year // 10 * 10


def decades_in(items: Iterable[Item]) -> tuple[int, ...]:
    """The decades that `FEWEST` items or more are of, the latest first."""
    counts = Counter(decade_of(item) for item in items if item.year is not None)
    return tuple(sorted((decade for decade, n in counts.items() if n >= FEWEST), reverse=True))


def genres_in(items: Iterable[Item]) -> tuple[str, ...]:
    """The genres that `FEWEST` items or more have, the most frequent first."""
    counts = Counter(genre for item in items for genre in item.genres)
    return tuple(genre for genre, n in counts.most_common() if n >= FEWEST)


def parse_decades(text: str) -> tuple[int, ...]:
    """Decades as a person writes them.

    >>> parse_decades("1980s, 1995"), parse_decades("")
    ((1980, 1990), ())

    Raises:
        CatalogError: a part is no decade.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if wrong := [part for part in parts if not _DECADE.fullmatch(part)]:
        raise CatalogError(f"'{wrong[0][:20]}' is not a decade. Write years, e.g. '1980s, 1990s'.")
    return tuple(dict.fromkeys(int(part[:4]) // 10 * 10 for part in parts))


def parse_genres(text: str) -> tuple[str, ...]:
    """Genres with commas between them.

    >>> parse_genres("Comedy, film noir")
    ('comedy', 'film noir')
    """
    return tuple(dict.fromkeys(part.strip().lower() for part in text.split(",") if part.strip()))
