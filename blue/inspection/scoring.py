"""The rewards of one profile, live: what training would have paid for it, taken apart.

The formulas are those of `blue.rewards.formulas` on one profile, with negatives of the target's own kind and
the other profiles of the shipped set (`blue.inspection.negative_profiles`). Every sentence that is switched
on counts, whatever its weight: weights are the visitor's and steer the ranking, the rewards judge the text.
"""

import math
import random
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, fields, replace
from functools import cache

import numpy as np

from blue.datatypes import DEFAULT_PRIOR, Item, Profile, Scoring
from blue.errors import CatalogError
from blue.history import choice_weight
from blue.inspection.full_ranking import FullRanking, rank_if
from blue.inspection.negative_profiles import negative_profiles
from blue.inspection.reports import (
    ChoiceOption,
    ChoiceReport,
    ContrastiveReport,
    Holdout,
    NegativeItem,
    OtherProfile,
    RewardChange,
    RewardReport,
    RewardValue,
    SentenceContribution,
)
from blue.retrieval import HistoryVectors, Retriever, enabled_sentences
from blue.rewards import (
    RECENT,
    Counts,
    GuardValues,
    Negative,
    NegativePool,
    NextItemJudge,
    Question,
    guard_values,
    option_probabilities,
    reward_vectors,
)
from blue.rewards import formulas as rewards

CHOICE_NEGATIVES = 3  # options beside the target, as in training
NOTHING = GuardValues(0.0, 0.0, 0.0, 0.0, 0.0)  # the guards of an empty profile
FORMULAS = {
    "contrastive": (
        "half profile→item, half item→profile InfoNCE, in nats, at most 0: the log of the share that the "
        "target has of exp(cosine / temperature) among itself and the negatives (the other profiles)"
    ),
    "next_item_choice": (
        "probability, 0 to 1, that the frozen base model gives the target among the options, by how "
        "expected each title is after the profile, per token of it"
    ),
    "format": "1 if the profile is one to five lines, each one ended sentence, else 0",
    "length": (
        f"1 from {rewards.SHORTEST_WORDS} to {rewards.LONGEST_WORDS} words, falling to 0 at none and at "
        f"{2 * rewards.LONGEST_WORDS}"
    ),
    "copy": "share of the sentences, 0 to 1, that do not copy six words in a row of a title",
    "grounding": (
        f"share of the sentences, 0 to 1, with cosine {rewards.GROUNDED} or more to something in the history"
    ),
    "repetition": "share of the sentences, 0 to 1, that do not mostly repeat an earlier one",
}


@dataclass(frozen=True)
class RewardSettings:
    """What a reward report depends on besides profile and held-out item."""

    counts: Counts = field(default_factory=Counts)
    seed: int = 0
    scoring: Scoring = "facets"
    prior: float = DEFAULT_PRIOR  # of the target's rank; the rewards themselves know none
    temperature: float = rewards.TEMPERATURE


@dataclass(frozen=True)
class _Trial:
    """One held-out item with all that profiles are compared on; N negatives, M other profiles."""

    holdout: Holdout
    settings: RewardSettings
    positive: np.ndarray  # (D,)
    drawn: tuple[Negative, ...]
    negatives: np.ndarray  # (N, D)
    others: tuple[Profile, ...]
    other_vectors: tuple[np.ndarray, ...]  # M of (S, D)
    history: np.ndarray  # (H, D)


@dataclass(frozen=True)
class _Values:
    """What one profile earns in a trial."""

    similarity: float
    to_item: float
    to_profile: float
    guards: GuardValues

    @property
    def contrastive(self) -> float:
        return (self.to_item + self.to_profile) / 2

    @property
    def total(self) -> float:
        return rewards.WEIGHTS["contrastive"] * self.contrastive + sum(
            rewards.WEIGHTS[guard.name] * getattr(self.guards, guard.name) for guard in fields(GuardValues)
        )


class RewardScorer:
    """Rewards over one retriever; pools of negatives and vectors of other profiles are made once a kind."""

    def __init__(self, retriever: Retriever, vectors: HistoryVectors) -> None:
        self._retriever, self._vectors = retriever, vectors
        self._pool = cache(self._make_pool)
        self._rival_vectors = cache(self._make_rival_vectors)

    def report(self, profile: Profile, holdout: Holdout, settings: RewardSettings) -> RewardReport:
        """Every reward but the judge's.

        Raises:
            ProfileError: no sentence is enabled, or none says what is liked (facets).
            CatalogError: the catalogue is too small for so many negatives.
        """
        trial = self._trial(holdout, settings)
        ranking = FullRanking(self._retriever, holdout.history, (holdout.target.kind,), settings.prior)
        rank = ranking.rank(profile, settings.scoring, holdout.target)
        said = _enabled(profile)
        vectors = reward_vectors(self._retriever.encoder, said, settings.scoring)
        values = self._values(said, vectors, trial)
        return RewardReport(
            profile=profile,
            holdout=holdout,
            scoring=settings.scoring,
            seed=settings.seed,
            similarity=values.similarity,
            rank=rank,
            candidates=len(ranking),
            negatives=_negatives(vectors, trial),
            others=_others(trial),
            contrastive=ContrastiveReport(
                values.to_item, values.to_profile, values.contrastive, settings.temperature
            ),
            choice=None,
            rewards=_rewards(values),
            contributions=self._contributions(profile, values, trial, ranking),
        )

    def _trial(self, holdout: Holdout, settings: RewardSettings) -> _Trial:
        target, history = holdout.target, holdout.history
        retriever = self._retriever
        positive = retriever.index.embeddings(np.array([retriever.catalog.position_of[target.item_id]]))[0]
        history_vectors = self._vectors(history)
        known = [interaction.title for interaction in (*history, *holdout.dropped)]
        rows, pool = self._pool(target.kind)
        drawn = pool.draw(
            target, positive, known, history_vectors[-RECENT:], settings.counts,
            f"{settings.seed}:{target.item_id}",
        )  # fmt: skip
        if not drawn:
            raise CatalogError("There is nothing to compare with. Ask for at least one negative.")
        others, other_vectors = self._rival_vectors(target.kind, settings.scoring)
        negatives = retriever.index.embeddings(rows[[negative.row for negative in drawn]])
        return _Trial(
            holdout, settings, positive, tuple(drawn), negatives, others, other_vectors, history_vectors
        )

    def _values(self, said: Profile, vectors: np.ndarray, trial: _Trial) -> _Values:
        to_item, to_profile = rewards.contrastive_terms(
            [vectors], trial.positive, trial.negatives, trial.other_vectors, trial.settings.temperature
        )
        titles = [interaction.title for interaction in trial.holdout.history]
        return _Values(
            similarity=float((vectors @ trial.positive).max()),
            to_item=float(to_item[0]),
            to_profile=float(to_profile[0]),
            guards=guard_values(self._retriever.encoder, said.text, said, titles, trial.history),
        )

    def _contributions(
        self, profile: Profile, whole: _Values, trial: _Trial, ranking: FullRanking
    ) -> tuple[SentenceContribution, ...]:
        scoring = trial.settings.scoring
        contributions = []
        ranking.foresee(
            (without_sentence(profile, number) for number, _ in enabled_sentences(profile)), scoring
        )
        for number, _ in enabled_sentences(profile):
            without = without_sentence(profile, number)
            said = _enabled_or_empty(without)
            if said.sentences:
                vectors = reward_vectors(self._retriever.encoder, said, scoring)
                rest = self._values(said, vectors, trial)
            else:
                rest = _chance(trial)
            contributions.append(
                SentenceContribution(
                    sentence=number,
                    contrastive=whole.contrastive - rest.contrastive,
                    similarity=whole.similarity - rest.similarity,
                    total=whole.total - rest.total,
                    rank_without=rank_if(ranking, without, scoring, trial.holdout.target),
                )
            )
        return tuple(contributions)

    def _make_pool(self, kind: str) -> tuple[np.ndarray, NegativePool]:
        """(rows of the catalogue, the pool over them)."""
        rows = np.flatnonzero(self._retriever.catalog.positions((kind,)))
        items = [self._retriever.catalog.items[row] for row in rows]
        chosen = np.array([choice_weight(item.popularity) for item in items])
        return rows, NegativePool(items, self._retriever.index.embeddings(rows), chosen)

    def _make_rival_vectors(self, kind: str, scoring: Scoring) -> tuple[tuple[Profile, ...], tuple]:
        profiles = negative_profiles(kind)
        encoder = self._retriever.encoder
        return profiles, tuple(reward_vectors(encoder, profile, scoring) for profile in profiles)


def judged(report: RewardReport, judge: NextItemJudge) -> RewardReport:
    """The same report with the judge's choice between the target and three of its negatives."""
    dice = random.Random(f"{report.seed}:{report.holdout.target.item_id}")
    negatives = [negative.item for negative in report.negatives]
    options = [*dice.sample(negatives, min(CHOICE_NEGATIVES, len(negatives))), report.holdout.target]
    dice.shuffle(options)
    choice = ask_choice(judge, report.profile, options, report.holdout.target)
    value = _reward("next_item_choice", choice.reward)
    contrastive, *guards = (reward for reward in report.rewards if reward.name != "next_item_choice")
    return replace(report, choice=choice, rewards=(contrastive, value, *guards))


def ask_choice(
    judge: NextItemJudge, profile: Profile, options: Sequence[Item], target: Item | None = None
) -> ChoiceReport:
    """Which option comes next; without a target the reward is that of the likeliest option."""
    right = options.index(target) if target else 0
    question = Question(_enabled(profile).text, tuple(options), right)
    answer = judge.log_probabilities([question])[0]
    probabilities = option_probabilities(answer)
    chosen = [
        ChoiceOption(item, float(probability), item == target)
        for item, probability in zip(options, probabilities, strict=True)
    ]
    if target is None:
        reward = float(probabilities.max())
    else:
        reward = rewards.next_item_choice(answer, [place for _, place in question.orders()])
    return ChoiceReport(
        tuple(sorted(chosen, key=lambda option: -option.probability)), reward, getattr(judge, "name", "")
    )


def reward_changes(old: RewardReport, new: RewardReport) -> tuple[RewardChange, ...]:
    """Each reward that both reports have, then "total" over just these, then "rank" of the target."""
    before = {reward.name: reward for reward in old.rewards}
    pairs = [(before[reward.name], reward) for reward in new.rewards if reward.name in before]
    changes = [RewardChange(now.name, was.value, now.value) for was, now in pairs]
    changes.append(
        RewardChange("total", sum(was.weighted for was, _ in pairs), sum(now.weighted for _, now in pairs))
    )
    return (*changes, RewardChange("rank", float(old.rank), float(new.rank)))


def without_sentence(profile: Profile, number: int) -> Profile:
    """The profile without one sentence; the others keep weights and switches."""
    return Profile(tuple(sentence for n, sentence in enumerate(profile.sentences) if n != number))


def _enabled(profile: Profile) -> Profile:
    return Profile(tuple(sentence for _, sentence in enabled_sentences(profile)))


def _enabled_or_empty(profile: Profile) -> Profile:
    return Profile(tuple(sentence for sentence in profile.sentences if sentence.enabled))


def _chance(trial: _Trial) -> _Values:
    """What saying nothing earns: every item and every other profile is as likely as any."""
    return _Values(0.0, -math.log(1 + len(trial.negatives)), -math.log(1 + len(trial.other_vectors)), NOTHING)


def _rewards(values: _Values) -> tuple[RewardValue, ...]:
    names = [guard.name for guard in fields(GuardValues)]
    guards = [_reward(name, value) for name, value in zip(names, astuple(values.guards), strict=True)]
    return (_reward("contrastive", values.contrastive, -math.inf, 0.0), *guards)


def _reward(name: str, value: float, lowest: float = 0.0, highest: float = 1.0) -> RewardValue:
    return RewardValue(name, value, lowest, highest, rewards.WEIGHTS[name], FORMULAS[name])


def _negatives(vectors: np.ndarray, trial: _Trial) -> tuple[NegativeItem, ...]:
    near = (vectors @ trial.negatives.T).max(axis=0)
    found = [
        NegativeItem(negative.item, negative.kind, float(cosine))
        for negative, cosine in zip(trial.drawn, near, strict=True)
    ]
    return tuple(sorted(found, key=lambda negative: -negative.similarity))


def _others(trial: _Trial) -> tuple[OtherProfile, ...]:
    found = [
        OtherProfile(profile.text, float((vectors @ trial.positive).max()))
        for profile, vectors in zip(trial.others, trial.other_vectors, strict=True)
    ]
    return tuple(sorted(found, key=lambda profile: -profile.similarity))
