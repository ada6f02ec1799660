"""The protocol of every table: who is tested, what is held out, among which candidates, how ranks count.

Users unseen in training; the last item held out; a target that occurs in the history drops the user, and what
nearly has the target's title leaves the history (`training.data.schema.cut`). Every method scores the whole
catalogue once, and the target is ranked in two pools: `sampled`, 1 + 99 items of its own domain, the same for
all methods, and `full`, the catalogue without what the user had already. Ties count against the method.
"""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, Protocol

import numpy as np

from blue.datatypes import Item
from blue.history import nearly_same_title
from training.data import Case, Split, cut
from training.evaluate.data import EvaluationData, EvaluationError

NEGATIVES = 99
LEAST = 5  # interactions before the target
HISTORY = 25  # interactions every method may read
BLOCK = 64  # trials scored at a time: (64, 36,000) float32 is 9 MB

Pool = Literal["sampled", "full"]
POOLS: tuple[Pool, ...] = ("sampled", "full")


@dataclass(frozen=True)
class Trial:
    """One question: the case, its candidates (the target first), and what does not compete, as rows."""

    case: Case
    candidates: np.ndarray  # (1 + N,) rows of the catalogue
    excluded: np.ndarray  # (E,) rows: what the user had before, and other listings of the target's title


@dataclass(frozen=True)
class Ranks:
    """The target's rank in each trial, 1 is best: two (T,) arrays."""

    sampled: np.ndarray
    full: np.ndarray

    def of(self, pool: Pool) -> np.ndarray:
        """The ranks in one pool."""
        return self.sampled if pool == "sampled" else self.full


class Scorer(Protocol):
    """A method: histories in, a score for every item of the catalogue out."""

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """B cases -> (B, I), in the order of the catalogue; more is better."""
        ...


@dataclass(frozen=True)
class Benchmark:
    """The trials of one data set over its catalogue."""

    items: tuple[Item, ...]
    trials: tuple[Trial, ...]
    least: int = LEAST  # interactions that every user has before the target

    @cached_property
    def cases(self) -> tuple[Case, ...]:
        """The case of every trial."""
        return tuple(trial.case for trial in self.trials)

    @property
    def users(self) -> list[str]:
        """Whose trial each one is."""
        return [case.user_id for case in self.cases]

    def ranks(self, scorer: Scorer) -> Ranks:
        """Score the catalogue for every trial and rank the targets in both pools."""
        sampled, full = [], []
        for start in range(0, len(self.trials), BLOCK):
            block = self.trials[start : start + BLOCK]
            for trial, scores in zip(block, scorer.scores([trial.case for trial in block]), strict=True):
                sampled.append(rank(scores[trial.candidates], 0))
                competing = scores.astype(np.float64)
                competing[trial.excluded] = -np.inf
                full.append(rank(competing, trial.candidates[0]))
        return Ranks(np.array(sampled), np.array(full))


def rank(scores: np.ndarray, target: int) -> int:
    """The target's rank among (I,) scores, 1 is best; ties stand before it.

    >>> rank(np.array([0.5, 0.9, 0.5, 0.1]), 0)
    3

    Raises:
        ValueError: a score is not a number, or the target is missing from the pool.
    """
    if np.isnan(scores).any():
        raise ValueError("A score is not a number. Check the embeddings for empty texts.")
    if scores[target] == -np.inf:
        raise ValueError("The target is not in the pool that it is to be ranked in.")
    return int((scores >= scores[target]).sum())


def make_benchmark(
    data: EvaluationData,
    split: Split = "test",
    most: int | None = None,
    *,
    seed: int = 0,
    cuts: int = 1,
    least: int = LEAST,
) -> Benchmark:
    """At most `most` users of a split, shuffled by the seed, each with `cuts` targets at most.

    The candidates of a trial depend on seed, user and target alone: fewer users are the same trials.

    Raises:
        EvaluationError: nobody has a history long enough, or no negative can be drawn.
    """
    users = data.users(split)
    random.Random(seed).shuffle(users)
    drawer = _Drawer(data, seed)
    trials: list[Trial] = []
    tested = 0
    for user in users:
        if most is not None and tested == most:
            break
        found = _trials_of(user, data, drawer, cuts, least)
        trials += found
        tested += bool(found)
    if not trials and split == "test":
        raise EvaluationError(
            f"{data.name}: none of the {len(users)} test users has {least} interactions before a new last "
            "item. Ask for fewer with --least, or give longer histories."
        )
    benchmark = Benchmark(drawer.items, tuple(trials), least)
    require_no_leak(benchmark, data)
    return benchmark


def _trials_of(user, data: EvaluationData, drawer: "_Drawer", cuts: int, least: int) -> list[Trial]:
    length = len(data.dataset.histories[user])
    positions = range(length - 1, max(least, length - cuts) - 1, -1)
    cases = ((position, cut(data.dataset, user, position)) for position in positions)
    return [drawer.trial(case, position) for position, case in cases if case]


def require_no_leak(benchmark: Benchmark, data: EvaluationData) -> None:
    """Stop if a history gives its target away or a tested user is one that methods were trained on.

    Raises:
        EvaluationError: naming the first such user.
    """
    for case in benchmark.cases:
        if data.splits[case.user_id] == "train":
            raise EvaluationError(f"Leak: {case.user_id} is tested, but belongs to the training users.")
        for interaction in case.history:
            same = interaction.item_id == case.target.item_id
            if same or nearly_same_title(interaction.title, case.target.title):
                raise EvaluationError(
                    f"Leak: the history of {case.user_id} holds its target, {case.target.title!r}."
                )


class _Drawer:
    """Draws candidates: in the target's domain, each title once, nothing that the user had."""

    def __init__(self, data: EvaluationData, seed: int) -> None:
        self.items = tuple(data.dataset.items.values())
        self._row_of = {item.item_id: row for row, item in enumerate(self.items)}
        self._data, self._seed = data, seed
        self._titles = [_words(item.title) for item in self.items]
        self._listings = defaultdict(list)  # title -> rows
        for row, title in enumerate(self._titles):
            self._listings[title].append(row)
        self._pools = defaultdict(list)  # domain -> rows
        first_rows = [rows[0] for rows in self._listings.values()]
        for row in first_rows:
            self._pools[data.domains[self.items[row].item_id]].append(row)

    def trial(self, case: Case, position: int) -> Trial:
        before = self._data.dataset.histories[case.user_id][:position]
        target = self._row_of[case.target.item_id]
        had = {self._row_of[interaction.item_id] for interaction in before}
        known = {self._titles[row] for row in had} | {self._titles[target]}
        negatives = self._negatives(case, known)
        excluded = (had | set(self._listings[self._titles[target]])) - {target}
        return Trial(case, np.array([target, *negatives]), np.array(sorted(excluded), dtype=int))

    def _negatives(self, case: Case, known: set[str]) -> list[int]:
        domain = self._data.domains[case.target.item_id]
        pool = list(self._pools[domain])
        random.Random(f"{self._seed}:{case.user_id}:{case.target.item_id}").shuffle(pool)
        chosen: list[int] = []
        for row in pool:
            if len(chosen) == NEGATIVES:
                break
            twin = self._titles[row] in known or nearly_same_title(self.items[row].title, case.target.title)
            if not twin:
                chosen.append(row)
        if not chosen:
            raise EvaluationError(f"{domain}: there is no other item to rank {case.target.title!r} against.")
        return chosen


def _words(title: str) -> str:
    return " ".join(re.findall(r"\w+", title.casefold()))
