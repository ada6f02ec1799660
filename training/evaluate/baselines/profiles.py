"""Methods that write a textual profile first: by rules, untrained, trained; scored whole or by sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from blue.datatypes import Profile, SamplingSettings, Scoring
from blue.errors import ProfileError
from blue.profile import NamesOfHistory, names_of, parse_generated, rule_profile, whole_history
from blue.profiler import WHOLE_PROFILE
from blue.retrieval import Query, Scores, baselines_of, cosine_similarity, score
from training.data import Case
from training.evaluate.context import Laboratory
from training.evaluate.profile_store import StoredWriter
from training.evaluate.protocol import HISTORY

Write = Callable[[Sequence[Case]], list[str]]  # histories -> raw texts of profiles
SCORINGS: tuple[Scoring, ...] = ("single", "facets")


def by_rules(laboratory: Laboratory) -> Write:
    """Profiles by `blue.profile.rules`, without a language model."""
    items = laboratory.data.dataset.items

    def write(cases: Sequence[Case]) -> list[str]:
        return [rule_profile(case.history[-HISTORY:], items, laboratory.information).text for case in cases]

    return write


def by_model(
    laboratory: Laboratory, writer: StoredWriter, settings: SamplingSettings = WHOLE_PROFILE
) -> Write:
    """Profiles by a language model that gets the whole history in one prompt; greedily unless told."""
    items = laboratory.data.dataset.items

    def messages(case: Case):
        return whole_history(case.history[-HISTORY:], items, writer.generator.count_tokens).messages

    def write(cases: Sequence[Case]) -> list[str]:
        return writer.write([messages(case) for case in cases], settings)

    return write


def as_profile(text: str, names: NamesOfHistory | None = None) -> Profile:
    """A generated text as the app reads it; an unusable one is an empty profile, which retrieves nothing."""
    try:
        return parse_generated(text, names)
    except ProfileError:
        return Profile(())


def as_read(laboratory: Laboratory, texts: Sequence[str], cases: Sequence[Case]) -> list[Profile]:
    """Texts as the app reads them beside their histories: without invented authors and copied titles."""
    items = laboratory.data.dataset.items
    return [
        as_profile(text, names_of(case.history[-HISTORY:], items))
        for text, case in zip(texts, cases, strict=True)
    ]


@dataclass(frozen=True)
class ProfileScorer:
    """Cosine of the whole profile, or the app's score by sentence (`blue.retrieval.scoring`)."""

    laboratory: Laboratory
    write: Write
    scoring: Scoring

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I); an empty profile scores all items the same, so that its target comes last."""
        profiles = as_read(self.laboratory, self.write(cases), cases)
        return np.array([profile_scores(self.laboratory, profile, self.scoring) for profile in profiles])


def profile_scores(
    laboratory: Laboratory, profile: Profile, scoring: Scoring, prior: float = 0.0
) -> np.ndarray:
    """One profile over the catalogue -> (I,), as in the app; without a liked part all score the same."""
    found = scored(laboratory, profile, scoring, prior)
    return np.zeros(len(laboratory.items), dtype=np.float32) if found is None else found.total


def scored(laboratory: Laboratory, profile: Profile, scoring: Scoring, prior: float = 0.0) -> Scores | None:
    """The scores with their terms (`blue.retrieval.scoring`); None where the profile cannot rank."""
    try:
        query = Query.of(profile, scoring)
    except ProfileError:
        return None
    vectors = laboratory.encoder.encode_queries(query.texts)
    cosines = cosine_similarity(vectors, laboratory.vectors)
    return score(query, cosines, baselines_of(cosines), prior * laboratory.log_quantiles)
