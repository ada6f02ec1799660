"""The rewards of a profile in the signature that TRL calls; `blue.rewards` has the formulas.

Of what is sampled, one sentence, `training.grpo.credit` makes the profile that is read here.

Every row of the training data carries the ids that its rewards need (`training.grpo.rows.as_rows`);
items are looked up in one table and never embedded again. A reward here is in the unit of its formula: TRL
normalises each within its group before the weighted sum.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from blue.datatypes import Profile, TextEncoder
from blue.rewards import Question, grounding, reward_vectors
from blue.rewards import formulas as rewards
from training.evaluate import as_profile
from training.grpo.negatives import ItemTable
from training.runs import NextItemJudge

NAMES = tuple(rewards.WEIGHTS)
GUARDS = NAMES[2:]
OTHER_REWARDS = ("preference", "future_activity", "next_item_rank")  # see `training.grpo.other_rewards`


@dataclass
class Contrastive:
    """Bidirectional InfoNCE between each profile and its user's next item, in nats, <= 0.

    Profile->item against the row's negatives, item->profile against the profiles of the other users in the
    batch. Under "facets" a profile is its sentences without what they reject: a rejection earns nothing.
    Where a row has several next items, their mean: one alone says little of a taste (ours).
    """

    encoder: TextEncoder
    table: ItemTable
    scoring: Literal["single", "facets"] = "facets"
    temperature: float = rewards.TEMPERATURE
    __name__ = "contrastive"  # in TRL's logs

    def __call__(
        self, prompts, completions, *, user_id, next_ids, negative_ids, among=None, **_
    ) -> list[float]:
        """B completions with their columns -> B rewards; other users' profiles are those of `among`."""
        facets = self._facets(completions)
        rivals = facets if among is None else self._facets(among)
        values = []
        for n, facet in enumerate(facets):
            others = [rivals[m] for m in range(len(rivals)) if user_id[m] != user_id[n]]
            negatives = self.table.rows(negative_ids[n])
            earned = [self._reward(facet, item, negatives, others) for item in self.table.rows(next_ids[n])]
            values.append(float(np.mean(earned)))
        return values

    def _facets(self, completions) -> list[np.ndarray]:
        """(S, D) each; equal texts, which groups have many of, are encoded once."""
        texts = texts_of(completions)
        vectors = {
            text: reward_vectors(self.encoder, as_profile(text), self.scoring)
            for text in dict.fromkeys(texts)
        }
        return [vectors[text] for text in texts]

    def _reward(self, facet, positive, negatives, others) -> float:
        found = rewards.contrastive([facet], positive, negatives, others, self.temperature)
        return float(found[0])


@dataclass
class NextItemChoice:
    """Probability that the frozen judge chooses the next item among the options, given the profile."""

    judge: NextItemJudge
    table: ItemTable
    __name__ = "next_item_choice"

    def __call__(self, prompts, completions, *, option_ids, right, **_) -> list[float]:
        """B completions with their columns -> B rewards in [0, 1]."""
        questions = [
            Question(as_profile(text).text or ".", tuple(self.table.items[item_id] for item_id in ids), place)
            for text, ids, place in zip(texts_of(completions), option_ids, right, strict=True)
        ]
        answers = self.judge.log_probabilities(questions)
        return [
            rewards.next_item_choice(answer, [place for _, place in question.orders()])
            for answer, question in zip(answers, questions, strict=True)
        ]


class Guard:
    """A rule that keeps a profile readable, in [0, 1]; `rule` gets text, profile and the history's ids."""

    def __init__(self, name: str, rule: Callable[[str, Profile, Sequence[str]], float]) -> None:
        self.__name__, self.rule = name, rule

    def __call__(self, prompts, completions, *, history_ids, log_metric=None, **_) -> list[float]:
        """B completions with their columns -> B rewards in [0, 1]."""
        values = [
            self.rule(text, as_profile(text), ids)
            for text, ids in zip(texts_of(completions), history_ids, strict=True)
        ]
        if log_metric:
            log_metric(f"guards/{self.__name__}", float(np.mean(values)))
        return values


def guards(encoder: TextEncoder, table: ItemTable) -> list[Guard]:
    """The rules of `blue.rewards.formulas`, 1 is good."""

    def grounded(text: str, profile: Profile, history: Sequence[str]) -> float:
        return grounding(encoder, profile, table.rows(history))

    def uncopied(text: str, profile: Profile, history: Sequence[str]) -> float:
        return rewards.uncopied(profile, [table.items[item_id].title for item_id in history])

    return [
        Guard("format", lambda text, profile, history: rewards.well_formed(text)),
        Guard("length", lambda text, profile, history: rewards.right_length(text)),
        Guard("copy", uncopied),
        Guard("grounding", grounded),
        Guard("repetition", lambda text, profile, history: rewards.unrepeated(profile)),
    ]


def texts_of(completions: Sequence[list[dict]]) -> list[str]:
    """TRL's conversational completions -> what the policy wrote."""
    return [completion[-1]["content"] for completion in completions]
