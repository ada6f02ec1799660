"""The actions of the page as typed endpoints, for gradio_client and as MCP tools."""

from collections.abc import Sequence
from typing import Literal

import gradio as gr

from blue.datatypes import DEFAULT_PRIOR, MOST_PRIOR, Interaction, Profile
from blue.errors import BlueError
from blue.history import match_wishes, parse_wishes
from blue.inspection import Person, RewardSettings
from blue.profile import parse_profile
from blue.records import json_records as records
from blue.records import why_json as why_records
from blue.retrieval import narrowed, parse_decades, parse_genres
from blue.ui.core import Core
from blue.ui.describing import PARAMETERS, described
from blue.ui.serving.visitor import visitor

MOST_ITEMS = 200


class Api:
    """Endpoints over one profiler. They keep nothing: each call brings all it needs."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._profiler = core.profiler

    @described(
        "format, interactions (title, rating, time, kind, year, item_id, watches, match), skipped (line, "
        "text, reason), notes, wish_list."
    )
    def parse(self, history: str) -> dict:
        """Read a history of films, series or books in any format and say what was understood."""
        return _answered(lambda: records.history_record(self._profiler.read(history)))

    @described("profile, sentences.")
    def profile(self, history: str) -> dict:
        """Write the textual profile of a history: at most five sentences, each one taste."""
        return _answered(
            lambda: records.profile_record(self._write(self._profiler.read(history).interactions))
        )

    @described(
        "profile, items (rank, item_id, title, kind, year, similarity, prior, sentence).",
        profile='At most five sentences, one taste a line. "Avoids ..." pushes items away.',
        history=f"What the person already knows; it is left out of the ranking. {PARAMETERS['history']}",
    )
    def rank(
        self,
        profile: str,
        history: str = "",
        scoring: Literal["facets", "single"] = "facets",
        domain: str = "all",
        top: int = 20,
        prior: float = DEFAULT_PRIOR,
        within: str = "",
        decades: str = "",
        genres: str = "",
    ) -> dict:
        """Rank the catalogue's items for a profile, the nearest first: movies and books, or what it holds."""
        how = dict(top=_checked(top), scoring=scoring, kinds=_kinds(domain), prior=_checked_prior(prior))
        return _answered(lambda: self._rank(profile, history, (decades, genres, within), how))

    @described(
        "profile, target, contrastive, next_item_choice, guards, total, weights, rank, candidates, "
        "negatives, options, sentences and the settings they were made with.",
        next="The title that came next, one of the history or any of the catalogue; the profile is written "
        "without it.",
        judge="Whether the frozen language model is asked too, which takes seconds.",
        seed="Which other titles are drawn to compare with.",
    )
    def score(
        self,
        history: str,
        next: str,
        profile: str = "",
        scoring: Literal["facets", "single"] = "facets",
        judge: bool = True,
        seed: int = 0,
    ) -> dict:
        """Hold a title out and say what the profile earns for it: every reward, its weight, the total."""
        settings = RewardSettings(seed=seed, scoring=scoring)
        return _answered(lambda: self._score(history, next, profile, settings, judge))

    @described(
        "profile, items (as of rank, with brought_by and effects), sentences (text, supported, evidence, "
        "sensitive), what_if (item, rank, candidates, helps, hurts, edits) or null.",
        item="A title of the catalogue: also say what would bring it up.",
    )
    def explain(
        self,
        history: str,
        profile: str = "",
        item: str = "",
        scoring: Literal["facets", "single"] = "facets",
        domain: str = "all",
        top: int = 20,
        prior: float = DEFAULT_PRIOR,
        decades: str = "",
        genres: str = "",
    ) -> dict:
        """Say which sentence brings which item, what supports each, and what would bring an item up."""
        how = dict(scoring=scoring, kinds=_kinds(domain), top=_checked(top), prior=_checked_prior(prior))
        return _answered(lambda: self._explain(history, profile, item, (decades, genres), how))

    @described(
        "with a second profile old, new, words, overlap, top, moved, left and rewards; without one "
        "readings (name, note, profile, query, items, rewards).",
        profile="The first profile, one taste a line; where it is empty it is written from the history.",
        other="The second profile. Where it is empty, raw history, rule-based, untrained and trained are set "
        "side by side.",
        next="A title to hold out, so that the rewards are compared too.",
    )
    def compare(
        self,
        history: str,
        profile: str = "",
        other: str = "",
        next: str = "",
        scoring: Literal["facets", "single"] = "facets",
        domain: str = "all",
        top: int = 20,
        decades: str = "",
        genres: str = "",
    ) -> dict:
        """Compare two profiles; or, without a second one, several readings of the same history."""
        how = dict(kinds=_kinds(domain), top=_checked(top), settings=RewardSettings(scoring=scoring))
        return _answered(lambda: self._compare(history, profile, other, next, (decades, genres), how))

    @described(
        "question, intent, conditions, answer, sentences, items, history, rating, given.",
        question="What is asked, in English.",
        context="What the answer may rest on.",
        domain=f"{PARAMETERS['domain']} A question that names a kind itself is answered for that.",
    )
    def ask(
        self,
        question: str,
        history: str = "",
        profile: str = "",
        context: Literal["profile", "history", "none"] = "profile",
        domain: str = "all",
        within: str = "",
        decades: str = "",
        genres: str = "",
    ) -> dict:
        """Answer a question such as "Three scary films", "Would I like Dune?" or "What do I avoid?".

        The answer is looked up in the history, the profile and the catalogue; no language model words it.
        """
        how = dict(context=context, kinds=_kinds(domain))
        return _answered(lambda: self._ask(question, history, profile, (decades, genres, within), how))

    @described(
        "profiles, candidates, items (rank, item_id, title, kind, year, score, ranks, sentences; the last "
        "two of each person), shared (sentences, similarity).",
    )
    def both(
        self,
        history: str,
        other_history: str,
        profile: str = "",
        other_profile: str = "",
        scoring: Literal["facets", "single"] = "facets",
        domain: str = "all",
        top: int = 20,
        prior: float = DEFAULT_PRIOR,
    ) -> dict:
        """Find what two people would both like, by the less pleased of the two, and the tastes they share.

        A person's score of an item is its place among all that neither knows, from 1 for the best to 0.
        """
        how = dict(scoring=scoring, kinds=_kinds(domain), top=_checked(top), prior=_checked_prior(prior))
        sides = ((history, profile), (other_history, other_profile))
        return _answered(lambda: self._both(sides, how))

    def _both(self, sides: Sequence[tuple[str, str]], how: dict) -> dict:
        histories = [self._read(history) for history, _ in sides]
        first, second = (
            Person(self._profile_of(profile, known), known)
            for known, (_, profile) in zip(histories, sides, strict=True)
        )
        return why_records.both_record(self._core.inspector.both(first, second, **how))

    def _score(self, history: str, title: str, profile: str, settings: RewardSettings, judge: bool) -> dict:
        inspector = self._core.inspector
        held = inspector.hold_out(self._read(history), title=title)
        report = inspector.rewards(self._profile_of(profile, held.history), held, settings)
        return why_records.score_record(inspector.judged(report) if judge else report)

    def _explain(self, history: str, profile: str, item: str, only: tuple[str, ...], how: dict) -> dict:
        inspector, known, within = self._core.inspector, self._read(history), self._only(*only)
        wanted = inspector.find(item, known) if item.strip() else None
        explained = inspector.explain(
            self._profile_of(profile, known), known, item=wanted, within=within, **how
        )
        return why_records.explanation_record(explained)

    def _compare(
        self, history: str, profile: str, other: str, title: str, only: tuple[str, ...], how: dict
    ) -> dict:
        inspector, known, how = self._core.inspector, self._read(history), how | {"within": self._only(*only)}
        held = inspector.hold_out(known, title=title) if title.strip() else None
        if not other.strip():
            given = parse_profile(profile) if profile.strip() else None
            return why_records.readings_record(inspector.readings(known, profile=given, holdout=held, **how))
        old = self._profile_of(profile, held.history if held else known)
        new, scoring = parse_profile(other), how["settings"].scoring
        compared = inspector.compare(old, new, known, scoring=scoring, holdout=held, **how)
        return why_records.comparison_record(old, new, compared)

    def _ask(self, question: str, history: str, profile: str, only: tuple[str, ...], how: dict) -> dict:
        known, answerer, within = self._read(history), self._core.answerer, self._only(*only)
        answerer.understand(question, known)  # a bad question needs no profile
        given = self._profile_of(profile, known)
        return why_records.answer_record(answerer.ask(question, given, known, within=within, **how), given)

    def _read(self, history: str) -> tuple[Interaction, ...]:
        return self._profiler.read(history).interactions if history.strip() else ()

    def _only(self, decades: str, genres: str, wishes: str = "") -> tuple[str, ...]:
        """Ids of what is ranked alone; () means all."""
        listed = match_wishes(parse_wishes(wishes), self._profiler.matcher) if wishes.strip() else ()
        return narrowed(self._profiler.catalog, listed, parse_decades(decades), parse_genres(genres))

    def _profile_of(self, profile: str, history: Sequence[Interaction]) -> Profile:
        return parse_profile(profile) if profile.strip() else self._write(history)

    def _write(self, history: Sequence[Interaction]) -> Profile:
        """The profile of a history, written when it is this caller's turn."""
        line = self._core.line
        with line.place(visitor()) as ticket:
            line.wait(ticket)
            return self._profiler.write(history)

    def _rank(self, profile: str, history: str, only: tuple[str, ...], how: dict) -> dict:
        parsed = parse_profile(profile)
        ranking = self._profiler.rank(parsed, self._read(history), within=self._only(*only), **how)
        return records.ranking_record(parsed, ranking)


def _checked(top: int) -> int:
    if not 1 <= top <= MOST_ITEMS:
        raise gr.Error(f"top is {top}. Choose 1 to {MOST_ITEMS}.", print_exception=False)
    return top


def _checked_prior(prior: float) -> float:
    if not abs(prior) <= MOST_PRIOR:
        raise gr.Error(f"prior is {prior}. Choose -{MOST_PRIOR:g} to {MOST_PRIOR:g}.", print_exception=False)
    return prior


def _kinds(domain: str) -> tuple[str, ...]:
    return () if domain == "all" else (domain,)


def _answered(call):
    try:
        return call()
    except BlueError as error:
        raise gr.Error(str(error), print_exception=False) from error
