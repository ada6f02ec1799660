"""Histories -> windows to learn from: what came before some target, in the tastes that the app finds."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from blue.datatypes import Interaction, Item, Message
from blue.profile import Grouper, Taste, about_taste
from training.data.schema import Case, Dataset, Split, cut, users_of

SHORTEST, LONGEST = 3, 25  # interactions of a window

Vectors = Callable[[Sequence[Interaction]], np.ndarray]  # a history -> (H, D) unit rows


@dataclass(frozen=True)
class WindowSettings:
    """How windows are varied, so that the profiler meets what the app may show it."""

    titles_only: float = 0.15  # share of the windows of which the catalogue knows nothing but the titles
    unrated: float = 0.15  # share of the rated windows that lose their ratings


@dataclass(frozen=True)
class Example:
    """One window of one user's history, and what came next."""

    dataset: str
    user_id: str
    target_id: str
    history: tuple[Interaction, ...]  # oldest first
    shown: Mapping[str, Item]  # what the profiler is told of its items
    tastes: tuple[Taste, ...]  # at least one

    @property
    def history_ids(self) -> tuple[str, ...]:
        """Of the window's items, oldest first."""
        return tuple(line.item_id for line in self.history)

    @cached_property
    def prompts(self) -> tuple[tuple[Message, ...], ...]:
        """What the profiler is asked: one question a taste."""
        return tuple(about_taste(taste, self.history, self.shown).messages for taste in self.tastes)


def examples(
    dataset: Dataset,
    grouper: Grouper,
    split: Split,
    count: int,
    settings: WindowSettings,
    seed: int = 0,
    vectors: Vectors | None = None,
) -> Iterator[Example]:
    """`count` examples of the users of a split, each user in turn; every window of a user ends elsewhere.

    Args:
        grouper: which lines make a taste.
        vectors: embeddings of a history's lines; without them what lines share in words decides.
    """
    draw = random.Random(f"{seed}:{dataset.name}:{split}")
    users = users_of(dataset, split)
    made, tried = 0, 0
    while made < count and tried < 20 * count:
        user = users[tried % len(users)]
        tried += 1
        if (case := _window(dataset, user, draw)) and (
            example := _example(dataset, case, grouper, settings, draw, vectors)
        ):
            made += 1
            yield example


def _window(dataset: Dataset, user: str, draw: random.Random) -> Case | None:
    length = len(dataset.histories[user])
    if length <= SHORTEST:
        return None
    case = cut(dataset, user, draw.randint(SHORTEST, length - 1))
    if case is None:
        return None
    size = min(draw.randint(SHORTEST, LONGEST), draw.randint(SHORTEST, LONGEST))  # short ones cost less
    return replace(case, history=case.history[-size:])


def _example(dataset, case, grouper, settings, draw, vectors) -> Example | None:
    history = case.history
    if draw.random() < settings.unrated:
        history = tuple(replace(line, rating=None) for line in history)
    shown: Mapping[str, Item] = {} if draw.random() < settings.titles_only else dataset.items
    if names_target(history, case.target):
        return None
    tastes = grouper(history, shown, vectors(history) if vectors else None)
    if not tastes:
        return None
    return Example(dataset.name, case.user_id, case.target.item_id, history, shown, tastes)


def names_target(history: tuple[Interaction, ...], target: Item) -> bool:
    """Whether the target is in the history after all, by id or by title."""
    return any(line.item_id == target.item_id or line.title == target.title for line in history)
