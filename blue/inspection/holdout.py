"""What is held out, and the history that a profile may read then: nothing in it gives the answer away."""

from collections.abc import Sequence

from blue.datatypes import Interaction, Item
from blue.errors import HistoryError
from blue.history import nearly_same_title
from blue.inspection.reports import Holdout
from blue.items import Catalog

LIKED = 4.0  # stars from which a title was liked
_ONLY_ONE = "Nothing would be left to write a profile from. Add at least one more title, e.g. 'Dune | 5'."


def hold_out_row(history: Sequence[Interaction], row: int | None, catalog: Catalog) -> Holdout:
    """Hold out one row (0-based), or the most recent one that was liked and is in the catalogue.

    Later rows stay: the visitor asks what the profile is worth, not what could be known on a day.

    Raises:
        HistoryError: there is no such row, the catalogue lacks its title, or nothing would be left.
    """
    if not history:
        raise HistoryError("The history is empty. Add at least two titles, e.g. 'Dune | 5'.")
    if row is None:
        row = _last_liked(history, catalog)
    if not 0 <= row < len(history):
        raise HistoryError(f"There is no row {row + 1}. The history has {len(history)}.")
    if history[row].item_id not in catalog.by_id:
        raise HistoryError(
            f"The catalogue does not have '{history[row].title}' (row {row + 1}), so it cannot be retrieved. "
            "Hold out another row."
        )
    return _held_out(catalog.by_id[history[row].item_id], history, row)


def hold_out_item(history: Sequence[Interaction], target: Item) -> Holdout:
    """Hold out an item of the catalogue, whether or not the history has it.

    Raises:
        HistoryError: the history is empty, or nothing would be left of it.
    """
    if not history:
        raise HistoryError("The history is empty. Add at least one title, e.g. 'Dune | 5'.")
    rows = [n for n, interaction in enumerate(history) if interaction.item_id == target.item_id]
    return _held_out(target, history, rows[-1] if rows else None)


def _held_out(target: Item, history: Sequence[Interaction], row: int | None) -> Holdout:
    kept, dropped = [], []
    for interaction in history:
        (dropped if _names(interaction, target) else kept).append(interaction)
    if not kept:
        raise HistoryError(_ONLY_ONE)
    return Holdout(target, tuple(kept), row, tuple(dropped))


def _names(one: Interaction, target: Item) -> bool:
    """Whether an interaction is the target, or of nearly its title: another edition or another film of it."""
    return one.item_id == target.item_id or any(
        nearly_same_title(one.title, title) for title in (target.title, *target.aliases)
    )


def _last_liked(history: Sequence[Interaction], catalog: Catalog) -> int:
    """The last known row with at least `LIKED` stars, or none; of a history without such, the best one."""
    known = [row for row, interaction in enumerate(history) if interaction.item_id in catalog.by_id]
    if known:
        return max(known, key=lambda row: (min(_stars(history[row]), LIKED), row))
    raise HistoryError(
        "The catalogue has none of these titles, so none can be held out. Choose a title of the catalogue."
    )


def _stars(one: Interaction) -> float:
    """The rating; who rated nothing put it on the list because they liked it."""
    return LIKED if one.rating is None else one.rating
