"""How well the policy's greedy profiles retrieve for users it does not learn from, while it learns.

The protocol of the tables (`training.evaluate.protocol`) with `split="validation"`: a checkpoint is chosen by
the measure it is published with. A mean reward would also rise where the policy learns to please the reward.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blue.datatypes import Interaction, Message, Profile, Scoring, TextEncoder
from blue.profile import about_taste, guarded, line_words, shipped_support
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
        return np.array(
            [profile_scores(self.evaluation, self.profiles[case], self.scoring) for case in cases]
        )


class Validation:
    """Held-out trials of several data sets; `prompts` are what the policy is asked, one a taste.

    What it writes is measured as it is: the checks of the app would hide what the policy has unlearned.
    """

    def __init__(
        self,
        chosen: Sequence[tuple[EvaluationContext, Benchmark]],
        questions: Sequence[Sequence[Sequence[Message]]],
        scoring: Scoring,
    ) -> None:
        """`questions` are those of each trial's tastes, in the order of the trials."""
        self.prompts = [list(prompt) for tastes in questions for prompt in tastes]
        self._tastes = [len(tastes) for tastes in questions]
        self._chosen, self._scoring = chosen, scoring

    def measure(self, texts: Sequence[str]) -> dict[str, float]:
        """What the policy wrote for each prompt -> figures by name, means over all users.

        ndcg@10 and recall@10 as the configuration scores, and in all of a data set's own; the guards.
        """
        given = iter(texts)
        written = iter(
            # a second line of one taste would pass for a sentence of its own
            "\n".join(filter(None, (" ".join(next(given).split()) for _ in range(count))))
            for count in self._tastes
        )
        ranks, readable = {}, []
        for evaluation, benchmark in self._chosen:
            own = [next(written) for _ in benchmark.cases]
            profiles = [as_profile(text) for text in own]
            prepared = dict(zip(benchmark.cases, profiles, strict=True))
            found = benchmark.ranks(Prepared(evaluation, prepared, self._scoring))
            ranks[evaluation.data.name] = found.sampled
            readable += [
                _guards(evaluation, case, text, profile)
                for case, text, profile in zip(benchmark.cases, own, profiles, strict=True)
            ]
        return _figures(ranks, readable)


def _guards(evaluation: EvaluationContext, case: Case, text: str, profile: Profile) -> dict[str, float]:
    """How readable one profile is; shares in [0, 1]."""
    history = case.history[-HISTORY:]
    titles = [line.title for line in history]
    lines = [line_words(line, evaluation.data.dataset.items.get(line.item_id)) for line in history]
    held = [
        guarded(sentence.text, titles, lines, shipped_support(), found=True) for sentence in profile.sentences
    ]
    return {
        "restated": float(np.mean([verdict.restates_title for verdict in held] or [0.0])),
        "unsupported": float(np.mean([verdict.unsupported for verdict in held] or [0.0])),
        "well_formed": well_formed(text),
        "copied": 1.0 - uncopied(profile, titles),
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
        f"guards/{guard}": float(np.mean([shares[guard] for shares in readable])) for guard in readable[0]
    }


def validation_of(
    found: Mapping[str, Dataset],
    mixture: Mapping[str, int],
    most: int,
    encoder: TextEncoder,
    scoring: Scoring,
    cache: Path,
) -> Validation:
    """About `most` validation users, shared among the data sets as the mixture is; one of each at least.

    Args:
        cache: where embeddings of items are kept.

    Raises:
        SystemExit: a data set has no validation user with a long enough history.
    """
    chosen, questions = [], []
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
        questions += [_questions(evaluation, case.history[-HISTORY:]) for case in benchmark.cases]
    return Validation(chosen, questions, scoring)


def _questions(evaluation: EvaluationContext, history: Sequence[Interaction]) -> list[Sequence[Message]]:
    """One a taste, as the app asks them."""
    items = evaluation.data.dataset.items
    return [about_taste(taste, history, items).messages for taste in evaluation.tastes(history)]
