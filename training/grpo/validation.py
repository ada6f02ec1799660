"""How well the policy's greedy profiles retrieve for users it does not learn from, while it learns.

The protocol of the tables (`training.evaluate.protocol`) with `split="validation"`: a checkpoint is chosen by
the measure it is published with. A mean reward would also rise where the policy learns to please the reward.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blue.datatypes import Message, Profile, Scoring, TextEncoder
from blue.profile import whole_history
from blue.retrieval import ndcg_at_k, recall_at_k
from blue.rewards import grounding, uncopied, unrepeated, well_formed
from training.data import Case, Dataset
from training.evaluate import (
    HISTORY,
    Benchmark,
    EvaluationContext,
    EvaluationData,
    make_benchmark,
    profile_scores,
)
from training.grpo.reward_functions import as_profile


@dataclass(frozen=True)
class Prepared:
    """Scores profiles that are written already, one a case."""

    evaluation: EvaluationContext
    profiles: Mapping[Case, Profile]
    scoring: Scoring

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I)."""
        return np.array([profile_scores(self.evaluation, self.profiles[one], self.scoring) for one in cases])


class Validation:
    """Held-out trials of several data sets; `prompts` are what the policy is asked, one a trial."""

    def __init__(
        self,
        chosen: Sequence[tuple[EvaluationContext, Benchmark]],
        prompts: Sequence[Sequence[Message]],
        scoring: Scoring,
    ) -> None:
        self.prompts = [list(prompt) for prompt in prompts]
        self._chosen, self._scoring = chosen, scoring

    def measure(self, texts: Sequence[str]) -> dict[str, float]:
        """What the policy wrote for each prompt -> figures by name, means over all users.

        ndcg@10 and recall@10 as the configuration scores, and in all of a data set's own; the guards.
        """
        ranks, readable, start = {}, [], 0
        for evaluation, benchmark in self._chosen:
            written = texts[start : start + len(benchmark.cases)]
            start += len(written)
            profiles = [as_profile(text) for text in written]
            prepared = dict(zip(benchmark.cases, profiles, strict=True))
            found = benchmark.ranks(Prepared(evaluation, prepared, self._scoring))
            ranks[evaluation.data.name] = found.sampled
            readable += [
                _guards(evaluation, *one) for one in zip(benchmark.cases, written, profiles, strict=True)
            ]
        return _figures(ranks, readable)


def _guards(evaluation: EvaluationContext, case: Case, text: str, profile: Profile) -> dict[str, float]:
    """How readable one profile is; shares in [0, 1]."""
    history = case.history[-HISTORY:]
    return {
        "well_formed": well_formed(text),
        "copied": 1.0 - uncopied(profile, [one.title for one in history]),
        "grounded": grounding(evaluation.encoder, profile, evaluation.vectors[evaluation.rows(history)]),
        "repeated": 1.0 - unrepeated(profile),
        "sentences": float(len(profile.sentences)),
        "words": float(len(profile.text.split())),
    }


def _figures(ranks: Mapping[str, np.ndarray], readable: Sequence[Mapping[str, float]]) -> dict[str, float]:
    everything = np.concatenate(list(ranks.values()))
    found = {
        "ndcg@10": float(ndcg_at_k(everything).mean()),
        "recall@10": float(recall_at_k(everything).mean()),
    }
    found |= {f"ndcg@10/{name}": float(ndcg_at_k(ones).mean()) for name, ones in ranks.items()}
    return found | {
        f"guards/{guard}": float(np.mean([one[guard] for one in readable])) for guard in readable[0]
    }


def validation_of(
    found: Mapping[str, Dataset],
    mixture: Mapping[str, int],
    most: int,
    encoder: TextEncoder,
    scoring: Scoring,
    count_tokens: Callable[[str], int],
    budget: int,
    cache: Path,
) -> Validation:
    """About `most` validation users, shared among the data sets as the mixture is; one of each at least.

    Args:
        budget: of the history's lines in a prompt, in tokens.
        cache: where embeddings of items are kept.

    Raises:
        SystemExit: a data set has no validation user with a long enough history.
    """
    chosen, prompts = [], []
    for name, weight in mixture.items():
        share = max(1, round(most * weight / sum(mixture.values())))
        evaluation = EvaluationContext(EvaluationData.of(found[name]), encoder, cache)
        benchmark = make_benchmark(evaluation.data, "validation", share)
        if not benchmark.trials:
            raise SystemExit(
                f"{name} has no validation user with six interactions or more. Leave it out of the mixture, "
                "or give more users."
            )
        chosen.append((evaluation, benchmark))
        items = found[name].items
        prompts += [
            whole_history(case.history[-HISTORY:], items, count_tokens, budget).messages
            for case in benchmark.cases
        ]
    return Validation(chosen, prompts, scoring)
