"""Next-item retrieval among sampled candidates: what a profile is worth, and how readable it stays.

Every system turns the same histories into queries; one embedder places queries and candidates. Candidates are
the target and 99 random items of its own data set, or all others where there are fewer, drawn once per user
with a seed, titles deduplicated.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from blue.datatypes import Item, Profile, TextEncoder
from blue.history import without_duplicate_titles
from blue.item_text import item_text
from blue.profile import stance
from blue.retrieval import facet_scores, in_the_light_of, neighbourhood, rejection, target_ranks
from blue.rewards import grounded, uncopied, unrepeated
from training.data import Case, Dataset, Split, last_cases

NEGATIVES = 99
HISTORY = 25  # interactions every system may read
RECENT = 10  # of them, for the lines without a profile


@dataclass(frozen=True)
class Trial:
    """One test user: the case and its candidates, the target first."""

    case: Case
    candidates: tuple[Item, ...]


@dataclass(frozen=True)
class Guards:
    """How readable the profiles of one system are: shares in [0, 1], means over users."""

    well_formed: float
    copied: float  # share of the sentences with six consecutive words of one title
    grounded: float  # share of the sentences near something in the history
    repeated: float
    sentences: float  # mean number
    words: float  # mean number


def trials(dataset: Dataset, most: int, seed: int = 0, split: Split = "test", cuts: int = 1) -> list[Trial]:
    """At most `most` trials of users of a split, shuffled, each with 1 + 99 candidates of the same data set.

    `cuts` is the number of targets a user, see `last_cases`.
    """
    draw = random.Random(seed)
    cases = list(last_cases(dataset, split, cuts=cuts))
    draw.shuffle(cases)
    pool = without_duplicate_titles(list(dataset.items.values()))
    return [Trial(case, (case.target, *_negatives(case, pool, draw))) for case in cases[:most]]


def _negatives(case: Case, pool: Sequence[Item], draw: random.Random) -> list[Item]:
    """Items that are neither the target, nor in the history, nor of their titles: 99, or all there are."""
    known = {one.title.casefold() for one in case.history} | {case.target.title.casefold()}
    if len(pool) < NEGATIVES + len(known):  # titles are unique: a larger pool has enough others
        others = [item for item in pool if item.title.casefold() not in known]
        return draw.sample(others, min(NEGATIVES, len(others)))
    chosen: dict[str, Item] = {}
    while len(chosen) < NEGATIVES:
        item = draw.choice(pool)
        if item.title.casefold() not in known:
            chosen[item.item_id] = item
    return list(chosen.values())


class Judge:
    """Ranks the candidates of all trials for any queries; the embeddings of items are made once."""

    def __init__(self, chosen: Sequence[Trial], encoder: TextEncoder) -> None:
        self._trials, self._encoder = chosen, encoder
        items = {item.item_id: item for trial in chosen for item in trial.candidates}
        rows = encoder.encode_items([item_text(item) for item in items.values()])
        self._all = rows
        self._vectors: Mapping[str, np.ndarray] = dict(zip(items, rows, strict=True))

    def single(self, queries: Sequence[str]) -> np.ndarray:
        """One text a user -> (U,) ranks of the targets."""
        return self.best_of([[query] for query in queries])

    def best_of(self, queries: Sequence[Sequence[str]]) -> np.ndarray:
        """Several texts a user, an item being as near as its nearest one -> (U,) ranks."""
        scores = [
            (self._encoder.encode_queries(texts) @ candidates.T).max(axis=0)
            for texts, candidates in zip(queries, self._candidates(), strict=True)
        ]
        return target_ranks(np.array(scores))

    def facets(self, profiles: Sequence[Profile]) -> np.ndarray:
        """Profiles ranked sentence by sentence, rejections against -> (U,) ranks."""
        pairs = zip(profiles, self._candidates(), strict=True)
        return target_ranks(np.array([self._facet_scores(*pair) for pair in pairs]))

    def grounding(self, profiles: Sequence[Profile]) -> float:
        """Mean share of the sentences that are near something in the history."""
        shares = []
        for profile, trial in zip(profiles, self._trials, strict=True):
            history = self._encoder.encode_items([one.title for one in trial.case.history[-HISTORY:]])
            sentences = [part for one in profile.sentences if (part := stance(one.text).liked)]
            shares.append(grounded(self._encoder.encode_queries(sentences), history) if sentences else 0.0)
        return float(np.mean(shares))

    def _candidates(self) -> list[np.ndarray]:
        return [
            np.array([self._vectors[item.item_id] for item in trial.candidates]) for trial in self._trials
        ]

    def _facet_scores(self, profile: Profile, candidates: np.ndarray) -> np.ndarray:
        parts = [stance(sentence.text) for sentence in profile.sentences]
        liked = [part.liked for part in parts if part.liked] or [profile.text]
        disliked = [part.disliked for part in parts if part.disliked]
        vectors = self._encoder.encode_queries([*liked, *disliked, "\n".join(liked)])
        *similarities, whole = vectors @ candidates.T
        near, far = np.array(similarities[: len(liked)]), similarities[len(liked) :]
        ones = np.ones(len(liked), dtype=np.float32)
        tastes, _ = facet_scores(near, ones, self._baselines(vectors[: len(liked)]))
        taken = rejection(np.array(far).reshape(-1, len(whole)), np.ones(len(disliked), dtype=np.float32))
        return in_the_light_of(whole, tastes - taken)

    def _baselines(self, sentences: np.ndarray) -> np.ndarray:
        """(S, D) -> (S,) cosines of each sentence's neighbourhood among the items of all trials."""
        near = neighbourhood(len(self._all))
        if not near:
            return np.zeros(len(sentences), dtype=np.float32)
        return -np.partition(-(sentences @ self._all.T), near - 1, axis=1)[:, near - 1]


def guards(
    profiles: Sequence[Profile], well_formed: Sequence[float], chosen: Sequence[Trial], judge: Judge
) -> Guards:
    """The readability of one system's profiles; `well_formed` was judged on the raw texts."""
    titles = [[one.title for one in trial.case.history[-HISTORY:]] for trial in chosen]
    copied = [1.0 - uncopied(*pair) for pair in zip(profiles, titles, strict=True)]
    return Guards(
        well_formed=float(np.mean(well_formed)),
        copied=float(np.mean(copied)),
        grounded=judge.grounding(profiles),
        repeated=float(np.mean([1.0 - unrepeated(profile) for profile in profiles])),
        sentences=float(np.mean([len(profile.sentences) for profile in profiles])),
        words=float(np.mean([len(profile.text.split()) for profile in profiles])),
    )
