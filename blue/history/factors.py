"""What year, maker and kind of a line say of an item it may mean: factors on its weight, 0 rules it out."""

import re

from blue.datatypes import Interaction, Item
from blue.history.candidates import AUTHOR_BESIDE, same_maker

SAME_YEAR, YEAR_BESIDE, NO_YEAR = 10.0, 3.0, 0.5  # the same year, one off (festivals), none at the item
OTHER_DIRECTOR = 0.3  # co-directors and creators differ between sources; authors do not
OTHER_SCREEN = 0.05  # a miniseries filed as a film, or the reverse, where title and year agree
SCREEN = frozenset({"movie", "series"})
_TOLD_APART = frozenset({*SCREEN, "book", "place", "product"})  # the kinds that importers know
_NUMBERED = re.compile(r"\([^()]*#\d")  # "Dune (Dune, #1)": a book, as its pages write it


def year_factor(said: int | None, of_item: int | None) -> float:
    """What the year that a line says speaks for an item of that year."""
    if said is None:
        return 1.0
    if of_item is None:
        return NO_YEAR
    return {0: SAME_YEAR, 1: YEAR_BESIDE}.get(abs(said - of_item), 0.0)


def maker_factor(said: str | None, item: Item) -> float:
    """What the author or director that a line says speaks for an item."""
    same = same_maker(said, item.makers)
    if same is None:
        return 1.0
    if same:
        return AUTHOR_BESIDE
    return OTHER_DIRECTOR if item.kind in SCREEN else 0.0


def kind_factor(interaction: Interaction, item: Item) -> float:
    """What the kind that a line says, or its form shows, speaks for an item."""
    said = interaction.kind
    if said is None and _NUMBERED.search(interaction.title):
        return 1.0 if item.kind == "book" else OTHER_SCREEN
    if said is None or said == item.kind or item.kind not in _TOLD_APART:
        return 1.0  # a catalogue of somebody's own may have kinds that no importer knows
    both_screen = {said, item.kind} == SCREEN and interaction.year is not None
    return OTHER_SCREEN if both_screen else 0.0
