"""Methods that write a textual profile first: by rules, untrained, trained; scored whole or by sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from blue.datatypes import Profile, SamplingSettings, Scoring
from blue.errors import ProfileError
from blue.profile import ONE_SENTENCE, TasteWriter, parse_generated, rule_profile, shipped_support
from blue.retrieval import Query, Scores, baselines_of, cosine_similarity, score
from training.data import Case
from training.evaluate.context import EvaluationContext
from training.evaluate.profile_store import StoredWriter
from training.evaluate.protocol import HISTORY

Write = Callable[[Sequence[Case]], list[str]]  # histories -> raw texts of profiles
SCORINGS: tuple[Scoring, ...] = ("single", "facets")


def by_rules(evaluation: EvaluationContext) -> Write:
    """Profiles by `blue.profile.rules`, without a language model."""
    items = evaluation.data.dataset.items

    def write(cases: Sequence[Case]) -> list[str]:
        return [rule_profile(case.history[-HISTORY:], items, evaluation.grouper).text for case in cases]

    return write


def by_model(evaluation: EvaluationContext, writer: StoredWriter) -> Write:
    """Profiles by a language model as the app writes them, taste by taste."""

    def write(cases: Sequence[Case]) -> list[str]:
        return [profile.text for profile in written(evaluation, writer, cases)]

    return write


def written(
    evaluation: EvaluationContext,
    writer: StoredWriter,
    cases: Sequence[Case],
    settings: SamplingSettings = ONE_SENTENCE,
) -> list[Profile]:
    """Profiles whose sentences know the lines that they were written from."""
    people = [(evaluation.tastes(case.history[-HISTORY:]), case.history[-HISTORY:]) for case in cases]
    tastes = TasteWriter(writer, shipped_support(), settings)
    return tastes.write_many(people, evaluation.data.dataset.items)


def as_profile(text: str) -> Profile:
    """A generated text as the app reads it; an unusable one is an empty profile, which retrieves nothing."""
    try:
        return parse_generated(text)
    except ProfileError:
        return Profile(())


@dataclass(frozen=True)
class ProfileScorer:
    """Cosine of the whole profile, or the app's score by sentence (`blue.retrieval.scoring`)."""

    evaluation: EvaluationContext
    write: Write
    scoring: Scoring

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I); an empty profile scores all items the same, so that its target comes last."""
        profiles = [as_profile(text) for text in self.write(cases)]
        return np.array([profile_scores(self.evaluation, profile, self.scoring) for profile in profiles])


def profile_scores(
    evaluation: EvaluationContext, profile: Profile, scoring: Scoring, prior: float = 0.0
) -> np.ndarray:
    """One profile over the catalogue -> (I,), as in the app; without a liked part all score the same."""
    found = scored(evaluation, profile, scoring, prior)
    return np.zeros(len(evaluation.items), dtype=np.float32) if found is None else found.total


def scored(
    evaluation: EvaluationContext, profile: Profile, scoring: Scoring, prior: float = 0.0
) -> Scores | None:
    """The scores with their terms (`blue.retrieval.scoring`); None where the profile cannot rank."""
    try:
        query = Query.of(profile, scoring)
    except ProfileError:
        return None
    vectors = evaluation.encoder.encode_queries(query.texts)
    cosines = cosine_similarity(vectors, evaluation.vectors)
    return score(query, cosines, baselines_of(cosines), prior * evaluation.log_popularity)
