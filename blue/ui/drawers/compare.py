"""The drawer "Compare": two versions of the profile, and the same history read four ways."""

from collections.abc import Iterator
from dataclasses import dataclass

import gradio as gr

from blue.errors import HistoryError, SessionError
from blue.session import Session
from blue.ui import events, html, plots, widgets
from blue.ui.core import Core
from blue.ui.drawers import compare_html
from blue.ui.parts import Parts
from blue.ui.screen import TOP
from blue.ui.telling import Updates, told, told_while
from blue.ui.words import block, hint, say, still


@dataclass(frozen=True)
class CompareParts:
    """The components of the drawer that no other one updates."""

    drawer: gr.Accordion
    comparison: gr.HTML
    slopes: gr.HTML
    moves: gr.HTML
    read: gr.Button
    readings: gr.HTML


def lay_out() -> tuple[CompareParts, dict]:
    """The drawer; and the two choices of a version, which belong to the page's common parts."""
    with events.drawer(still("compare.drawer"), "compare") as drawer:
        gr.HTML(block(lambda: f"<h3>{say('compare.versions')}</h3>"))
        with gr.Row(elem_id="compare-versions"):
            old = gr.Dropdown(
                [], label=still("compare.from"), interactive=True, filterable=False, elem_id="compare-old"
            )
            new = gr.Dropdown(
                [], label=still("compare.to"), interactive=True, filterable=False, elem_id="compare-new"
            )
        comparison = gr.HTML(apply_default_css=False, elem_id="comparison")
        with gr.Row(elem_classes="figures"):
            with gr.Column(min_width=300):
                slopes = widgets.figure("slopes", "compare.slopes", 530)
            with gr.Column(min_width=300):
                moves = gr.HTML(apply_default_css=False, elem_id="moves")
        gr.HTML(block(lambda: f"<h3>{say('compare.four')}</h3>"))
        gr.HTML(hint("compare.four_hint"))
        read = gr.Button(still("compare.read"), size="sm", elem_id="read-four")
        readings = gr.HTML(apply_default_css=False, elem_id="readings")
    parts = CompareParts(drawer, comparison, slopes, moves, read, readings)
    return parts, dict(compare_old=old, compare_new=new)


class CompareHandlers:
    """The actions of the drawer."""

    def __init__(self, core: Core, parts: CompareParts) -> None:
        self._core = core
        self._parts = parts

    def follow(self, session: Session, opened: bool) -> Updates:
        """After a change: the version on the screen against the one before it."""
        before, current = session.previous, session.current
        return self.versions(
            session, opened, before.number if before else None, current.number if current else None
        )

    @told("comparison")
    def versions(self, session: Session, opened: bool, old: int | None, new: int | None) -> Updates:
        """Two versions side by side: their words, their rankings, their rewards."""
        if not opened:
            return gr.skip()
        parts = self._parts
        if old is None or new is None:
            return {parts.comparison: html.message(say("compare.first")), parts.slopes: "", parts.moves: ""}
        if old == new:
            raise SessionError("These are the same version. Choose another one in one of the two lists.")
        before, after = session.version(old), session.version(new)
        found = self._core.inspector.compare(
            before.profile, after.profile, self._core.history(session), scoring=session.settings.scoring,
            kinds=session.settings.kinds, within=self._core.within(session), top=TOP,
            holdout=self._core.holdout(session), settings=self._core.reward_settings(session),
        )  # fmt: skip
        return {
            parts.comparison: compare_html.versions(before, after, found),
            parts.slopes: plots.slopes(found, old, new),
            parts.moves: compare_html.movements(before, after, found),
        }

    @told_while("readings")
    def readings(self, session: Session) -> Iterator[Updates]:
        """The same history: raw, by rules, untrained, BLUE."""
        if not session.history:
            raise HistoryError("There is no history to read. Choose an example, or paste one.")
        yield {
            self._parts.readings: html.message(say("compare.reading"), "busy"),
            self._parts.read: gr.update(interactive=False),
        }
        try:
            found = self._core.inspector.readings(
                session.history, profile=session.current.profile if session.current else None,
                holdout=self._core.holdout(session), settings=self._core.reward_settings(session),
                kinds=session.settings.kinds, within=self._core.within(session), top=compare_html.SHOWN_ITEMS,
            )  # fmt: skip
            yield {self._parts.readings: compare_html.readings(found)}
        finally:
            yield {self._parts.read: gr.update(interactive=True)}


def wire(parts: Parts, compare: CompareParts, core: Core) -> None:
    """Connect the drawer to its handlers and to the session it follows."""
    on, opened = CompareHandlers(core, compare), events.openness(compare.drawer)
    shown = [compare.comparison, compare.slopes, compare.moves]
    changes = [parts.session.change, opened.change]
    gr.on(changes, on.follow, [parts.session, opened], shown, **events.FOLLOW)
    chosen = [parts.session, opened, parts.compare_old, parts.compare_new]
    choices = [parts.compare_old.input, parts.compare_new.input]
    gr.on(choices, on.versions, chosen, shown, **events.FOLLOW)
    compare.read.click(on.readings, parts.session, [compare.readings, compare.read], **events.ASK)
