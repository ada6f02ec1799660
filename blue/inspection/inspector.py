"""The one object that the page and the command line ask: every inspection of a profile, over one profiler.

It holds what is made once for all visitors (pools of negatives, other profiles, the judge, the map) and
nothing of any visitor. Safe to share between threads.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from blue import rewards
from blue.datatypes import Interaction, Item, Profile, Ranking, Scoring
from blue.inspection.reports import (
    Attribution,
    CatalogMap,
    Evidence,
    Holdout,
    MapPoint,
    Reading,
    RewardChange,
    RewardReport,
    SensitiveClaim,
    VersionComparison,
    WhatIf,
)
from blue.negatives import Counts
from blue.profiler import Profiler


@dataclass(frozen=True)
class RewardSettings:
    """What a reward report depends on besides profile and held-out item."""

    counts: Counts = field(default_factory=Counts)
    seed: int = 0
    scoring: Scoring = "facets"
    temperature: float = rewards.TEMPERATURE


class Inspector:
    """Inspections of profiles over one loaded profiler. Every method raises a BlueError for bad input."""

    def __init__(self, profiler: Profiler) -> None:
        self._profiler = profiler

    def find(self, title: str) -> Item:
        """The catalogue's item of a title as a person writes it ("Dune", "Dune (1984)") or of an item id.

        Raises:
            CatalogError: there is none; the message names the nearest titles.
        """
        raise NotImplementedError

    def search(self, words: str, most: int = 20, kinds: Collection[str] = ()) -> tuple[Item, ...]:
        """Items whose title fits what is typed so far, best known first; for a search box. Under 50 ms."""
        raise NotImplementedError

    def hold_out(
        self, history: Sequence[Interaction], *, row: int | None = None, title: str | None = None
    ) -> Holdout:
        """Hold out a row of the history (0-based; default the last one that the catalogue knows), or a title.

        Raises:
            HistoryError: the history is empty or would be, there is no such row, or the catalogue lacks it.
            CatalogError: the catalogue has no such title; names the nearest.
        """
        raise NotImplementedError

    def rewards(
        self, profile: Profile, holdout: Holdout, settings: RewardSettings = RewardSettings()
    ) -> RewardReport:
        """Every reward but the judge's, and each sentence's contribution.

        Raises:
            ProfileError: no sentence is enabled.
            CatalogError: the catalogue is too small for so many negatives.
        """
        raise NotImplementedError

    def judged(self, report: RewardReport) -> RewardReport:
        """The same report with the next-item choice of the frozen base model. Loads it at the first call."""
        raise NotImplementedError

    def reward_changes(self, old: RewardReport, new: RewardReport) -> tuple[RewardChange, ...]:
        """Each reward that both reports have, then "total" over just these, then "rank" (of the target)."""
        raise NotImplementedError

    def attribution(self, profile: Profile, items: Sequence[Item], scoring: Scoring) -> Attribution:
        """Which sentence brings which of these items (in their order, usually those of a ranking)."""
        raise NotImplementedError

    def evidence(self, profile: Profile, history: Sequence[Interaction]) -> tuple[Evidence, ...]:
        """What supports each sentence, one for every sentence of the profile in order."""
        raise NotImplementedError

    def sensitive(self, profile: Profile) -> tuple[SensitiveClaim, ...]:
        """Sentences that state health, religion, politics, orientation, ethnicity or pregnancy."""
        raise NotImplementedError

    def what_if(
        self,
        item: Item,
        profile: Profile,
        history: Sequence[Interaction] = (),
        *,
        scoring: Scoring = "facets",
        kinds: Collection[str] = (),
    ) -> WhatIf:
        """What would bring an item up: its rank among all items of `kinds` (none means all), and edits."""
        raise NotImplementedError

    def readings(
        self,
        history: Sequence[Interaction],
        *,
        profile: Profile | None = None,
        holdout: Holdout | None = None,
        settings: RewardSettings = RewardSettings(),
        kinds: Collection[str] = (),
        top: int = 20,
    ) -> tuple[Reading, ...]:
        """The same history four ways: raw history, rule-based, untrained, BLUE.

        `profile` is BLUE's where it is written already (else it is written here, seconds). Where the loaded
        profiler is untrained there is no fourth reading: the third is the loaded one, and says so. With a
        `holdout` everything is read from `holdout.history` and rewards are given.
        """
        raise NotImplementedError

    def compare(
        self,
        old: Profile,
        new: Profile,
        history: Sequence[Interaction] = (),
        *,
        scoring: Scoring = "facets",
        kinds: Collection[str] = (),
        top: int = 20,
        holdout: Holdout | None = None,
        settings: RewardSettings = RewardSettings(),
    ) -> VersionComparison:
        """Two versions: movements at `top`, overlap, rewards where an item is held out.

        The text difference is `blue.session.word_changes`.
        """
        raise NotImplementedError

    def map(self) -> CatalogMap:
        """The catalogue in two dimensions; made at the first call (under a second), then kept."""
        raise NotImplementedError

    def place(
        self,
        profile: Profile,
        history: Sequence[Interaction] = (),
        ranking: Ranking | None = None,
        held_out: Item | None = None,
    ) -> tuple[MapPoint, ...]:
        """The profile, its enabled sentences, history, retrieved items and held-out item on the map."""
        raise NotImplementedError
