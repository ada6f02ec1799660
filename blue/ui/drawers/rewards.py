"""Why, first tab: hold an item out and see what the profile earns for it, reward by reward."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import gradio as gr

from blue.datatypes import Interaction
from blue.errors import HistoryError
from blue.inspection import Holdout, RewardReport
from blue.rewards import Counts
from blue.session import MAX_NEGATIVES, HeldOut, Session, Version
from blue.ui import html, plots, widgets
from blue.ui.core import Core
from blue.ui.drawers import rewards_html
from blue.ui.screen import Screen
from blue.ui.telling import Updates, told, told_while
from blue.ui.words import block, hint, say, still
from blue.ui.writing import Writer

SHOWN_ROWS = 300  # of a history, the most recent ones; older titles are found by the search
KEPT_CHOICES = 20  # answers of the language model kept for one visitor

Judged = dict[RewardReport, RewardReport]  # a report without the judge -> the same with it


@dataclass(frozen=True)
class RewardParts:
    """The components of the tab."""

    rows: gr.Dropdown
    title: gr.HTML
    chosen: gr.State  # HeldOut | None: what the button would take
    hold: gr.Button
    give_back: gr.Button
    held: gr.HTML
    counts: tuple[gr.Number, gr.Number, gr.Number]  # random, popular, hard
    seed: gr.Number
    headline: gr.HTML
    rewards: gr.HTML
    strip: gr.HTML
    drawn: gr.HTML
    bars: gr.HTML
    gains: gr.HTML
    gains_table: gr.HTML
    ask: gr.Button
    always: gr.Checkbox
    choice: gr.HTML
    shown: gr.State  # RewardReport | None
    judged: gr.State  # Judged

    def panel(self) -> list:
        """What a refresh fills in."""
        return [
            self.rows, self.hold, self.give_back, self.held, self.headline, self.rewards, self.strip,
            self.drawn, self.bars, self.gains, self.gains_table, self.ask, self.choice, self.shown,
            self.judged, self.chosen,
        ]  # fmt: skip


def lay_out(core: Core) -> RewardParts:
    """The tab's components, inside the tab."""
    gr.HTML(hint("why.hide"))
    with gr.Row(elem_id="hold-row"):
        rows = gr.Dropdown([], label=still("why.of_history"), elem_id="hold-rows", interactive=True)
        title = widgets.title_search("hold-title", "why.any_title", core.find_titles)
    with gr.Row(elem_id="hold-actions"):
        hold = gr.Button(still("why.hold"), variant="primary", size="sm", elem_id="hold")
        give_back = gr.Button(still("why.give_back"), size="sm", elem_id="give-back", interactive=False)
    held = gr.HTML(elem_id="held")
    headline = gr.HTML(elem_id="headline", apply_default_css=False)
    with gr.Row(elem_classes="figures"):
        with gr.Column(min_width=300):
            gr.HTML(_heading("why.earns"))
            rewards = gr.HTML(elem_id="rewards", apply_default_css=False)
            bars = widgets.figure("reward-bars", "why.adds", 290)
        with gr.Column(min_width=300):
            gr.HTML(_heading("why.nearer"))
            strip = widgets.figure("similarities", "why.similarities", 210)
            drawn = gr.HTML(elem_id="drawn", apply_default_css=False)
            counts, seed = _settings_row()
        with gr.Column(min_width=300):
            gr.HTML(_heading("why.sentences"))
            gains = widgets.figure("sentence-gains", "why.sentence_adds", 200)
            gains_table = gr.HTML(elem_id="gains-table", apply_default_css=False)
            ask, always, choice = _choice_row()
    return RewardParts(
        rows, title, gr.State(None), hold, give_back, held, counts, seed, headline, rewards, strip, drawn,
        bars, gains, gains_table, ask, always, choice, gr.State(None), gr.State({}),
    )  # fmt: skip


def _heading(key: str) -> str:
    return block(lambda: f"<h3>{say(key)}</h3>")


def _choice_row() -> tuple[gr.Button, gr.Checkbox, gr.HTML]:
    gr.HTML(_heading("why.judge"))
    gr.HTML(hint("why.judge_hint"))
    with gr.Row(elem_id="judge-row"):
        ask = gr.Button(still("why.ask"), size="sm", elem_id="judge", interactive=False)
        always = gr.Checkbox(
            False, label=still("why.always"), container=False, elem_id="judge-always", min_width=160
        )
    return ask, always, gr.HTML(elem_id="choice", apply_default_css=False)


def _settings_row() -> tuple[tuple[gr.Number, gr.Number, gr.Number], gr.Number]:
    plain, sized = Counts(), dict(precision=0, minimum=0, maximum=MAX_NEGATIVES, min_width=60)
    gr.HTML(hint("why.others"))
    with gr.Row(elem_id="negatives"):
        counts = (
            gr.Number(plain.random, label=still("why.random"), elem_id="count-random", **sized),
            gr.Number(plain.popular, label=still("why.popular"), elem_id="count-popular", **sized),
            gr.Number(plain.hard, label=still("why.hard"), elem_id="count-hard", **sized),
        )
        seed = gr.Number(0, label=still("why.seed"), precision=0, minimum=0, elem_id="seed", min_width=60)
    return counts, seed


class RewardHandlers:
    """The actions of the tab."""

    def __init__(self, core: Core, parts: RewardParts, screen: Screen, writer: Writer) -> None:
        self._core = core
        self._parts = parts
        self._screen = screen
        self._writer = writer

    # --- holding out ---

    @told("held")
    def choose_row(self, session: Session, row: int | None) -> Updates:
        """A title of the history was chosen."""
        if row is None:
            return gr.skip()
        held = self._core.inspector.hold_out(session.history, row=row)
        return self._chosen(held)

    @told("held")
    def choose_title(self, session: Session, event: gr.EventData) -> Updates:
        """A title of the catalogue was chosen."""
        wanted = event._data.get("item_id") or event._data.get("text", "")
        return self._chosen(self._core.inspector.hold_out(session.history, title=wanted))

    def _chosen(self, held: Holdout) -> Updates:
        label = html.plain_name(held.target)
        return {
            self._parts.chosen: HeldOut(held.target.item_id, held.row),
            self._parts.held: html.message(say("why.held_out", title=label)),
        }

    @told_while("held")
    def hold(
        self, session: Session, chosen: HeldOut | None, kinds: str, scoring: str, request: gr.Request
    ) -> Iterator[Updates]:
        """Hold the chosen title out (the last liked one by default) and write the profile without it."""
        inspector = self._core.inspector
        if chosen is None:
            held = inspector.hold_out(session.history)
            chosen = HeldOut(held.target.item_id, held.row)
        hidden = session.with_settings(replace(session.settings, held_out=chosen))
        self._core.holdout(hidden)  # an empty rest is said here, before anything changes
        yield from self._writer.write(hidden, kinds, scoring, request.session_hash)

    def give_back(self, session: Session, kinds: str, scoring: str) -> Updates:
        """Hold nothing out any more; the profile stays until it is written again."""
        session = session.with_settings(replace(session.settings, held_out=None))
        note = say("why.released")
        return self._screen.show(session, kinds, scoring) | {
            self._screen.status: html.message(note, "warn"),
            self._parts.chosen: None,
        }

    @told("held")
    def count(self, session: Session, random, popular, hard, seed) -> Updates:
        """Other numbers of negatives, or another seed."""
        numbers = (random, popular, hard, seed)
        if any(number is None for number in numbers):
            return gr.skip()  # the visitor is between deleting one number and typing another
        counts = Counts(*(int(number) for number in numbers[:3]))
        if counts.random + counts.popular + counts.hard == 0 or min(numbers) < 0:
            raise HistoryError("Compare with at least one other title. Write a number above 0 in one field.")
        if max(counts.random, counts.popular, counts.hard) > MAX_NEGATIVES:
            raise HistoryError(f"Write at most {MAX_NEGATIVES} titles of each kind.")
        changed = replace(session.settings, negatives=counts, seed=int(seed))
        return {self._screen.session: session.with_settings(changed)} | self._screen.writing(False)

    # --- showing ---

    def refresh(self, session: Session, judged: Judged) -> Updates:
        """The rewards of the version on the screen, against the version before."""
        parts = self._parts
        if session.current is None:
            nothing = html.message(say("why.no_profile"))
            return self._empty(nothing) | {parts.rows: gr.update(choices=[], value=None)}
        held = self._core.holdout(session)
        common = self._holding(session, held)
        if held is None:
            return self._empty("") | common
        report, before = self._reports(session, held, judged)
        return common | self._shown(session, report, before) | {parts.shown: report}

    def _holding(self, session: Session, held: Holdout | None) -> Updates:
        parts, choices = self._parts, _row_choices(session.history)
        row = held.row if held else self._most_recent_liked(session, choices)
        return {
            parts.rows: gr.update(choices=choices, value=row),
            parts.hold: gr.update(interactive=bool(choices)),
            parts.give_back: gr.update(interactive=held is not None),
            parts.held: rewards_html.held_out(held),
            parts.ask: gr.update(interactive=held is not None),
            parts.chosen: None,
        }

    def _most_recent_liked(self, session: Session, choices: list[tuple[str, int]]) -> int | None:
        """What the button would hold out, as the list of rows says before anything is chosen."""
        try:
            return self._core.inspector.hold_out(session.history).row if choices else None
        except HistoryError:  # nothing would be left to write from; the button says so
            return choices[0][1]

    def _reports(
        self, session: Session, held: Holdout, judged: Judged
    ) -> tuple[RewardReport, RewardReport | None]:
        """The rewards of the version on the screen and of the one before, with the judge's where known."""
        settings = self._core.reward_settings(session)

        def report_of(version: Version | None) -> RewardReport | None:
            if version is None:
                return None
            found = self._core.inspector.rewards(version.profile, held, settings)
            return judged.get(found, found)

        return report_of(session.current), report_of(session.previous)

    def _shown(self, session: Session, report: RewardReport, before: RewardReport | None) -> Updates:
        parts = self._parts
        changes = self._core.inspector.reward_changes(before, report) if before else ()
        number = session.previous.number if session.previous else None
        leaky = session.current.without != report.holdout.target.item_id
        return {
            parts.headline: rewards_html.headline(report, changes, number, leaky),
            parts.rewards: rewards_html.rewards(report, changes, number),
            parts.strip: plots.strip(report),
            parts.drawn: rewards_html.drawn_items(report),
            parts.bars: plots.reward_bars(report, before),
            parts.gains: plots.contributions(report) if report.contributions else "",
            parts.gains_table: rewards_html.sentence_gains(report),
            parts.choice: rewards_html.choice(report.choice) if report.choice else "",
        }

    def _empty(self, told_: str) -> Updates:
        parts = self._parts
        cleared = (
            parts.headline, parts.strip, parts.drawn, parts.bars, parts.gains, parts.gains_table,
            parts.choice,
        )  # fmt: skip
        return dict.fromkeys(cleared, "") | {
            parts.rewards: told_,
            parts.shown: None,
            parts.held: "",
            parts.ask: gr.update(interactive=False),
            parts.hold: gr.update(interactive=False),
            parts.give_back: gr.update(interactive=False),
        }

    # --- the judge ---

    @told_while("choice")
    def judge(self, session: Session, judged: Judged) -> Iterator[Updates]:
        """Ask the frozen language model which title comes next."""
        held = self._core.holdout(session)
        if session.current is None or held is None:
            yield gr.skip()
            return
        yield {self._parts.choice: html.message(say("why.asking"), "busy")}
        plain = self._core.inspector.rewards(
            session.current.profile, held, self._core.reward_settings(session)
        )
        if plain not in judged:
            kept = list(judged.items())[-KEPT_CHOICES + 1 :]
            judged = dict(kept) | {plain: self._core.inspector.judged(plain)}
        report, before = self._reports(session, held, judged)
        yield self._shown(session, report, before) | {self._parts.judged: judged}

    def judge_if(self, session: Session, always: bool, judged: Judged) -> Iterator[Updates]:
        """Ask after an edit, where the visitor wants that."""
        if always:
            yield from self.judge(session, judged)
        else:
            yield gr.skip()  # a generator that yields nothing would empty its outputs


def _row_choices(history: tuple[Interaction, ...]) -> list[tuple[str, int]]:
    """The titles of a history that can be held out, newest first, with their rows."""
    rows = [(row, one) for row, one in enumerate(history) if one.item_id is not None]
    return [(f"{row + 1} · {html.rated(one)}", row) for row, one in reversed(rows[-SHOWN_ROWS:])]
