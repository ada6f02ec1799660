"""What a demanding reader would give a draft of a sentence, from 1 to 5.

A ridge regression on what can be counted of a draft, its lines and the other drafts of the same taste, fitted
on marks that readers gave to drafts of this very profiler, whose author they did not know
(`training.assets.fit_marks` fits and measures it; the weights stand in `assets/marks.json`). That a draft
agrees with the others is the idea of minimum Bayes risk decoding (Eikema and Aziz 2020).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from blue.profile.guards import stutters
from blue.profile.support import SupportModel, Words
from blue.profile.words import content_stems
from blue.shipped import ASSETS

MARKS = ASSETS / "marks.json"
FEATURES = (
    "told", "held", "missing", "odds", "least line", "mean line", "word twice", "words", "agreement",
    "most probable",
)  # fmt: skip
AGREEMENT = FEATURES.index("agreement")


@dataclass(frozen=True)
class DraftMarks:
    """The fitted reader."""

    weights: np.ndarray  # (F,) in the order of FEATURES
    intercept: float
    agreement: float  # the mean over the drafts it was fitted on, where a draft is alone

    def __call__(self, drafts: Sequence[str], lines: Sequence[Words], support: SupportModel) -> np.ndarray:
        """Marks (N,) of the N drafts of one taste, the most probable draft first, at least one of them."""
        features = draft_features(drafts, lines, support)
        if len(drafts) == 1:
            features[:, AGREEMENT] = self.agreement
        return features @ self.weights + self.intercept


def draft_features(drafts: Sequence[str], lines: Sequence[Words], support: SupportModel) -> np.ndarray:
    """(N, F) in the order of FEATURES; `lines` as `line_words` gives them."""
    agreed = agreement(drafts)
    return np.array([
        (*_of_text(draft, lines, support), agreed[place], place == 0) for place, draft in enumerate(drafts)
    ], dtype=float)  # fmt: skip


def agreement(drafts: Sequence[str]) -> list[float]:
    """How far each draft says what the others say: the mean Jaccard overlap of content words, in [0, 1].

    >>> agreement(["Loves sea films.", "Loves films of the sea.", "Enjoys crime novels."])
    [0.5, 0.5, 0.0]
    """
    words = [frozenset(content_stems(draft)) for draft in drafts]
    others = max(1, len(drafts) - 1)
    return [
        sum(len(mine & one) / len(mine | one) for one in words if one is not mine and mine | one) / others
        for mine in words
    ]


def _of_text(draft: str, lines: Sequence[Words], support: SupportModel) -> tuple[float, ...]:
    stems = content_stems(draft)
    missing, _, held, *_ = support.features(stems, lines)
    said = set(stems)
    covered = [len(said & words) / max(1, len(said)) for words in lines]
    return (
        support.told(draft, lines), held, missing, support.odds(draft, lines),
        min(covered), sum(covered) / len(covered), float(stutters(draft)), len(draft.split()),
    )  # fmt: skip


@lru_cache(maxsize=1)
def shipped_marks() -> DraftMarks:
    """The reader that ships with the project."""
    stored = json.loads(MARKS.read_text("utf-8"))
    weights = np.array([stored["weights"][name] for name in FEATURES])
    return DraftMarks(weights, stored["intercept"], stored["agreement"])
