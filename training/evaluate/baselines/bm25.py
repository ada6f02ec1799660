"""BM25 over the items' texts, asked with the words of the most recent titles (bm25s)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import bm25s
import numpy as np

from blue.item_text import item_text
from training.data import Case
from training.evaluate.context import EvaluationContext


@dataclass(frozen=True)
class Bm25Settings:
    """What the search varies."""

    length: int  # most recent items whose words are asked for
    k1: float
    b: float

    def __str__(self) -> str:
        return f"last {self.length} titles, k1 {self.k1:g}, b {self.b:g}"


SETTINGS = tuple(Bm25Settings(length, k1, b) for k1, b in ((1.5, 0.75), (0.9, 0.4)) for length in (1, 3, 10))


@dataclass(frozen=True)
class Bm25:
    """The index and the query form of one setting."""

    evaluation: EvaluationContext
    settings: Bm25Settings

    @cached_property
    def _index(self) -> bm25s.BM25:
        index = bm25s.BM25(k1=self.settings.k1, b=self.settings.b)
        texts = [item_text(item) for item in self.evaluation.items]
        index.index(bm25s.tokenize(texts, show_progress=False), show_progress=False)
        return index

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I); an item that shares no word with the query scores 0."""
        scores = np.zeros((len(cases), len(self.evaluation.items)), dtype=np.float32)
        for place, case in enumerate(cases):
            rows = self.evaluation.rows(case.history[-self.settings.length :])
            text = "\n".join(item_text(self.evaluation.items[row]) for row in rows)
            (words,) = bm25s.tokenize([text], return_ids=False, show_progress=False)
            if words:
                scores[place] = self._index.get_scores(words)
        return scores
