"""What two lines of a history can share: themes, words, genres, makers, series, decades; how rare each is."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from blue.datatypes import Interaction, Item
from blue.profile.words import content_stems, folded

FIELDS = ("theme", "word", "genre", "maker", "series", "title", "decade")
COUNTED = 5_000
UNSEEN = 0.5  # items that are counted for a trait the catalogue has not: nothing is infinitely rare


@dataclass(frozen=True)
class Traits:
    """The traits of one line, by field: whole themes and their words, genres, makers, series, title words."""

    of: Mapping[str, frozenset[str]]
    is_product: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether nothing but a title is known."""
        return not (self.of["theme"] or self.of["genre"])


def traits_of(line: Interaction, item: Item | None) -> Traits:
    """What a line says of itself; a title that the catalogue lacks has its words, maker and decade."""
    themes = item.themes if item else ()
    makers = (*(item.makers if item else ()), *((line.creator,) if line.creator else ()))
    year = (item.year if item else None) or line.year
    found = {
        "theme": {folded(theme) for theme in themes},
        "word": {stem for theme in themes for stem in content_stems(theme)},
        "genre": {genre.casefold() for genre in item.genres} if item else set(),
        "maker": {maker.casefold() for maker in makers},
        "series": {folded(item.series)} if item and item.series else set(),
        "title": set(content_stems(item.title if item else line.title)),
        "decade": {f"{year // 10 * 10}s"} if year and year > 0 else set(),
    }
    is_product = (item.kind if item else line.kind) == "product"
    return Traits({field: frozenset(words) for field, words in found.items()}, is_product)


class Rarity:
    """Information of a trait over a catalogue in nats: log(I / items that have it)."""

    def __init__(self, items: Sequence[Item]) -> None:
        """Count once, over at most `COUNTED` items spread evenly: an app that starts waits for it."""
        self._counts: dict[str, Counter[str]] = {field: Counter() for field in FIELDS}
        counted = items[:: max(1, len(items) // COUNTED)]
        self._total = len(counted)
        for item in counted:
            for field, words in traits_of(Interaction(item.title), item).of.items():
                self._counts[field].update(words)

    def __call__(self, field: str, trait: str) -> float:
        """Nats, >= 0."""
        return math.log((self._total + 1) / (self._counts[field][trait] + UNSEEN))
