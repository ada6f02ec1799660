"""Results of the evaluation as they are published: a score of a method on a data set, with its interval.

Reads what `training.evaluate` writes: the rows of a table.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from blue.datatypes import Scoring
from blue.errors import BlueError

SHOWN = ("ndcg@10", "recall@10")
PUBLISHED = {"facets": "blue-facets", "single": "blue-single"}  # scoring of the profiler -> its row


class ScoresError(BlueError):
    """A file of results has a form that is not known."""


@dataclass(frozen=True)
class Score:
    """A mean over test users in [0, 1], with its 95 % bootstrap interval."""

    dataset: str
    method: str
    pool: str  # "sampled": 1 + 99 candidates; "full": the whole catalogue
    metric: str  # "ndcg@10"
    value: float
    low: float
    high: float
    users: int
    seed: int


def read_scores(path: Path) -> tuple[Score, ...]:
    """The scores in a file of results; ScoresError if it is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        tables = content if isinstance(content, list) else [content]
        return tuple(score for table in tables for score in _from_table(table))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ScoresError(
            f"{path} is not a file of results ({type(error).__name__}: {error}). "
            "Give the one that python -m training.evaluate wrote."
        ) from error


def of_profiler(scores: Sequence[Score], scoring: Scoring) -> tuple[Score, ...]:
    """The published profiler's own scores, as it is used."""
    return tuple(score for score in scores if score.method == PUBLISHED[scoring] and score.metric in SHOWN)


def _from_table(table: dict) -> list[Score]:
    return [
        Score(
            dataset=table["dataset"],
            method=row["method"],
            pool=row["pool"],
            metric=row["metric"],
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            users=int(table["n_users"]),
            seed=int(table["seed"]),
        )
        for row in table["rows"]
        if row["value"] is not None
    ]
