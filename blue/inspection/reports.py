"""What an inspection says, as frozen data: rewards, attribution, evidence, edits and what they would do.

Sentences are named by their 0-based number in the profile, interactions by their 0-based row in the history
that was given. Axes: S sentences, I items.
"""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from blue.datatypes import Interaction, Item, Movement, Profile, Ranking, Scoring

NegativeKind = Literal["hard", "popular", "random"]
EditKind = Literal["drop", "strengthen", "weaken", "add"]


@dataclass(frozen=True)
class Holdout:
    """An item that the profile must not have seen, and the history without it."""

    target: Item
    history: tuple[Interaction, ...]  # oldest first, without the target and titles that are nearly its own
    row: int | None = None  # of the target in the full history; None where it was chosen from the catalogue
    dropped: tuple[Interaction, ...] = ()  # every interaction that was left out, the target's own included


@dataclass(frozen=True)
class NegativeItem:
    """An item that was not next, and why it was drawn."""

    item: Item
    kind: NegativeKind
    similarity: float  # to the profile, as the target's: a cosine in [-1, 1]


@dataclass(frozen=True)
class OtherProfile:
    """One of the profiles that item->profile compares with."""

    text: str
    similarity: float  # to the target, a cosine in [-1, 1]


@dataclass(frozen=True)
class ContrastiveReport:
    """Bidirectional InfoNCE in nats, each <= 0; `total` is their mean (see `blue.rewards.formulas`)."""

    profile_to_item: float
    item_to_profile: float
    total: float
    temperature: float


@dataclass(frozen=True)
class ChoiceOption:
    """One option of the next-item question."""

    item: Item
    probability: float  # in [0, 1], the options sum to 1; the mean over both orders
    is_target: bool


@dataclass(frozen=True)
class ChoiceReport:
    """What the frozen base model chose, given the profile; `reward` is the probability of the target."""

    options: tuple[ChoiceOption, ...]  # likeliest first
    reward: float  # in [0, 1]; 1 / number of options is chance
    judge: str  # "SmolLM2-135M-Instruct without adapter"


@dataclass(frozen=True)
class RewardValue:
    """One reward as a bar: its value, its range and its weight in the total."""

    name: str  # a name of `blue.rewards.formulas.WEIGHTS`
    value: float
    lowest: float  # of the range; contrastive rewards have no lowest value: -inf
    highest: float
    weight: float
    formula: str  # one line for a tooltip

    @property
    def weighted(self) -> float:
        """What it adds to the total."""
        return self.weight * self.value


@dataclass(frozen=True)
class SentenceContribution:
    """What one sentence is worth: the report with it minus the report without it."""

    sentence: int
    contrastive: float  # nats; > 0: the sentence helps
    similarity: float  # of the target, cosine; > 0: the sentence brings it nearer
    total: float  # of the weighted rewards, without the judge's
    rank_without: int | None  # the target's rank in its kind if the sentence went; None if nothing is left


@dataclass(frozen=True)
class RewardReport:
    """The rewards of one profile for one held-out item, taken apart."""

    profile: Profile
    holdout: Holdout
    scoring: Scoring
    seed: int
    similarity: float  # of the target, a cosine in [-1, 1]
    rank: int  # of the target among all items of its kind that the history lacks, 1 is best
    candidates: int  # how many those are
    negatives: tuple[NegativeItem, ...]  # nearest first
    others: tuple[OtherProfile, ...]  # nearest first
    contrastive: ContrastiveReport
    choice: ChoiceReport | None  # None until the judge was asked
    rewards: tuple[RewardValue, ...]  # contrastive, next_item_choice (once judged), then the guards
    contributions: tuple[SentenceContribution, ...]  # one an enabled sentence

    @property
    def guards(self) -> tuple[RewardValue, ...]:
        """Format, length, copy, grounding, repetition: each in [0, 1], 1 is good."""
        return tuple(
            reward for reward in self.rewards if reward.name not in ("contrastive", "next_item_choice")
        )

    @property
    def total(self) -> float:
        """The weighted sum of the rewards that are known: without the judge's while `choice` is None.

        Training adds the rewards after normalising each within a group of profiles; one profile has no group,
        so that here the plain values are added (our choice).
        """
        return sum(reward.weighted for reward in self.rewards)


@dataclass(frozen=True)
class RewardChange:
    """How one reward, or "total", differs between two versions."""

    name: str
    old: float
    new: float

    @property
    def difference(self) -> float:
        """New minus old, in the reward's unit."""
        return self.new - self.old


@dataclass(frozen=True)
class Attribution:
    """Which sentence brings which item.

    `closeness` is (S, I): the cosine of each sentence's liked part and each item, NaN where a sentence likes
    nothing or is off. `effects` is (S, I), what the item's score would lose without the sentence, what a
    rejection takes away as a negative number. Both in cosines. What all items lose alike is left out.
    """

    items: tuple[Item, ...]
    scoring: Scoring
    closeness: np.ndarray = field(repr=False)
    effects: np.ndarray = field(repr=False)
    brought_by: tuple[int | None, ...]  # (I,) sentence that brought each item; None if none is known
    prior: tuple[float, ...] = ()  # (I,) the part of each item's score that how well known it is gave


@dataclass(frozen=True)
class Support:
    """An interaction that speaks for a sentence."""

    interaction: Interaction
    row: int  # in the history


@dataclass(frozen=True)
class Evidence:
    """What in the history supports one sentence: the lines it was written from, or that say most of it."""

    sentence: int
    support: tuple[Support, ...]
    supported: bool  # False: nothing in the history supports this; see `blue.profile.support`
    missing: tuple[str, ...]  # words of the sentence that none of these lines says
    rejects: bool  # whether the sentence says what the person does not like


@dataclass(frozen=True)
class SensitiveClaim:
    """A sentence that states something about the person that nobody should infer from what they watch."""

    sentence: int
    topic: str  # "health", "religion", "politics", "orientation", "ethnicity", "pregnancy"
    words: str  # the words that said it


@dataclass(frozen=True)
class SentenceEffect:
    """What one sentence does to an item's rank."""

    sentence: int
    rank_without: int | None  # rank if the sentence went; None if no profile would be left
    places: int  # rank_without - rank: > 0 the sentence helps by so many places, < 0 it hurts


@dataclass(frozen=True)
class Edit:
    """One change of the profile, and the rank that the item would then have: computed, not guessed."""

    kind: EditKind
    sentence: int  # the sentence it changes; for "add" the number of the new one
    words: str  # what it does, for a button: 'Drop sentence 2', 'Add "Dark space films."'
    profile: Profile  # the whole profile after it: commit this to apply it
    rank: int


@dataclass(frozen=True)
class WhatIf:
    """What would bring an item up."""

    item: Item
    rank: int  # now, among all candidates; 1 is best
    similarity: float  # its score now, in cosines
    candidates: int  # how many items are ranked
    in_history: bool  # the history has it, so the page's list never shows it; ranked as if it had not
    helps: SentenceEffect | None  # the sentence without which it would fall most
    hurts: SentenceEffect | None  # the sentence without which it would rise most
    edits: tuple[Edit, ...]  # best rank first


@dataclass(frozen=True)
class Reading:
    """One way to read the same history: a query text or a profile, and what it finds."""

    name: Literal["raw history", "rule-based", "untrained", "BLUE"]
    note: str  # what it is, in one line; says so where the loaded profiler is untrained
    profile: Profile | None  # None for the raw history
    text: str  # what was searched with
    ranking: Ranking
    rewards: RewardReport | None  # where an item is held out


@dataclass(frozen=True)
class VersionComparison:
    """Two versions of a profile: what moved, how much they share, what they earn."""

    arrived: tuple[Movement, ...]  # one for each item of the new top
    left: tuple[Movement, ...]
    overlap: float  # share of the top they have in common, in [0, 1]
    top: int
    rewards: tuple[RewardChange, ...]  # empty where no item is held out


@dataclass(frozen=True)
class MapLabel:
    """What the works of one region of the map are about, at the region's middle."""

    text: str
    x: float
    y: float


@dataclass(frozen=True)
class CatalogMap:
    """Every item as a point: (I, 2) float32 in the catalogue's order, each axis within [-1, 1]."""

    points: np.ndarray = field(repr=False)
    labels: tuple[MapLabel, ...] = ()


@dataclass(frozen=True)
class MapPoint:
    """One thing on the map besides the catalogue."""

    role: Literal["profile", "sentence", "history", "retrieved", "held out"]
    label: str  # for hovering: a title or a sentence
    x: float
    y: float
    sentence: int | None = (
        None  # of a sentence: its number; of a retrieved item: the sentence that brought it
    )


@dataclass(frozen=True)
class Explanation:
    """Everything about one profile at once: what it finds, why, on what grounds."""

    profile: Profile
    ranking: Ranking
    attribution: Attribution
    evidence: tuple[Evidence, ...]
    sensitive: tuple[SensitiveClaim, ...]
    what_if: WhatIf | None
