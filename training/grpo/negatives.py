"""The negatives of a data set: `blue.rewards.negatives`, with popularity counted over train users alone."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blue.datatypes import Item, TextEncoder
from blue.history import normalised_title
from blue.item_text import item_text
from blue.rewards import RECENT, Counts, NegativePool
from training.data import Dataset, item_vectors, users_of

__all__ = ["Counts", "ItemTable", "Negatives", "embed_items"]


@dataclass(frozen=True)
class ItemTable:
    """Items and their embeddings, made once: `vectors` is (I, D), unit rows in the order of `items`."""

    items: Mapping[str, Item]
    vectors: np.ndarray
    row_of: Mapping[str, int]

    def rows(self, item_ids: Sequence[str]) -> np.ndarray:
        """Embeddings of some items: n ids -> (n, D)."""
        return self.vectors[[self.row_of[item_id] for item_id in item_ids]]


def embed_items(datasets: Collection[Dataset], encoder: TextEncoder, cache: Path | None = None) -> ItemTable:
    """One table over all data sets; an item that several share is embedded once, and kept in `cache`."""
    items = {item_id: item for dataset in datasets for item_id, item in dataset.items.items()}
    texts = [item_text(item) for item in items.values()]
    vectors = item_vectors(texts, encoder, cache) if cache else encoder.encode_items(texts)
    return ItemTable(items, vectors, {item_id: row for row, item_id in enumerate(items)})


class Negatives:
    """The negatives of one data set; each title once, popularity counted over train users alone."""

    def __init__(self, dataset: Dataset, table: ItemTable) -> None:
        items = list(dataset.items.values())
        chosen = Counter(
            normalised_title(line.title)
            for user in users_of(dataset, "train")
            for line in dataset.histories[user]
        )
        popularity = np.array([chosen[normalised_title(item.title)] for item in items], dtype=float)
        self._pool = NegativePool(items, table.rows([item.item_id for item in items]), popularity)
        self._table = table

    def draw(
        self, target: Item, history: Sequence[str], counts: Counts, seed: str, avoid: Collection[str] = ()
    ) -> list[str]:
        """Item ids: the hard negatives first, then the popular, then the random ones; the same for one seed.

        Args:
            history: item ids that the profiler reads, oldest first; never drawn.
            avoid: more items that are no negatives, such as what the user chose later.

        Raises:
            CatalogError: the data set is too small.
        """
        known = [self._table.items[item_id].title for item_id in (*history, *avoid)]
        vector, recent = self._table.rows([target.item_id])[0], self._table.rows(history[-RECENT:])
        drawn = self._pool.draw(target, vector, known, recent, counts, seed)
        return [negative.item.item_id for negative in drawn]
