"""Catalogue items by what a person types: one exact item, or the fitting ones for a search box."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from functools import cached_property

import numpy as np
from rapidfuzz import fuzz, process

from blue.datatypes import Interaction, Item
from blue.errors import CatalogError
from blue.history import TitleMatcher, TitleSearch, normalised_title
from blue.items import Catalog

NEAREST = 3  # titles that an error suggests
_YEAR_AT_END = re.compile(r"^(?P<title>.+?)\s*\((?P<year>\d{4})\)\s*$")


class ItemFinder:
    """Finds the items of one catalogue; made once."""

    def __init__(self, catalog: Catalog, matcher: TitleMatcher) -> None:
        self._catalog, self._matcher = catalog, matcher
        self._titles = [normalised_title(item.title) for item in catalog.items]
        self._known = frozenset(self._titles)

    def find(self, title: str, beside: Sequence[Interaction] = ()) -> Item:
        """The item of a title ("Dune", "Dune (1984)") or an item id.

        Args:
            beside: the history that the title is asked about; where a film and a book share a title, the
                kind that most of it is.

        Raises:
            CatalogError: there is none; the message names the nearest titles.
        """
        asked = title.strip()
        if asked in self._catalog.by_id:
            return self._catalog.by_id[asked]
        if not asked:
            raise CatalogError("No title is given. Write one of the catalogue, e.g. 'Alien (1979)'.")
        dated = _YEAR_AT_END.match(asked)
        wanted = Interaction(dated["title"], year=int(dated["year"])) if dated else Interaction(asked)
        kinds = Counter(row.kind for row in beside if row.kind)
        for kind, _ in () if dated else kinds.most_common(1):
            namesake = self.of_kind(asked, kind)
            if namesake and normalised_title(namesake.title) == normalised_title(asked):
                return namesake
        *_, found = self._matcher.match((*beside, wanted))
        if found.item_id is None:
            raise CatalogError(self._not_found(asked, dated["title"] if dated else asked))
        return self._catalog.by_id[found.item_id]

    def search(self, words: str, most: int, kinds: Collection[str] = ()) -> tuple[Item, ...]:
        """At most so many items of these kinds whose titles a visitor may be writing, likeliest first."""
        return self._typing.search(words, most, kinds)

    @cached_property
    def _typing(self) -> TitleSearch:
        return TitleSearch(self._catalog.items)

    def of_kind(self, title: str, kind: str) -> Item | None:
        """The item of a title and a kind, or None."""
        dated = _YEAR_AT_END.match(title.strip())
        name, year = (dated["title"], int(dated["year"])) if dated else (title.strip(), None)
        (found,) = self._matcher.match((Interaction(name, year=year, kind=kind),))
        return self._catalog.by_id.get(found.item_id)

    def has_title(self, title: str) -> bool:
        """Whether an item has exactly this title, but for case and punctuation."""
        return normalised_title(title) in self._known

    def _not_found(self, asked: str, title: str) -> str:
        """Why there is no such item, and the titles that may have been meant."""
        shown = asked if len(asked) <= 80 else asked[:79] + "…"
        nearest = self._nearest(title)
        if not nearest:
            return f"The catalogue has no '{shown}'. Write a title it has, e.g. 'Alien (1979)'."
        named = ", ".join(f"'{item.title}{f' ({item.year})' if item.year else ''}'" for item in nearest)
        return f"The catalogue has no '{shown}'. Did you mean {named}?"

    def _nearest(self, title: str) -> list[Item]:
        """The nearest titles by letters, then by popularity, each title once."""
        typed = normalised_title(title)[:200]
        scores = process.cdist([typed], self._titles, scorer=fuzz.WRatio, dtype=np.uint8)[0]
        popularity = np.array([item.popularity for item in self._catalog.items])
        order = np.lexsort((-popularity, -scores.astype(int)))
        nearest: dict[str, Item] = {}
        for n in order[: 10 * NEAREST]:
            if scores[n] > 0:
                nearest.setdefault(self._titles[n], self._catalog.items[n])
        return list(nearest.values())[:NEAREST]
