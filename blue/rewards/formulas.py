"""Rewards of a sampled profile, as formulas on arrays and plain rules on text.

`contrastive` is the paper's reward in embedding space, in the form its public descriptions give
(bidirectional InfoNCE); temperature, negatives and the facets form are our choices. The guards are rules that
are rewards and metrics at once: each says in [0, 1] how readable one profile is, and 1 is good.

Axes: G profiles of one history, S sentences of one profile, N negatives, M profiles of other users,
H items of the history, D dimension.
"""

import re
from collections.abc import Callable, Sequence

import numpy as np

from blue.datatypes import Profile
from blue.profile import MAX_SENTENCES, copies_title, split_sentences

TEMPERATURE = 0.05
SHORTEST_WORDS, LONGEST_WORDS = 15, 90  # of a whole profile
GROUNDED = 0.30  # cosine to the nearest item of the history from which a sentence has a ground
ENDED = re.compile(r"[.!?…][\"'”’)]?$")

WEIGHTS = {  # of the rewards in the total, in training and in the app (our choice)
    "contrastive": 1.0,
    "next_item_choice": 0.5,
    "format": 0.5,
    "length": 0.2,
    "copy": 0.2,
    "grounding": 0.3,
    "repetition": 0.2,
}


def info_nce(positive: np.ndarray, negatives: np.ndarray, temperature: float = TEMPERATURE) -> np.ndarray:
    """Log-probability of the positive among itself and the negatives, in nats, <= 0.

    (...,) cosines of the positive and (..., N) of the negatives -> (...,).
    """
    logits = np.concatenate((positive[..., None], negatives), axis=-1) / temperature
    return logits[..., 0] - _log_sum_exp(logits)


def contrastive(
    profiles: Sequence[np.ndarray],
    positive: np.ndarray,
    negatives: np.ndarray,
    others: Sequence[np.ndarray],
    temperature: float = TEMPERATURE,
) -> np.ndarray:
    """Half profile->item and half item->profile InfoNCE of each profile of one history, in nats, <= 0.

    A profile is (S, D) unit rows: one row for the whole text, as in the paper, or one a sentence (ours), of
    which it is as near to an item as `pool` says; S may differ from profile to profile.

    Args:
        profiles: G of them.
        positive: (D,), the next item.
        negatives: (N, D), items that were not next.
        others: M profiles of other users.

    Returns:
        (G,) rewards.
    """
    to_item, to_profile = contrastive_terms(profiles, positive, negatives, others, temperature)
    return (to_item + to_profile) / 2


def contrastive_terms(
    profiles: Sequence[np.ndarray],
    positive: np.ndarray,
    negatives: np.ndarray,
    others: Sequence[np.ndarray],
    temperature: float = TEMPERATURE,
) -> tuple[np.ndarray, np.ndarray]:
    """The two halves of `contrastive`: ((G,) profile->item, (G,) item->profile), in nats, <= 0."""

    def near(sentences: np.ndarray, items: np.ndarray) -> np.ndarray:
        return pool(sentences @ items.T, temperature)

    similarity = np.array([near(sentences, positive[None])[0] for sentences in profiles])
    to_item = info_nce(
        similarity, np.stack([near(sentences, negatives) for sentences in profiles]), temperature
    )
    rivals = np.array([near(sentences, positive[None])[0] for sentences in others], dtype=float)
    rivals = np.broadcast_to(rivals, (len(profiles), len(others)))
    return to_item, info_nce(similarity, rivals, temperature)


def pool(
    similarities: np.ndarray, temperature: float = TEMPERATURE, weights: np.ndarray | None = None
) -> np.ndarray:
    """Sentences as one profile, t log(sum w exp(s / t) / sum w): (S, I) cosines, (S,) weights -> (I,).

    It lies between the mean and the maximum, so that more sentences of the same text gain nothing.
    """
    weights = np.ones(len(similarities), np.float32) if weights is None else weights
    shares = np.log(weights / weights.sum())[:, None]
    return temperature * _log_sum_exp((similarities / temperature + shares).T)


def _log_sum_exp(logits: np.ndarray) -> np.ndarray:
    """(..., N) -> (...,), without overflow."""
    largest = logits.max(axis=-1)
    return largest + np.log(np.exp(logits - largest[..., None]).sum(axis=-1))


def next_item_choice(log_probabilities: np.ndarray, right: Sequence[int]) -> float:
    """Probability that a judge picks the item that came next, averaged over the orders of the options.

    A judge that answers by position earns the same for every profile: what the right option gains in one
    order it loses in the other. Our form of the paper's reward in text space.

    Args:
        log_probabilities: (O, 1 + N), of each option's letter in each order, in nats; what the judge leaves
            for other words is not counted, so the rows need not sum to one.
        right: O positions of the right option.

    Returns:
        In [0, 1]; a judge that knows nothing earns 1 / (1 + N).

    >>> round(next_item_choice(np.log([[0.6, 0.2], [0.3, 0.1]]), right=[0, 1]), 3)
    0.5
    """
    rows = np.arange(len(log_probabilities))
    chosen = log_probabilities[rows, list(right)] - _log_sum_exp(log_probabilities)
    return float(np.exp(chosen).mean())


def well_formed(text: str) -> float:
    """1.0 if the raw text is one to five lines, each one ended sentence, else 0.0."""
    lines = text.strip().split("\n")
    one_a_line = all(ENDED.search(line) and len(split_sentences(line)) == 1 for line in lines)
    return float(len(lines) <= MAX_SENTENCES and one_a_line)


def right_length(text: str) -> float:
    """1.0 between 15 and 90 words, falling linearly to 0.0 at none and at twice 90.

    >>> right_length("word " * 30), right_length("word " * 135), right_length("")
    (1.0, 0.5, 0.0)
    """
    words = len(text.split())
    return max(0.0, min(1.0, words / SHORTEST_WORDS, 2.0 - words / LONGEST_WORDS))


def uncopied(profile: Profile, titles: Sequence[str]) -> float:
    """Share of the sentences that hold no six consecutive words of one title (no sentences: 0)."""
    return _share(profile, lambda sentence: not copies_title(sentence, titles))


def unrepeated(profile: Profile) -> float:
    """Share of the sentences whose content words are not mostly those of an earlier sentence."""
    earlier: list[set[str]] = []

    def is_new(sentence: str) -> bool:
        words = {word for word in re.findall(r"\w+", sentence.casefold()) if len(word) > 3}
        repeats = any(words and len(words & before) > 0.7 * len(words | before) for before in earlier)
        earlier.append(words)
        return not repeats

    return _share(profile, is_new)


def grounded(sentences: np.ndarray, history: np.ndarray) -> float:
    """Share of the sentences near at least one item of the history: (S, D), (H, D) unit rows -> [0, 1]."""
    if not len(sentences) or not len(history):
        return 0.0
    return float((np.max(sentences @ history.T, axis=1) >= GROUNDED).mean())


def _share(profile: Profile, holds: Callable[[str], bool]) -> float:
    if not profile.sentences:
        return 0.0
    return sum(holds(sentence.text) for sentence in profile.sentences) / len(profile.sentences)


def preferred(log_probabilities: np.ndarray) -> float:
    """Probability that a judge prefers the first of two profiles, averaged over both orders, in [0, 1].

    (2, 2) nats of the answers A and B: the first profile is A in row 0 and B in row 1. The two profiles'
    values add up to one. RLAIF's AI feedback without a reward model in between (ours).

    >>> round(preferred(np.log([[0.6, 0.2], [0.3, 0.1]])), 3)
    0.5
    """
    return next_item_choice(log_probabilities, right=[0, 1])


def win_rate(preferences: np.ndarray) -> np.ndarray:
    """How often each profile of a group is preferred to another one: (G, G) -> (G,) in [0, 1].

    `preferences[i, j]` is the probability that i is preferred to j, or NaN where the two were not compared;
    the diagonal is not read. A profile without a rival neither wins nor loses.

    >>> win_rate(np.array([[0.0, 0.9, 0.7], [0.1, 0.0, 0.5], [0.3, 0.5, 0.0]])).round(3).tolist()
    [0.8, 0.3, 0.4]
    """
    compared = ~(np.isnan(preferences) | np.eye(len(preferences), dtype=bool))
    rivals, won = compared.sum(axis=1), np.where(compared, preferences, 0.0).sum(axis=1)
    return np.divide(won, rivals, out=np.full(len(preferences), 0.5), where=rivals > 0)


def next_item_rank(positive: np.ndarray, negatives: np.ndarray) -> np.ndarray:
    """1 / log2(1 + rank) of the next item among itself and the negatives, in (0, 1]; ties stand before it.

    (...,) and (..., N) scores -> (...,). The ranking metric itself as the reward, as LangPTune does it: only
    a step over a negative earns anything, where `info_nce` pays for every bit of the way.

    >>> next_item_rank(np.array([0.5, 0.5]), np.array([[0.1, 0.2, 0.3], [0.9, 0.5, 0.1]])).tolist()
    [1.0, 0.5]
    """
    rank = 1 + (negatives >= positive[..., None]).sum(axis=-1)
    return 1 / np.log2(1 + rank)


def future_activity(choices: Sequence[float]) -> float:
    """Mean of `next_item_choice` over the next several items, in [0, 1]: RLPF's reward, in a form of ours.

    >>> future_activity([0.9, 0.3])
    0.6
    """
    return float(np.mean(choices))
