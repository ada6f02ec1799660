"""The one object that the page and the command line ask: every inspection of a profile, over one profiler.

It holds what is made once for all visitors (pools of negatives, other profiles, the judge, the map) and
nothing of any visitor. Safe to share between threads.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import cached_property
from threading import RLock
from typing import Any

from blue.datatypes import DEFAULT_PRIOR, Interaction, Item, Profile, Ranking, Scoring
from blue.inspection import attribution, catalogmap, comparing, scoring, whatif
from blue.inspection.both import Both, Person, both
from blue.inspection.evidence import evidence
from blue.inspection.holdout import hold_out_item, hold_out_row
from blue.inspection.items import ItemFinder
from blue.inspection.models import Models, models_of
from blue.inspection.reports import (
    Attribution,
    CatalogMap,
    ChoiceReport,
    Evidence,
    Explanation,
    Holdout,
    MapPoint,
    Reading,
    RewardChange,
    RewardReport,
    SensitiveClaim,
    VersionComparison,
    WhatIf,
)
from blue.inspection.scoring import RewardScorer, RewardSettings
from blue.inspection.sensitive import sensitive_claims
from blue.models import Progress, load_generator, load_title_judge, silent
from blue.profiler import Profiler
from blue.rewards import NextItemJudge

DEFAULTS = RewardSettings()


class Inspector:
    """Inspections of profiles over one loaded profiler. Every method raises a BlueError for bad input."""

    def __init__(self, profiler: Profiler, progress: Progress = silent) -> None:
        """Nothing is loaded yet; what is loaded later reports to `progress`."""
        self.profiler = profiler
        self._progress = progress
        # What is made once is made by one thread; others wait for it, and for nothing else.
        self._making_map, self._making_judge, self._making_untrained = RLock(), RLock(), RLock()
        retriever = profiler.retriever
        self.vectors = profiler.vectors
        self._scorer = RewardScorer(retriever, self.vectors)
        self.finder = ItemFinder(profiler.catalog, profiler.matcher)

    def find(self, title: str, beside: Sequence[Interaction] = ()) -> Item:
        """The catalogue's item of a title as a person writes it ("Dune", "Dune (1984)") or of an item id.

        Where a film and a book share a title, it is what most of the history `beside` it is.

        Raises:
            CatalogError: there is none; the message names the nearest titles.
        """
        return self.finder.find(title, beside)

    def search(self, words: str, most: int = 20, kinds: Collection[str] = ()) -> tuple[Item, ...]:
        """Items whose title fits what is typed so far; for a search box. Under 30 ms a key."""
        return self.finder.search(words, most, kinds)

    def hold_out(
        self, history: Sequence[Interaction], *, row: int | None = None, title: str | None = None
    ) -> Holdout:
        """Hold out a row of the history (0-based; default the last liked one that is known), or a title.

        Raises:
            HistoryError: the history is empty or would be, there is no such row, or the catalogue lacks it.
            CatalogError: the catalogue has no such title; names the nearest.
        """
        if title is not None:
            return hold_out_item(history, self.find(title, history))
        return hold_out_row(history, row, self.profiler.catalog)

    def rewards(
        self, profile: Profile, holdout: Holdout, settings: RewardSettings = DEFAULTS
    ) -> RewardReport:
        """Every reward but the judge's, and each sentence's contribution.

        Raises:
            ProfileError: no sentence is enabled.
            CatalogError: the catalogue is too small for so many negatives.
        """
        return self._scorer.report(profile, holdout, settings)

    def judged(self, report: RewardReport) -> RewardReport:
        """The same report with the next-item choice of the frozen base model. Loads it at the first call."""
        return scoring.judged(report, self.judge())

    def reward_changes(self, old: RewardReport, new: RewardReport) -> tuple[RewardChange, ...]:
        """Each reward that both reports have, then "total" over just these, then "rank" (of the target)."""
        return scoring.reward_changes(old, new)

    def attribution(
        self, profile: Profile, items: Sequence[Item], scoring: Scoring, prior: float = DEFAULT_PRIOR
    ) -> Attribution:
        """Which sentence brings which of these items (in their order, usually those of a ranking)."""
        return attribution.attribute(self.profiler.retriever, profile, items, scoring, prior)

    def evidence(self, profile: Profile, history: Sequence[Interaction]) -> tuple[Evidence, ...]:
        """What supports each sentence, one for every sentence of the profile in order."""
        return evidence(profile, history, self.profiler.catalog.by_id)

    def sensitive(self, profile: Profile) -> tuple[SensitiveClaim, ...]:
        """Sentences that state health, religion, politics, orientation, ethnicity or pregnancy."""
        return sensitive_claims([sentence.text for sentence in profile.sentences])

    def what_if(
        self,
        item: Item,
        profile: Profile,
        history: Sequence[Interaction] = (),
        *,
        scoring: Scoring = "facets",
        kinds: Collection[str] = (),
        within: Collection[str] = (),
        prior: float = DEFAULT_PRIOR,
    ) -> WhatIf:
        """What would bring an item up: its rank among the items of `kinds` and ids (none: all), and edits."""
        profiler = self.profiler
        return whatif.what_if(
            profiler.retriever, profiler.grouper.rarity, item, profile, history, scoring, kinds, prior, within
        )

    def explain(
        self,
        profile: Profile,
        history: Sequence[Interaction] = (),
        *,
        top: int = 20,
        scoring: Scoring = "facets",
        kinds: Collection[str] = (),
        within: Collection[str] = (),
        prior: float = DEFAULT_PRIOR,
        item: Item | None = None,
    ) -> Explanation:
        """The ranking with its attribution, evidence and claims, and what would bring an `item` up."""
        how = dict(scoring=scoring, kinds=kinds, within=within, prior=prior)
        ranking = self.profiler.rank(profile, history, top=top, **how)
        return Explanation(
            profile=profile,
            ranking=ranking,
            attribution=self.attribution(profile, [entry.item for entry in ranking.items], scoring, prior),
            evidence=self.evidence(profile, history),
            sensitive=self.sensitive(profile),
            what_if=self.what_if(item, profile, history, **how) if item else None,
        )

    def readings(
        self,
        history: Sequence[Interaction],
        *,
        profile: Profile | None = None,
        holdout: Holdout | None = None,
        settings: RewardSettings = DEFAULTS,
        kinds: Collection[str] = (),
        within: Collection[str] = (),
        top: int = 20,
    ) -> tuple[Reading, ...]:
        """The same history four ways: raw history, rule-based, untrained, BLUE.

        `profile` is BLUE's where it is written already (else it is written here, seconds). Where the loaded
        profiler is untrained there is no fourth reading: the third is the loaded one, and says so. With a
        `holdout` everything is read from `holdout.history` and rewards are given.
        """
        if holdout is not None:
            history = holdout.history

        def rank(searched: Profile, by: Scoring) -> Ranking:
            return self.profiler.rank(
                searched, history, top=top, scoring=by, kinds=kinds, within=within, prior=settings.prior
            )

        def rewarded(searched: Profile, by: Scoring) -> RewardReport:
            return self.rewards(searched, holdout, replace(settings, scoring=by))

        about = self.profiler.generator.about
        base = (lambda: self.untrained) if about.adapter_digest else None
        return comparing.readings(
            self.profiler, base, history, profile, rank, rewarded if holdout else None, settings.scoring
        )

    def compare(
        self,
        old: Profile,
        new: Profile,
        history: Sequence[Interaction] = (),
        *,
        scoring: Scoring = "facets",
        kinds: Collection[str] = (),
        within: Collection[str] = (),
        top: int = 20,
        holdout: Holdout | None = None,
        settings: RewardSettings = DEFAULTS,
    ) -> VersionComparison:
        """Two versions: movements at `top`, overlap, rewards where an item is held out.

        The text difference is `blue.session.versions.word_changes`.
        """
        if holdout is not None:
            history = holdout.history

        def rank(profile: Profile, depth: int) -> Ranking:
            return self.profiler.rank(
                profile, history, top=depth, scoring=scoring, kinds=kinds, within=within, prior=settings.prior
            )

        def rewarded(profile: Profile) -> RewardReport:
            return self.rewards(profile, holdout, replace(settings, scoring=scoring))

        return comparing.compare_versions(old, new, rank, rewarded if holdout else None, top)

    def both(self, first: Person, second: Person, **how: Any) -> Both:
        """What two people would both like, and which tastes they share; `how` is that of `both.both`."""
        return both(self.profiler.retriever, (first, second), **how)

    def map(self) -> CatalogMap:
        """The catalogue in two dimensions; read or made at the first call, then kept."""
        with self._making_map:
            return self._map

    def place(
        self,
        profile: Profile,
        history: Sequence[Interaction] = (),
        ranking: Ranking | None = None,
        held_out: Item | None = None,
    ) -> tuple[MapPoint, ...]:
        """The profile, its enabled sentences, history, retrieved items and held-out item on the map."""
        return catalogmap.place(
            self.map(), self.profiler.retriever, self.vectors, profile, history, ranking, held_out
        )

    def choice(self, profile: Profile, options: Sequence[Item]) -> ChoiceReport:
        """Which of these items comes next, by the judge; no option is the target."""
        return scoring.ask_choice(self.judge(), profile, options)

    def judge(self) -> NextItemJudge:
        """The frozen base model as a judge; loaded at the first call (seconds)."""
        with self._making_judge:
            return self._judge

    @property
    def untrained(self) -> Profiler:
        """The loaded profiler without its adapter, asked as untrained ones are; loaded at the first call."""
        with self._making_untrained:
            return self._untrained

    def models(self) -> Models:
        """What a ranking is made with here, for an export."""
        return models_of(self.profiler.generator.about, self.profiler.retriever)

    @cached_property
    def _map(self) -> CatalogMap:
        retriever = self.profiler.retriever
        return catalogmap.catalog_map(retriever.catalog, retriever.index.embeddings())

    @cached_property
    def _judge(self) -> NextItemJudge:
        return load_title_judge(self.profiler.generator.about, self._progress)

    @cached_property
    def _untrained(self) -> Profiler:
        base = load_generator(
            str(self.profiler.generator.about.base), progress=self._progress, one_at_a_time=True
        )
        return replace(self.profiler, generator=base, trained=False)
