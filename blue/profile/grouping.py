"""A history -> its tastes: which lines belong in one sentence, the strongest first.

    lines -> what pairs share -> candidate groups -> how a person would value each -> five, chosen greedily

A group is a single strong line or up to six that share something. What makes a group was learned from
profiles as a person would write them; every weight stands in `assets/grouping.json`, with the command that
fits and measures them, `training.assets.fit_grouping`. Polarity comes from the stars alone.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from blue.datatypes import Interaction, Item
from blue.profile.affinity import Background, Linear, affinities, kind_of, pair_features
from blue.profile.candidates import Candidates, candidate_groups
from blue.profile.product_kinds import known_item
from blue.profile.traits import Rarity, Traits, traits_of
from blue.shipped import ASSETS

WEIGHTS = ASSETS / "grouping.json"
MOST_TASTES = 5
BACKGROUND_ITEMS = 500  # of a catalogue: what the cosine of two items is worth
LIKED_FROM, LOW_TO = 3.5, 2.5  # stars of 5; what lies between speaks for no taste
MOST_LINES = 150  # that are compared: the best liked, of these the most recent
OVERLAP = 0.7  # of a group's worth is lost where all its lines are in tastes already chosen
ALONE = 0.5  # of its worth is left to a single line: of one work a sentence can do little but retell it
REPEATED = 0.3  # of its worth is left to a group that is half the same as a chosen one


@dataclass(frozen=True)
class Taste:
    """The lines of one taste: 0-based rows of the history, oldest first; `liked` is False for the dislike."""

    rows: tuple[int, ...]
    liked: bool = True


@dataclass(frozen=True)
class GroupingWeights:
    """Regressions by kind of history (works, products, titles): of pairs and groups, and of the dislike."""

    pairs: Mapping[str, Linear]
    groups: Mapping[str, Linear]
    dislike: Linear


@lru_cache(maxsize=1)
def shipped_weights() -> GroupingWeights:
    """The weights that ship with the project."""
    stored = json.loads(WEIGHTS.read_text("utf-8"))
    read = {
        name: {
            kind: Linear(np.array(list(linear["weights"].values())), linear["intercept"])
            for kind, linear in kinds.items()
        }
        for name, kinds in stored.items()
    }
    return GroupingWeights(read["pairs"], read["groups"], read["dislike"]["works"])


@dataclass(frozen=True)
class Grouper:
    """Groups histories; keep one for a catalogue. The same history is always grouped the same way."""

    rarity: Rarity
    background: Background
    weights: GroupingWeights

    @classmethod
    def over(cls, items: Sequence[Item], embed: Callable[[list[int]], np.ndarray]) -> "Grouper":
        """The grouping over a catalogue, with the weights that ship; `embed`: places of items -> (n, D)."""
        places = np.unique(np.linspace(0, len(items) - 1, BACKGROUND_ITEMS).astype(int))
        return cls(Rarity(items), Background.of(embed(places.tolist())), shipped_weights())

    def __call__(
        self,
        history: Sequence[Interaction],
        items: Mapping[str, Item],
        vectors: np.ndarray | None = None,
        most: int = MOST_TASTES,
    ) -> tuple[Taste, ...]:
        """At most `most` tastes, the strongest first, of which at most one, the last, is a dislike.

        Titles of which nothing is known make no taste of their own where anything is known of another: a
        language model could only invent it, or say what somebody wrote into the title.

        Args:
            history: oldest first, at least one line.
            items: item_id -> item; a line that it lacks is told from others by its title alone.
            vectors: (H, D) unit rows of the lines; without them only what lines share in words counts.
            most: the number of tastes at most.
        """
        compared = Compared.of(self, history, items, vectors)
        dislike = self._dislike(compared)
        likes = self._likes(compared, most - len(dislike))
        return (*likes, *dislike) if likes else dislike

    def _likes(self, compared: "Compared", most: int) -> tuple[Taste, ...]:
        if not len(compared.liked):
            return ()
        groups = candidate_groups(compared.affinity, compared.lines, self.rarity, compared.liked)
        groups = groups.having(compared.known)
        odds = self.weights.groups[kind_of(compared.lines)](groups.features(compared.stars))
        chosen = choose(groups, 1 / (1 + np.exp(-odds)), most)
        return tuple(Taste(compared.rows_of(group)) for group in chosen)

    def _dislike(self, compared: "Compared") -> tuple[Taste, ...]:
        """What low-rated lines share and liked ones do not; without a liked line the nearest to it."""
        if not len(compared.low):
            return ()
        groups = candidate_groups(compared.affinity, compared.lines, self.rarity, compared.low)
        groups = groups.having(compared.known)
        odds = self.weights.dislike(dislike_features(groups, compared.affinity, compared.liked))
        best = int(odds.argmax())
        if odds[best] <= 0 and len(compared.liked):
            return ()
        return (Taste(compared.rows_of(groups.members[best]), liked=False),)


@dataclass(frozen=True)
class Compared:
    """The lines of a history that speak for or against a taste, and what every two of them share."""

    rows: np.ndarray  # (n,) places in the history
    lines: tuple[Traits, ...]
    stars: np.ndarray  # (n,) stars above the person's mean, 0 where there are none
    liked: np.ndarray  # places among `rows`
    low: np.ndarray
    affinity: np.ndarray  # (n, n) log-odds
    known: np.ndarray  # (n,) whether anything is known of the line

    @classmethod
    def of(
        cls,
        grouper: Grouper,
        history: Sequence[Interaction],
        items: Mapping[str, Item],
        vectors: np.ndarray | None,
    ) -> "Compared":
        """Compare the lines of a history, at most `MOST_LINES` liked ones."""
        liked, low = polarity_of(history)
        rows = np.array(sorted((*_best(liked, history), *_best(low, history))), dtype=int)
        known = [known_item(history[row], items) for row in rows]
        lines = tuple(traits_of(history[row], item) for row, item in zip(rows, known, strict=True))
        rows_of_lines = None if vectors is None else vectors[rows]
        features = pair_features(lines, rows_of_lines, grouper.rarity, grouper.background)
        return cls(
            rows,
            lines,
            stars_above_mean(history)[rows],
            np.flatnonzero(np.isin(rows, liked)),
            np.flatnonzero(np.isin(rows, low)),
            affinities(features, lines, grouper.weights.pairs),
            np.array([item is not None for item in known], dtype=bool),
        )

    def rows_of(self, group: np.ndarray) -> tuple[int, ...]:
        """A padded row of `Candidates.members` -> places in the history, oldest first."""
        return tuple(sorted(int(row) for row in self.rows[group[group >= 0]]))


def polarity_of(history: Sequence[Interaction]) -> tuple[list[int], list[int]]:
    """Rows of the lines that were liked, and of those that were not; without either the middling are liked.

    >>> polarity_of([Interaction("Heat", 5.0), Interaction("Cats", 1.0), Interaction("Dune", 3.0)])
    ([0], [1])
    """
    rated = [line.rating for line in history]
    liked = [row for row, stars in enumerate(rated) if stars is None or stars >= LIKED_FROM]
    low = [row for row, stars in enumerate(rated) if stars is not None and stars <= LOW_TO]
    return (liked, low) if liked or low else (list(range(len(history))), [])


def stars_above_mean(history: Sequence[Interaction]) -> np.ndarray:
    """(H,) stars above the person's own mean; 0 for a line without stars."""
    stars = np.array([np.nan if line.rating is None else line.rating for line in history])
    mean = np.nanmean(stars) if not np.isnan(stars).all() else 0.0
    return np.nan_to_num(stars - mean)


def choose(groups: Candidates, worth: np.ndarray, most: int) -> list[np.ndarray]:
    """The best groups one after the other, where what repeats a chosen one has lost most of its worth."""
    chosen: list[np.ndarray] = []
    has = groups.has.astype(np.float32)  # (C, n)
    size, used = has.sum(axis=1), np.zeros(has.shape[1], np.float32)
    left = worth * np.where(size < 2, ALONE, 1.0)
    while len(chosen) < most and len(left):
        value = left * (1 - OVERLAP * (has @ (used > 0)) / size)
        best = int(value.argmax())
        if left[best] <= 0 or (chosen and (used[groups.has[best]] > 0).all() and size[best] < 2):
            break
        chosen.append(groups.members[best])
        common = has @ has[best]
        left = np.where(common / (size + size[best] - common) >= 0.5, left * REPEATED, left)
        left[best] = 0.0
        used += has[best]
    return chosen


def dislike_features(groups: Candidates, affinity: np.ndarray, liked: np.ndarray) -> np.ndarray:
    """(C, 5) of groups of low-rated lines: one line, mean, least, shared nats, nearest liked line."""
    alone, mean, least, shared = groups.cohesion()
    near = np.full(len(alone), -6.0)
    if len(liked):
        near = (groups.has @ affinity[:, liked] / groups.has.sum(axis=1, keepdims=True)).max(axis=1)
    return np.stack((alone, mean, least, shared, near), axis=1)


def _best(rows: Sequence[int], history: Sequence[Interaction]) -> list[int]:
    """Of the rows given the `MOST_LINES` that say most: the furthest from the middle, the most recent."""
    return sorted(rows, key=lambda row: (abs((history[row].rating or 4.0) - 3.0), row))[-MOST_LINES:]
