"""Does an edit steer the ranking, and is the sentence that is said to have brought an item the one that did?

Steerability after SteerEval (arXiv 2601.21105) and TEARS (arXiv 2410.19302), in our wording: one sentence
about a genre is added to a profile, and that genre's NDCG@20 over the whole catalogue is compared. `add`
names a genre that the history lacks, `strengthen` and `negate` the one that fills most of the top 20.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from blue.datatypes import Profile, Scoring, Sentence
from training.data import Case
from training.evaluate.baselines.profiles import profile_scores, scored
from training.evaluate.context import EvaluationContext

TOP = 20
ATTRIBUTED = 10  # top items whose sentence is checked
RAREST, COMMONEST = 20, 0.3  # items a genre must have, and the share of the catalogue it may have at most
EDITS = {"add": "Loves {}.", "strengthen": "Above all {}.", "negate": "Can't stand {}."}


@dataclass(frozen=True)
class Genres:
    """The genres of a catalogue that are worth steering by: name -> (I,) whether an item is of it."""

    members: dict[str, np.ndarray]

    @staticmethod
    def of(evaluation: EvaluationContext) -> "Genres":
        """From the items' own genres; empty where they carry none."""
        rows: dict[str, list[int]] = {}
        for row, item in enumerate(evaluation.items):
            for genre in item.genres:
                rows.setdefault(genre, []).append(row)
        most = COMMONEST * len(evaluation.items)
        kept = {genre: found for genre, found in rows.items() if RAREST <= len(found) <= most}
        members = {}
        for genre, found in sorted(kept.items()):
            members[genre] = np.zeros(len(evaluation.items), dtype=bool)
            members[genre][found] = True
        return Genres(members)


def steerability(
    evaluation: EvaluationContext,
    cases: Sequence[Case],
    profiles: Sequence[Profile],
    scoring: Scoring,
    genres: Genres,
    seed: int,
) -> dict[str, np.ndarray]:
    """(U,) change of the genre's NDCG@20 after each kind of edit, in [-1, 1]; NaN where no genre fits."""
    changes = {f"steer-{edit}": np.full(len(cases), np.nan) for edit in EDITS}
    for place, (case, profile) in enumerate(zip(cases, profiles, strict=True)):
        if not profile.sentences:
            continue
        before = profile_scores(evaluation, profile, scoring)
        for edit, genre in chosen_genres(evaluation, case, before, genres, seed).items():
            edited = Profile((*profile.sentences, Sentence(EDITS[edit].format(genre))))
            after = profile_scores(evaluation, edited, scoring)
            member = genres.members[genre]
            changes[f"steer-{edit}"][place] = genre_ndcg(after, member) - genre_ndcg(before, member)
    return changes


def chosen_genres(
    evaluation: EvaluationContext, case: Case, scores: np.ndarray, genres: Genres, seed: int
) -> dict[str, str]:
    """Edit -> genre: a new one to add, the one that leads the ranking to strengthen and to negate."""
    had = {genre for row in evaluation.rows(case.history) for genre in evaluation.items[row].genres}
    new = [genre for genre in genres.members if genre not in had]
    top = np.argsort(-scores, kind="stable")[:TOP]
    counts = Counter(
        genre for row in top for genre in evaluation.items[row].genres if genre in genres.members
    )
    chosen = {}
    if new:
        chosen["add"] = random.Random(f"{seed}:{case.user_id}").choice(new)
    if counts:
        leading = min(counts, key=lambda genre: (-counts[genre], genre))
        chosen |= {"strengthen": leading, "negate": leading}
    return chosen


def genre_ndcg(scores: np.ndarray, member: np.ndarray, top: int = TOP) -> float:
    """NDCG of a set of items among the best `top`, in [0, 1].

    >>> genre_ndcg(np.array([3.0, 2.0, 1.0]), np.array([True, False, True]), top=2)
    0.6131471927654584
    """
    order = np.argsort(-scores, kind="stable")[:top]
    discounts = 1.0 / np.log2(np.arange(2, len(order) + 2))
    ideal = discounts[: int(member.sum())].sum()
    return float((discounts * member[order]).sum() / ideal)


def attribution_fidelity(
    evaluation: EvaluationContext, profiles: Sequence[Profile], scoring: Scoring
) -> dict[str, np.ndarray]:
    """(U,) share of the top items that fall furthest when the sentence said to have brought them is removed.

    The sentence is the one nearest to the item, as the app says it. Falling is losing ranks in the whole
    catalogue; another sentence whose removal costs as many ranks counts against. NaN for one sentence.
    """
    values = np.full(len(profiles), np.nan)
    for place, profile in enumerate(profiles):
        if len(profile.sentences) > 1:
            values[place] = _fidelity(evaluation, profile, scoring)
    return {"attribution-fidelity": values}


def _fidelity(evaluation: EvaluationContext, profile: Profile, scoring: Scoring) -> float:
    whole = profile_scores(evaluation, profile, scoring)
    top = np.argsort(-whole, kind="stable")[:ATTRIBUTED]
    falls = np.array(
        [_ranks(evaluation, _without(profile, n), scoring, top) for n in range(len(profile.sentences))]
    )
    said = scored(evaluation, profile, "facets").sentences[top]
    others = falls.copy()
    others[said, np.arange(len(top))] = -1
    return float((falls[said, np.arange(len(top))] > others.max(axis=0)).mean())


def _without(profile: Profile, number: int) -> Profile:
    kept = [sentence for place, sentence in enumerate(profile.sentences) if place != number]
    return Profile(tuple(kept))


def _ranks(evaluation: EvaluationContext, profile: Profile, scoring: Scoring, rows: np.ndarray) -> np.ndarray:
    """(R,) ranks of some items."""
    scores = profile_scores(evaluation, profile, scoring)
    return np.array([(scores >= scores[row]).sum() for row in rows])
