"""Items that a user did not choose next: what a profile must tell the next item from.

Three kinds, all of the target's own domain (our choice; the paper does not say): `random` ones say what the
user likes at all, `popular` ones keep a profile from earning by popularity, and `hard` ones, the nearest to
the history, ask for more than its genre. Training and the app draw them here.
"""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from blue.datatypes import Item
from blue.errors import CatalogError
from blue.history import nearly_same_title, normalised_title, without_duplicate_titles

RECENT = 10  # items of a history whose neighbours are hard negatives, and neighbours that may be editions
NegativeKind = Literal["hard", "popular", "random"]


@dataclass(frozen=True)
class Counts:
    """How many negatives of each kind a history gets."""

    random: int = 8
    popular: int = 4
    hard: int = 4


@dataclass(frozen=True)
class Negative:
    """A drawn item; `row` is its place in the items that the pool was made from."""

    item: Item
    kind: NegativeKind
    row: int


class NegativePool:
    """The items of one domain that can be negatives, each title once."""

    def __init__(self, items: Sequence[Item], vectors: np.ndarray, popularity: np.ndarray) -> None:
        """`vectors` is (I, D), unit rows; `popularity` (I,), >= 0: how often each is chosen."""
        row_of = {item.item_id: row for row, item in enumerate(items)}
        self._items = without_duplicate_titles(items)
        self._rows = np.array([row_of[item.item_id] for item in self._items], dtype=int)
        self._vectors = vectors[self._rows]
        self._popularity = np.asarray(popularity, dtype=float)[self._rows]
        self._position = {normalised_title(item.title): n for n, item in enumerate(self._items)}

    def draw(
        self,
        target: Item,
        target_vector: np.ndarray,
        known: Collection[str],
        recent: np.ndarray,
        counts: Counts,
        seed: str,
    ) -> list[Negative]:
        """The hard negatives first, then the popular, then the random ones; the same for one seed.

        Args:
            target_vector: (D,), the target's embedding.
            known: titles that are no negatives: the history's, and what the user chose later.
            recent: (H, D), the last items of the history, whose neighbours are hard negatives.

        Raises:
            CatalogError: there are too few items.
        """
        free = self._free(target, target_vector, known)
        dice = np.random.default_rng(random.Random(seed).getrandbits(64))
        drawn: list[tuple[int, NegativeKind]] = []
        drawn += [(n, "hard") for n in self._nearest(recent, free, counts.hard)]
        weightings = (("popular", self._popularity), ("random", np.ones(len(self._items))))
        for kind, weights in weightings:
            free[[n for n, _ in drawn]] = False
            drawn += [(n, kind) for n in _weighted(weights * free, getattr(counts, kind), dice)]
        return [Negative(self._items[n], kind, int(self._rows[n])) for n, kind in drawn]

    def _free(self, target: Item, target_vector: np.ndarray, known: Collection[str]) -> np.ndarray:
        """(I,) whether an item may be drawn."""
        free = np.ones(len(self._items), dtype=bool)
        titles = {normalised_title(title) for title in known} | {normalised_title(target.title)}
        free[[self._position[title] for title in titles if title in self._position]] = False
        for n in np.argsort(-(self._vectors @ target_vector), kind="stable")[
            :RECENT
        ]:  # other editions lie next to it
            if nearly_same_title(self._items[n].title, target.title):
                free[n] = False
        return free

    def _nearest(self, recent: np.ndarray, free: np.ndarray, count: int) -> list[int]:
        similar = (recent[-RECENT:] @ self._vectors.T).max(axis=0)
        _require(int(free.sum()), count)
        return np.argsort(-np.where(free, similar, -np.inf), kind="stable")[:count].tolist()


def _weighted(weights: np.ndarray, count: int, dice: np.random.Generator) -> list[int]:
    _require(int((weights > 0).sum()), count)
    if not count:
        return []
    return dice.choice(len(weights), count, replace=False, p=weights / weights.sum()).tolist()


def _require(available: int, count: int) -> None:
    if available < count:
        raise CatalogError(f"Only {available} items can be negatives. Ask for {available}, not {count}.")
