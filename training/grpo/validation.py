"""How well the policy's greedy profiles retrieve for users it does not learn from, while it learns.

The same measure as the tables of results: the last item of a validation user among 99 random ones. A mean
reward would also rise where the policy learns to please the reward; this picks the checkpoint instead.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict

import numpy as np

from blue.datatypes import Message, Scoring, TextEncoder
from blue.profile import whole_history
from blue.retrieval import ndcg_at_k, recall_at_k
from blue.rewards import well_formed
from training.data import Dataset
from training.evaluate import HISTORY, Judge, Trial, guards, trials
from training.grpo.reward_functions import as_profile


class Validation:
    """Held-out trials of several data sets; `prompts` are what the policy is asked, one a trial."""

    def __init__(
        self,
        chosen: Mapping[str, Sequence[Trial]],
        prompts: Sequence[Sequence[Message]],
        encoder: TextEncoder,
        scoring: Scoring,
    ) -> None:
        self.prompts = [list(prompt) for prompt in prompts]
        self._scoring = scoring
        self._trials = [trial for ones in chosen.values() for trial in ones]
        self._judges = {name: Judge(ones, encoder) for name, ones in chosen.items()}
        self._sizes = {name: len(ones) for name, ones in chosen.items()}

    def measure(self, texts: Sequence[str]) -> dict[str, float]:
        """What the policy wrote for each prompt -> figures by name, means over all users.

        ndcg@10 and recall@10 as the configuration scores, and in all of a data set's own; the guards.
        """
        profiles = [as_profile(text) for text in texts]
        formed = [well_formed(text) for text in texts]
        ranks, readable, start = {}, [], 0
        for name, judge in self._judges.items():
            part = slice(start, start + self._sizes[name])
            start = part.stop
            one = profiles[part]
            facets = self._scoring == "facets"
            ranks[name] = judge.facets(one) if facets else judge.single([each.text or "." for each in one])
            readable.append(asdict(guards(one, formed[part], self._trials[part], judge)))
        return _figures(ranks, readable)


def _figures(ranks: Mapping[str, np.ndarray], readable: Sequence[Mapping[str, float]]) -> dict[str, float]:
    everything = np.concatenate(list(ranks.values()))
    sizes = [len(ones) for ones in ranks.values()]
    found = {
        "ndcg@10": float(ndcg_at_k(everything).mean()),
        "recall@10": float(recall_at_k(everything).mean()),
    }
    found |= {f"ndcg@10/{name}": float(ndcg_at_k(ones).mean()) for name, ones in ranks.items()}
    for guard in readable[0]:
        found[f"guards/{guard}"] = float(np.average([one[guard] for one in readable], weights=sizes))
    return found


def validation_of(
    found: Mapping[str, Dataset],
    mixture: Mapping[str, int],
    most: int,
    encoder: TextEncoder,
    scoring: Scoring,
    count_tokens: Callable[[str], int],
    budget: int,
) -> Validation:
    """About `most` trials of validation users, shared among the data sets as the mixture is; one at least.

    Args:
        budget: of the history's lines in a prompt, in tokens.

    Raises:
        SystemExit: a data set has no validation user with a long enough history.
    """
    chosen, prompts = {}, []
    for name, weight in mixture.items():
        share = max(1, round(most * weight / sum(mixture.values())))
        chosen[name] = trials(found[name], share, split="validation")
        if not chosen[name]:
            raise SystemExit(
                f"{name} has no validation user with six interactions or more. Leave it out of the mixture, "
                "or give more users."
            )
        for trial in chosen[name]:
            items = found[name].items
            history = trial.case.history[-HISTORY:]
            prompts.append(whole_history(history, items, count_tokens, budget).messages)
    return Validation(chosen, prompts, encoder, scoring)
