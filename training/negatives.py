"""Items that a user did not choose next: what a profile must tell the next item from.

Three kinds, all of the user's own domain (our choice; the paper does not say): `random` ones say what the
user likes at all, `popular` ones keep a profile from earning by popularity, and `hard` ones, the nearest to
the history, ask for more than its genre.
"""

import random
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from blue.datatypes import Item, TextEncoder
from training.data.schema import Dataset, nearly_same_title, users_of, without_duplicate_titles
from training.evaluation import text_of

RECENT = 10  # items of a history whose neighbours are hard negatives


@dataclass(frozen=True)
class Counts:
    """How many negatives of each kind a history gets."""

    random: int = 8
    popular: int = 4
    hard: int = 4


@dataclass(frozen=True)
class ItemTable:
    """Items and their embeddings, made once: `vectors` is (I, D), unit rows in the order of `items`."""

    items: Mapping[str, Item]
    vectors: np.ndarray
    row_of: Mapping[str, int]

    def rows(self, item_ids: Sequence[str]) -> np.ndarray:
        """Embeddings of some items: n ids -> (n, D)."""
        return self.vectors[[self.row_of[item_id] for item_id in item_ids]]


def embed_items(datasets: Collection[Dataset], encoder: TextEncoder) -> ItemTable:
    """One table over all data sets; an item that several share is embedded once."""
    items = {item_id: item for dataset in datasets for item_id, item in dataset.items.items()}
    vectors = encoder.encode_items([text_of(item) for item in items.values()])
    return ItemTable(items, vectors, {item_id: row for row, item_id in enumerate(items)})


class Negatives:
    """The negatives of one data set; each title once, popularity counted over train users alone."""

    def __init__(self, dataset: Dataset, table: ItemTable) -> None:
        self._pool = without_duplicate_titles(list(dataset.items.values()))
        self._vectors = table.rows([item.item_id for item in self._pool])
        self._table = table
        self._position = {_key(item.title): n for n, item in enumerate(self._pool)}
        chosen = Counter(
            _key(one.title) for user in users_of(dataset, "train") for one in dataset.histories[user]
        )
        self._popularity = np.array([chosen[_key(item.title)] for item in self._pool], dtype=float)

    def draw(
        self, target: Item, history: Sequence[str], counts: Counts, seed: str, avoid: Collection[str] = ()
    ) -> list[str]:
        """Item ids: the hard negatives first, then the popular, then the random ones; the same for one seed.

        Args:
            history: item ids that the profiler reads, oldest first; never drawn.
            avoid: more items that are no negatives, such as what the user chose later.

        Raises:
            ValueError: the data set is too small.
        """
        free = self._free(target, [*history, *avoid])
        dice = np.random.default_rng(random.Random(seed).getrandbits(64))
        popularity, everything = self._popularity, np.ones(len(self._pool))
        picked = self._nearest(history, free, counts.hard)
        for weights, count in ((popularity, counts.popular), (everything, counts.random)):
            free[picked] = False
            picked = [*picked, *self._weighted(weights * free, count, dice)]
        return [self._pool[n].item_id for n in picked]

    def _free(self, target: Item, known: Sequence[str]) -> np.ndarray:
        """(I,) whether an item of the pool may be drawn."""
        free = np.ones(len(self._pool), dtype=bool)
        titles = {_key(self._table.items[item_id].title) for item_id in known} | {_key(target.title)}
        free[[self._position[title] for title in titles if title in self._position]] = False
        similar = self._vectors @ self._table.rows([target.item_id])[0]
        for n in np.argsort(-similar)[:RECENT]:  # other editions of the target lie next to it
            if nearly_same_title(self._pool[n].title, target.title):
                free[n] = False
        return free

    def _nearest(self, history: Sequence[str], free: np.ndarray, count: int) -> list[int]:
        similar = (self._table.rows(history[-RECENT:]) @ self._vectors.T).max(axis=0)
        self._require(int(free.sum()), count)
        return np.argsort(-np.where(free, similar, -np.inf), kind="stable")[:count].tolist()

    def _weighted(self, weights: np.ndarray, count: int, dice: np.random.Generator) -> list[int]:
        self._require(int((weights > 0).sum()), count)
        if not count:
            return []
        return dice.choice(len(weights), count, replace=False, p=weights / weights.sum()).tolist()

    def _require(self, available: int, count: int) -> None:
        if available < count:
            raise ValueError(f"Only {available} items can be negatives. Ask for {available}, not {count}.")


def _key(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
