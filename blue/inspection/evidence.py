"""Sentences -> history: the interactions that support a sentence, and whether anything does."""

from collections.abc import Sequence

import numpy as np

from blue.datatypes import Interaction, Profile, TextEncoder
from blue.inspection.reports import Evidence, Support
from blue.stance import stance

MOST = 3  # interactions shown for a sentence
SHOWN_WITHIN = 0.12  # cosine below the best at which an interaction no longer is support
THRESHOLD = 0.40  # cosine of the nearest interaction from which a sentence is supported
MIDDLE = 3.0  # stars that a rating is held against where the history has no spread of its own


def evidence(
    encoder: TextEncoder, profile: Profile, history: Sequence[Interaction], vectors: np.ndarray
) -> tuple[Evidence, ...]:
    """One for every sentence of the profile, in order; `vectors` is (H, D), unit rows of the history.

    A sentence that only rejects looks for support among what was rated below the person's mean, any other one
    among everything else. Where neither is there nothing supports it.
    """
    low = _rated_low(history)
    parts = [stance(sentence.text) for sentence in profile.sentences]
    texts = [part.liked or part.disliked for part in parts]
    similarities = encoder.encode_queries(texts) @ vectors.T  # (S, H)
    return tuple(
        _evidence(number, row, low if not part.liked else ~low, history, rejects=not part.liked)
        for number, (part, row) in enumerate(zip(parts, similarities, strict=True))
    )


def _evidence(
    number: int,
    similarities: np.ndarray,
    admissible: np.ndarray,
    history: Sequence[Interaction],
    rejects: bool,
) -> Evidence:
    rows = np.flatnonzero(admissible)
    nearest = rows[np.argsort(-similarities[rows], kind="stable")][:MOST]
    best = float(similarities[nearest[0]]) if len(nearest) else -1.0
    support = tuple(
        Support(history[row], int(row), float(similarities[row]))
        for row in nearest
        if similarities[row] >= best - SHOWN_WITHIN
    )
    return Evidence(number, support, best >= THRESHOLD, THRESHOLD, rejects)


def _rated_low(history: Sequence[Interaction]) -> np.ndarray:
    """(H,) whether an interaction was rated below the mean of the ratings, or below the middle."""
    ratings = [one.rating for one in history if one.rating is not None]
    mean = min(sum(ratings) / len(ratings), MIDDLE) if ratings else MIDDLE
    return np.array([one.rating is not None and one.rating < mean for one in history], dtype=bool)
