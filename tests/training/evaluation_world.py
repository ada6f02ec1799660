"""A tiny shop for the tests of the evaluation: data on disk, and embedders that can be drawn on paper."""

import gzip
import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from blue.retrieval.similarity import normalise
from training.evaluate.context import EvaluationContext
from training.evaluate.data import EvaluationData, read_data

WORDS = ("teapot", "kettle", "whisk", "ladle", "grater", "skillet", "trivet", "colander", "sieve", "mortar")


def write_shop(
    folder: Path,
    histories: Sequence[Sequence[int]],
    *,
    items: int = 150,
    splits: Sequence[str] | None = None,
    ratings: bool = False,
    domains: Sequence[str] | None = None,
) -> Path:
    """A folder in the benchmark's schema; item n is called by its number and a word."""
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "items.jsonl.gz", "wt") as file:
        for n in range(items):
            word = WORDS[n % 10]
            record = {"item_id": str(n), "title": f"{word} model {n * 7919}", "category": f"Kitchen > {word}"}
            if domains:
                record["domain"] = domains[n % len(domains)]
            file.write(json.dumps(record) + "\n")
    with gzip.open(folder / "users.jsonl.gz", "wt") as file:
        for number, history in enumerate(histories):
            entries = [
                {"item_id": str(item), "rating": 1.0 + item % 5} if ratings else str(item) for item in history
            ]
            record = {"user_id": str(number), "history": entries}
            if splits:
                record["split"] = splits[number % len(splits)]
            file.write(json.dumps(record) + "\n")
    return folder


def circles(users: int, length: int, items: int) -> list[list[int]]:
    """Everybody goes round the catalogue one step at a time, from a different start."""
    return [[(7 * user + step) % items for step in range(length)] for user in range(users)]


class HashedWords:
    """An embedder for unit tests: a text is the sum of its words' random directions."""

    name, dimension = "hashed-words", 64

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        return normalise(
            np.array([sum(map(self._direction, re.findall(r"\w+", text.lower()))) for text in texts])
        )

    encode_items = encode_queries

    def _direction(self, word: str) -> np.ndarray:
        return np.random.default_rng(list(word.encode())).standard_normal(self.dimension)


def evaluation(folder: Path, cache: Path, **options) -> EvaluationContext:
    """What is known of a shop on disk."""
    data: EvaluationData = read_data(str(folder))
    return EvaluationContext(data, HashedWords(), cache, **options)
