"""Histories as embeddings: a row of the index where the catalogue has the item, else its title, encoded."""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

import numpy as np

from blue.datatypes import Interaction
from blue.retrieval.retriever import Retriever

_REMEMBERED = 2_000  # titles the catalogue lacks; an edit must not encode a long history again


class HistoryVectors:
    """Embeddings of interactions. Titles are remembered under salted hashes, never as they were written."""

    def __init__(self, retriever: Retriever) -> None:
        self._retriever = retriever
        self._salt = os.urandom(16)
        self._titles: OrderedDict[bytes, np.ndarray] = OrderedDict()
        self._lock = Lock()

    def __call__(self, history: Sequence[Interaction]) -> np.ndarray:
        """(H, D) unit rows in the order of the history."""
        position_of = self._retriever.catalog.position_of
        vectors = np.empty((len(history), self._retriever.index.dimension), dtype=np.float32)
        known = [n for n, line in enumerate(history) if line.item_id in position_of]
        vectors[known] = self._retriever.index.embeddings([position_of[history[n].item_id] for n in known])
        unknown = [n for n, line in enumerate(history) if line.item_id not in position_of]
        if unknown:
            vectors[unknown] = self._encoded([history[n].title for n in unknown])
        return vectors

    def _encoded(self, titles: Sequence[str]) -> np.ndarray:
        keys = [hashlib.blake2b(title.encode(errors="replace"), salt=self._salt).digest() for title in titles]
        with self._lock:
            rows = {key: self._titles[key] for key in keys if key in self._titles}
        new = {key: title for key, title in zip(keys, titles, strict=True) if key not in rows}
        if new:
            encoded = self._retriever.encoder.encode_items(list(new.values()))
            rows |= dict(zip(new, encoded, strict=True))
        with self._lock:
            self._titles |= rows
            while len(self._titles) > _REMEMBERED:
                self._titles.popitem(last=False)
        return np.stack([rows[key] for key in keys])
