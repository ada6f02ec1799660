"""What every loader returns, who is in which split, and how one case is cut from a history."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from blue.datatypes import Interaction, Item
from blue.history import NEAR_DUPLICATE, nearly_same_title, without_duplicate_titles

__all__ = [
    "NEAR_DUPLICATE", "Case", "Dataset", "Split", "cut", "nearly_same_title", "split_of",
    "user_key", "users_of", "without_duplicate_titles",
]  # fmt: skip

Split = Literal["train", "validation", "test"]
TEST_PERCENT = 20
VALIDATION_PERCENT = 5


@dataclass(frozen=True)
class Dataset:
    """One domain. `histories` maps user_id -> interactions, oldest first, every item_id in `items`."""

    name: str
    items: Mapping[str, Item]
    histories: Mapping[str, tuple[Interaction, ...]]
    synthetic: bool = False  # histories assembled by us, not chosen by people
    splits: Mapping[str, Split] = field(default_factory=dict)  # of the users whose split the data state
    domains: Mapping[str, str] = field(default_factory=dict)  # item_id -> domain, where the data state it

    def split(self, user_id: str) -> Split:
        """The split that the data state, or else the one by the hash of the user's id."""
        return self.splits.get(user_id) or split_of(user_id)


@dataclass(frozen=True)
class Case:
    """One question with its answer: what came first, and the item that came next."""

    user_id: str
    history: tuple[Interaction, ...]
    target: Item


def split_of(user_id: str) -> Split:
    """The split a user belongs to, by a hash of the id: the same on every machine and for any data.

    >>> split_of("ml:1"), split_of("ml:6")
    ('train', 'test')
    """
    percent = int.from_bytes(hashlib.sha256(user_id.encode()).digest()[:8]) % 100
    if percent < TEST_PERCENT:
        return "test"
    return "validation" if percent < TEST_PERCENT + VALIDATION_PERCENT else "train"


def user_key(data_set: str | None, user_id: str) -> str:
    """The id that decides the split: with the set's name before it where the set numbers its own users.

    >>> user_key("beauty", "17"), user_key(None, "AEYORY2AVPMCPDV57CE337YU5LXA")
    ('beauty:17', 'AEYORY2AVPMCPDV57CE337YU5LXA')
    """
    return f"{data_set}:{user_id}" if data_set else user_id


def users_of(dataset: Dataset, split: Split) -> list[str]:
    """The user ids of one split, sorted."""
    return sorted(user for user in dataset.histories if dataset.split(user) == split)


def cut(dataset: Dataset, user_id: str, position: int) -> Case | None:
    """The case whose target is the interaction at `position` (0-based), or None if its history gives it away.

    A target that already occurs in the history has nothing to teach and the case is dropped; items of
    nearly the same title (another size, another edition) leave the history: they would give the answer away.
    """
    interactions = dataset.histories[user_id]
    target = dataset.items[interactions[position].item_id]
    before = interactions[:position]
    if any(line.item_id == target.item_id for line in before):
        return None
    history = tuple(line for line in before if not nearly_same_title(line.title, target.title))
    return Case(user_id, history, target) if history else None
