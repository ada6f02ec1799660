"""The one formula, from the cosines of a profile's parts to the scores of items; and what moved in a list.

A profile is a mixture of its sentences, each a distribution over the items (ours; the whole text, as in the
paper, is the mixture of one), and `P(item | profile)` is proportional to `P(profile | item) P(item)`:

    score = b + t log(sum_s w_s exp((cos(s, i) - b_s) / t) / sum_s w_s) - rejection + prior log P(i)
    b_s = t log mean_j exp(cos(s, j) / t)
    rejection = max_d w_d max(0, cos(d, i) - REJECTION_FLOOR)

over the liked parts s and the rejected parts d of the enabled sentences, in cosines. b_s is the sentence's
partition over the catalogue and b the mean of them: a long sentence of common words is close to everything,
and without its partition it would fill the list alone, so that what is written beside it would not steer. t
is the temperature of the rewards and of the embedder's training, P(i) the item's popularity by its rank
within its kind (`log_popularity`); a prior of t is Bayes' rule. The sentence with the largest summand brought
the item. With one liked part, and no prior, the score is the cosine.

The app's list, Why, training, the evaluation and the benchmarks all call `score`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from blue.datatypes import Movement, Profile, Ranking, Scoring, Sentence
from blue.errors import ProfileError
from blue.profile import stance
from blue.rewards import TEMPERATURE, pool

REJECTION_FLOOR = 0.15  # cosine under which an item has nothing to do with what a sentence rejects
HEAD = 0.01  # of the items: how many of the best known are about equally popular


@dataclass(frozen=True)
class Query:
    """What a profile asks for: the liked and the rejected parts of its enabled sentences.

    Under "single" the whole text is the one liked part and nothing is rejected.
    """

    liked: tuple[str, ...]
    liked_weights: np.ndarray  # (S,) > 0
    liked_sentences: np.ndarray  # (S,) 0-based sentence of each liked part
    disliked: tuple[str, ...] = ()
    disliked_weights: np.ndarray = field(default_factory=lambda: np.empty(0, np.float32))  # (R,)
    disliked_sentences: np.ndarray = field(default_factory=lambda: np.empty(0, int))  # (R,)
    is_whole: bool = False  # whether the one liked part is the whole text

    @staticmethod
    def of(profile: Profile, scoring: Scoring = "facets") -> "Query":
        """Separate a profile.

        Raises:
            ProfileError: no sentence is enabled or, under facets, nothing says what is liked.
        """
        enabled = enabled_sentences(profile)
        if scoring == "single":
            text = "\n".join(sentence.text for _, sentence in enabled)
            return Query((text,), np.ones(1, np.float32), np.zeros(1, int), is_whole=True)
        parts = [
            (number, sentence.weight, stance(sentence.text))
            for number, sentence in enabled
            if sentence.weight > 0
        ]
        likes = [(part.liked, weight, number) for number, weight, part in parts if part.liked]
        dislikes = [(part.disliked, weight, number) for number, weight, part in parts if part.disliked]
        if not likes:
            raise ProfileError(
                "Nothing in this profile says what you like. Switch on, or write, one sentence such as "
                "'Slow-burning space films.'"
            )
        return Query(*_columns(likes), *_columns(dislikes))

    @property
    def only_liked(self) -> "Query":
        """Without what is rejected."""
        return Query(self.liked, self.liked_weights, self.liked_sentences)

    @property
    def texts(self) -> tuple[str, ...]:
        """What is to be embedded, S + R texts: the liked parts, then the rejected ones."""
        return (*self.liked, *self.disliked)


@dataclass(frozen=True)
class Scores:
    """The scores of P items and their terms, in cosines; `total` is what items are ranked by."""

    query: Query
    near: np.ndarray  # (S, P) cosines of the liked parts
    baselines: np.ndarray  # (S,) their partitions
    taken: np.ndarray  # (R, P) what each rejected part would take away, of which the largest counts
    prior: np.ndarray  # (P,) the prior's term

    @property
    def taste(self) -> np.ndarray:
        """(P,) the pooled liked parts, each above its own baseline."""
        above = self.near - self.baselines[:, None]
        return self.baselines.mean() + pool(above, weights=self.query.liked_weights)

    @cached_property
    def total(self) -> np.ndarray:
        """(P,) the scores."""
        rejected = self.taken.max(axis=0) if len(self.taken) else np.float32(0.0)
        return (self.taste - rejected + self.prior).astype(np.float32)

    @cached_property
    def shares(self) -> np.ndarray:
        """(S, P) how much of an item's taste each liked part brought; columns add up to 1."""
        summands = np.exp(self.logits - self.logits.max(axis=0))
        return summands / summands.sum(axis=0)

    @property
    def logits(self) -> np.ndarray:
        """(S, P) the logs of each liked part's summand."""
        above = (self.near - self.baselines[:, None]) / TEMPERATURE
        return above + np.log(self.query.liked_weights)[:, None]

    @property
    def sentences(self) -> np.ndarray:
        """(P,) the 0-based sentence that brought each item; of equal ones the first."""
        return self.query.liked_sentences[self.shares.argmax(axis=0)]


def score(
    query: Query, cosines: np.ndarray, baselines: np.ndarray, prior: np.ndarray | float = 0.0
) -> Scores:
    """Scores of P items.

    Args:
        cosines: (S + R, P), of `query.texts` and the items.
        baselines: (S + R,) or (S,), of the same texts and the whole catalogue, see `baselines_of`.
        prior: (P,), or one for all: a weight in cosines times `log_popularity`.
    """
    near, far = cosines[: len(query.liked)], cosines[len(query.liked) :]
    taken = np.maximum(far - REJECTION_FLOOR, 0.0) * query.disliked_weights[:, None]
    baselines = baselines[: len(query.liked)]
    return Scores(query, near, baselines, taken, np.broadcast_to(np.float32(prior), near.shape[1:]))


def baselines_of(cosines: np.ndarray) -> np.ndarray:
    """The partition of each text over the items of a catalogue, in cosines: (Q, I) -> (Q,)."""
    return pool(cosines.T)


def log_popularity(quantiles: np.ndarray) -> np.ndarray:
    """(I,) quantiles in (0, 1], 0 where unknown -> (I,) log P(i), that of an item of middling fame being 0.

    Zipf's law, as Mandelbrot bent it at the head: an item of rank r among I is taken in proportion to
    1 / (r / I + HEAD), and 1 - q is r / I. What is hardly known is not told apart, and what everybody knows
    stands out. A catalogue that knows no popularity has nothing to say: zeros.

    >>> log_popularity(np.array([1.0, 0.5, 0.0])).astype(float).round(2).tolist()
    [3.93, 0.0, -0.68]
    """
    if not np.any(quantiles):
        return np.zeros(len(quantiles), dtype=np.float32)
    return (np.log(0.5 + HEAD) - np.log(1.0 - quantiles + HEAD)).astype(np.float32)


def enabled_sentences(profile: Profile) -> list[tuple[int, Sentence]]:
    """The sentences that are switched on, with their 0-based numbers.

    Raises:
        ProfileError: there is none.
    """
    enabled = [(number, sentence) for number, sentence in enumerate(profile.sentences) if sentence.enabled]
    if not enabled:
        raise ProfileError("Every sentence is switched off. Switch on at least one.")
    return enabled


def _columns(parts: Sequence[tuple[str, float, int]]) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """Rows of text, weight and sentence -> one sequence of each."""
    return (
        tuple(text for text, _, _ in parts),
        np.array([weight for _, weight, _ in parts], dtype=np.float32),
        np.array([number for _, _, number in parts], dtype=int),
    )


def movements(old: Ranking, new: Ranking, top: int) -> tuple[list[Movement], list[Movement]]:
    """Compare two rankings at `top`: (one movement for each new top item, the items that left the top).

    Ranks below `top` are known as far as the rankings reach, so that "entered from 37" can be said.
    """
    old_ranks = {entry.item.item_id: entry.rank for entry in old.items}
    new_ranks = {entry.item.item_id: entry.rank for entry in new.items}
    arrived = [
        Movement(entry.item, old_ranks.get(entry.item.item_id), entry.rank) for entry in new.items[:top]
    ]
    left = [
        Movement(entry.item, entry.rank, new_ranks.get(entry.item.item_id))
        for entry in old.items[:top]
        if new_ranks.get(entry.item.item_id, top + 1) > top
    ]
    return arrived, left


def overlap_at(old: Sequence[str], new: Sequence[str], top: int) -> float:
    """Share of the top items two lists of item ids have in common, in [0, 1] (1.0 when both are empty)."""
    size = min(top, max(len(old), len(new)))
    return len(set(old[:top]) & set(new[:top])) / size if size else 1.0
