"""Groups of lines that could be a taste, and what tells a good one from a bad one.

Axes: n compared lines, C candidate groups of at most `LARGEST` lines, M = LARGEST.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from blue.profile.affinity import MOST_NATS
from blue.profile.traits import Rarity, Traits

LARGEST = 6  # lines of a taste: more do not make its sentence better
GROWS_TO = -3.0  # log-odds of the next line, up to which a group still grows
PAIRS_A_LINE = 3
NEAR = -0.5  # log-odds from which another line would fit the group as well
NAMED = ("theme", "word", "genre", "maker", "series", "title")
GROUP_FEATURES = (
    "one line", "two", "three", "five or more", "mean affinity", "least affinity", "best outside",
    "shared nats", "stars above mean", "recency", "outside of one", "others that fit",
)  # fmt: skip


@dataclass(frozen=True)
class Candidates:
    """`members` (C, M), padded with -1; `shared` (C,) nats of the rarest common trait."""

    members: np.ndarray
    shared: np.ndarray
    affinity: np.ndarray  # (n, n)
    allowed: np.ndarray  # (a,) the lines that groups are made of

    @cached_property
    def has(self) -> np.ndarray:
        """(C, n) whether a line is of a group."""
        has = np.zeros((len(self.members), len(self.affinity) + 1), dtype=bool)
        has[np.arange(len(has))[:, None], self.members] = True  # -1 falls into the spare column
        return has[:, :-1]

    def having(self, known: np.ndarray) -> "Candidates":
        """Only the groups with a line that is `known` (n,), or all of them where there are none."""
        keep = (self.has & known).any(axis=1)
        if not keep.any():
            return self
        return replace(self, members=self.members[keep], shared=self.shared[keep])

    def cohesion(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Each (C,): whether it is one line; mean and least affinity of two of its lines; shared nats."""
        pair = self.affinity[self.members[:, :, None], self.members[:, None, :]]
        real = self.members >= 0
        both = real[:, :, None] & real[:, None, :] & ~np.eye(self.members.shape[1], dtype=bool)
        count = both.sum(axis=(1, 2))
        mean = np.where(both, pair, 0).sum(axis=(1, 2)) / np.maximum(count, 1)
        least = np.where(both, pair, np.inf).min(axis=(1, 2), initial=np.inf)
        return count == 0, mean, np.where(count == 0, 0.0, least), self.shared

    def features(self, stars: np.ndarray) -> np.ndarray:
        """(C, F) in the order of GROUP_FEATURES; `stars` (n,) are those above the person's mean."""
        alone, mean, least, shared = self.cohesion()
        size = self.has.sum(axis=1)
        outside = np.full((len(size), len(self.affinity)), -np.inf, np.float32)
        fits = self.has.astype(np.float32) @ self.affinity / size[:, None]
        outside[:, self.allowed] = fits[:, self.allowed]
        outside[self.has] = -np.inf
        best = np.maximum(outside.max(axis=1, initial=-np.inf), 2 * GROWS_TO)
        others = np.log1p((outside > NEAR).sum(axis=1))
        place = np.arange(len(self.affinity)) / max(1, len(self.affinity) - 1)
        mine = self.has / size[:, None]
        return np.stack(
            (
                alone, size == 2, size == 3, size >= 5, mean, least,
                np.where(alone | (size == LARGEST), 0, best),
                shared, mine @ stars, mine @ place, np.where(alone, best, 0), others,
            ),
            axis=1,
        )  # fmt: skip


def candidate_groups(
    affinity: np.ndarray, lines: Sequence[Traits], rarity: Rarity, allowed: np.ndarray
) -> Candidates:
    """Single lines, the lines that share a trait, the closest pairs, and what grows from each line."""
    groups = {(int(line),) for line in allowed}
    groups |= _named(affinity, lines, allowed) | _pairs(affinity, allowed) | _grown(affinity, allowed)
    ordered = sorted(groups)
    members = np.full((len(ordered), LARGEST), -1)
    for row, group in enumerate(ordered):
        members[row, : len(group)] = group
    traits = [frozenset((field, trait) for field in NAMED for trait in line.of[field]) for line in lines]
    nats: dict[tuple[str, str], float] = {}
    shared = np.zeros(len(ordered))
    for row, group in enumerate(ordered):
        if len(group) > 1:
            common = frozenset.intersection(*(traits[line] for line in group))
            nats |= {trait: min(rarity(*trait), MOST_NATS) for trait in common - nats.keys()}
            shared[row] = max((nats[trait] for trait in common), default=0.0)
    return Candidates(members, shared, affinity, allowed)


def _named(affinity: np.ndarray, lines: Sequence[Traits], allowed: np.ndarray) -> set[tuple[int, ...]]:
    """The lines with one trait; of many those that are nearest to the others."""
    having: dict[tuple[str, str], list[int]] = defaultdict(list)
    for line in allowed:
        for field in NAMED:
            for trait in lines[line].of[field]:
                having[field, trait].append(int(line))
    groups = set()
    for members in having.values():
        if len(members) > LARGEST:
            nearest = np.argsort(-affinity[np.ix_(members, members)].sum(axis=1), kind="stable")[:LARGEST]
            members = sorted(members[place] for place in nearest)
        if len(members) > 1:
            groups.add(tuple(members))
    return groups


def _pairs(affinity: np.ndarray, allowed: np.ndarray) -> set[tuple[int, ...]]:
    one, other = np.triu_indices(len(allowed), 1)
    one, other = allowed[one], allowed[other]
    nearest = np.argsort(-affinity[one, other], kind="stable")[: PAIRS_A_LINE * len(allowed)]
    return {tuple(sorted((int(one[at]), int(other[at])))) for at in nearest}


def _grown(affinity: np.ndarray, allowed: np.ndarray) -> set[tuple[int, ...]]:
    """From every line: the line that fits best is added as long as one fits; each step is a group."""
    inside = affinity[np.ix_(allowed, allowed)]
    count = len(allowed)
    has = np.eye(count, dtype=bool)
    growing = np.ones(count, dtype=bool)
    groups: set[tuple[int, ...]] = set()
    for size in range(1, min(LARGEST, count)):
        fits = np.where(has, -np.inf, has.astype(np.float32) @ inside / size)
        growing &= fits.max(axis=1) >= GROWS_TO
        seeds = np.flatnonzero(growing)
        has[seeds, fits[seeds].argmax(axis=1)] = True
        groups |= {tuple(int(line) for line in allowed[has[seed]]) for seed in seeds}
    return groups
