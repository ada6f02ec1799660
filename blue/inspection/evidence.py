"""Sentences -> history: the interactions that support a sentence, and whether anything does.

How near is near enough depends on how a sentence is written: "Heist films." lies near its films at a cosine
of .6, a long sentence of common words near everything at .35. So support is a matter of rank: something in
the history must be among the `NEAREST_SHARE` of the whole catalogue that lie nearest to the sentence.

Calibrated on rule-written profiles of MovieLens users, the last 25 films each, against another user's
history (`training/evaluate/calibrate_evidence.py`; 155 sentences of 31 validation users). The flag "nothing
in the history supports this" at the 0.5 % in use (99 items): precision .92, recall .80, and 7 % of the real
sentences are flagged. The highest balanced accuracy on train users is at 50 items (.90, .90, 10 %); twice
that is taken, because a language model's sentences lie less near than the rules', and a false alarm costs
more than a missed one. One threshold on the cosine did worse (best .66: precision .86, recall .90, 15 %
flagged) and would flag nearly all that a small model writes.

On sentences that the shipped profiler wrote for 20 of the validation users (94 sentences) the flag is weaker:
precision .74, recall .78, and it flags 27 % of the sentences on the very history they were written from. Some
of these may be inventions of the model, which the flag is there to find; nobody has read
them to say how many. At 50 items it would flag 41 %, at 200 only 12 % (.83, .56).
"""

from collections.abc import Sequence

import numpy as np

from blue.datatypes import Interaction, Profile
from blue.inspection.reports import Evidence, Support
from blue.profile import stance
from blue.retrieval import Retriever

MOST = 3  # interactions shown for a sentence
SHOWN_WITHIN = 0.12  # cosine below the best at which an interaction no longer is support
NEAREST_SHARE = 0.005  # of the catalogue; an interaction as near as these supports a sentence
ROUNDING = 1e-6  # of a cosine in float32: the nearest item of all supports a sentence
MIDDLE = 3.0  # stars that a rating is held against where the history has no spread of its own


def evidence(
    retriever: Retriever, profile: Profile, history: Sequence[Interaction], vectors: np.ndarray
) -> tuple[Evidence, ...]:
    """One for every sentence of the profile, in order; `vectors` is (H, D), unit rows of the history.

    A sentence that only rejects looks for support among what was rated below the person's mean, any other one
    among everything else. Where neither is there nothing supports it.
    """
    low = _rated_low(history)
    parts = [stance(sentence.text) for sentence in profile.sentences]
    sentences = retriever.encoder.encode_queries([part.liked or part.disliked for part in parts])
    similarities, thresholds = sentences @ vectors.T, _thresholds(retriever, sentences)
    return tuple(
        _evidence(number, row, low if not part.liked else ~low, history, threshold, rejects=not part.liked)
        for number, (part, row, threshold) in enumerate(zip(parts, similarities, thresholds, strict=True))
    )


def _thresholds(retriever: Retriever, sentences: np.ndarray) -> np.ndarray:
    """(S, D) -> (S,) cosine of the last item of the catalogue that is near enough to each sentence."""
    near = max(1, round(NEAREST_SHARE * len(retriever.catalog)))
    return retriever.index.search(sentences, near)[0][:, -1]


def _evidence(
    number: int,
    similarities: np.ndarray,
    admissible: np.ndarray,
    history: Sequence[Interaction],
    threshold: float,
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
    enough = best >= threshold - ROUNDING
    return Evidence(number, support, bool(enough), float(threshold), rejects)


def _rated_low(history: Sequence[Interaction]) -> np.ndarray:
    """(H,) whether an interaction was rated below the mean of the ratings, or below the middle."""
    ratings = [one.rating for one in history if one.rating is not None]
    mean = min(sum(ratings) / len(ratings), MIDDLE) if ratings else MIDDLE
    return np.array([one.rating is not None and one.rating < mean for one in history], dtype=bool)
