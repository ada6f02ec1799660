"""The drawer "Two people": another history beside the first, what both would like, what tastes they share."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from blue.errors import BlueError, ProfileError
from blue.inspection import Person
from blue.profile import carry_settings, parse_profile
from blue.session import Session
from blue.ui import events, html
from blue.ui.core import Core
from blue.ui.drawers import together_html
from blue.ui.intentions import Intentions
from blue.ui.parts import Parts
from blue.ui.screen import TOP
from blue.ui.telling import Updates, told, told_while
from blue.ui.uploads import take
from blue.ui.words import hint, say, still
from blue.ui.writing import Writer, Written


@dataclass(frozen=True)
class TogetherParts:
    """The components of the drawer."""

    drawer: gr.Accordion
    history: gr.Textbox
    read: gr.Button
    upload: gr.UploadButton
    stop: gr.Button
    status: gr.HTML
    profile: gr.Textbox
    found: gr.HTML
    other: gr.State  # the Session of the second person

    def all(self) -> list:
        """What handlers update."""
        return [self.history, self.read, self.stop, self.status, self.profile, self.found, self.other]


def lay_out() -> TogetherParts:
    """The drawer."""
    with events.drawer(still("together.drawer"), "together") as drawer:
        gr.HTML(hint("together.hint"))
        with gr.Row(elem_classes="figures"):
            with gr.Column(min_width=300):
                history = gr.Textbox(
                    label=still("together.history"), lines=5, max_lines=8, elem_id="other-history",
                    placeholder=still("together.paste_hint"),
                )  # fmt: skip
                with gr.Row(elem_id="other-actions"):
                    read = gr.Button(
                        still("together.write"), size="sm", variant="primary", elem_id="other-read"
                    )
                    upload = gr.UploadButton(
                        still("history.upload"), size="sm", type="filepath", elem_id="other-upload"
                    )
                    stop = gr.Button(
                        still("profile.stop"), size="sm", interactive=False, elem_id="other-stop"
                    )
            with gr.Column(min_width=300):
                profile = gr.Textbox(
                    label=still("together.profile"), lines=5, max_lines=10,
                    elem_id="other-profile", interactive=True,
                )  # fmt: skip
        status = gr.HTML(elem_id="other-status")
        found = gr.HTML(apply_default_css=False, elem_id="for-both")
        other = gr.State(Session())
    return TogetherParts(drawer, history, read, upload, stop, status, profile, found, other)


class TogetherHandlers:
    """The actions of the drawer. The second person's session lives in the page alone, like the first's."""

    def __init__(self, core: Core, parts: TogetherParts, writer: Writer) -> None:
        self._core = core
        self._parts = parts
        self._writer = writer

    @told_while("status")
    def read_text(
        self, session: Session, other: Session, text: str, request: gr.Request
    ) -> Iterator[Updates]:
        """Read what was pasted for the second person, then write its profile."""
        yield from self._written(session, other, text, None, _second(request))

    @told_while("status")
    def read_file(
        self, session: Session, other: Session, path: str, request: gr.Request
    ) -> Iterator[Updates]:
        """The same of an uploaded file, which is forgotten."""
        yield from self._written(session, other, take(path), Path(path).name, _second(request))

    def _written(
        self, session: Session, other: Session, source: str | bytes, filename: str | None, visitor: str
    ) -> Iterator[Updates]:
        parts, step = self._parts, Written()
        history = self._core.profiler.read(source, filename, other.interactions).interactions
        yield self._busy(True) | {
            parts.found: "",
            parts.status: _told(say("writing.reading", n=len(history))),
        }
        try:
            with closing(self._writer.steps(history, visitor)) as steps:
                for step in steps:
                    yield {parts.profile: step.profile.text, parts.status: _told(step.told)}
        except BlueError as error:
            back = other.current.profile.text if other.current else ""
            yield self._busy(False, back) | {parts.status: html.message(str(error), "error")}
            return
        written = Session(history).commit(step.profile, self._writer.origin)
        done = html.message(step.told, "warn" if step.stopped else "done")
        yield (
            self._busy(False)
            | {parts.other: written, parts.status: done}
            | self.follow(session, written, True)
        )

    def stop(self, request: gr.Request) -> Updates:
        """End the writing after the sentence it is at."""
        self._writer.ask_to_stop(_second(request))
        return {self._parts.status: _told(say("writing.stopping"))}

    @told("status")
    def edit(self, session: Session, other: Session, text: str) -> Updates:
        """Every key pressed in their profile: what both would like follows."""
        before = other.current.profile.sentences if other.current else ()
        edited = other.edit(carry_settings(parse_profile(text), before), "edited")
        return {self._parts.other: edited, self._parts.status: ""} | self.follow(session, edited, True)

    @told("found")
    def follow(self, session: Session, other: Session, opened: bool) -> Updates:
        """After a change of either: what both would like now."""
        if not opened or other.current is None:
            return gr.skip()
        if session.current is None:
            raise ProfileError(say("why.no_profile"))
        settings = session.settings
        found = self._core.inspector.both(
            Person(session.current.profile, self._core.history(session)),
            Person(other.current.profile, other.history),
            top=TOP, scoring=settings.scoring, kinds=settings.kinds, within=self._core.within(session),
            prior=settings.prior,
        )  # fmt: skip
        return {self._parts.found: together_html.both(found)}

    def forget(self) -> Updates:
        """Everything of the second person goes."""
        parts = self._parts
        empty: Updates = dict.fromkeys((parts.history, parts.status, parts.found), "")
        return empty | self._busy(False, "") | {parts.other: Session()}

    def _busy(self, busy: bool, text: str | None = None) -> Updates:
        """The controls while their profile is being written, or after; with another text, if one is given."""
        parts, value = self._parts, {} if text is None else {"value": text}
        return {
            parts.read: gr.update(interactive=not busy),
            parts.stop: gr.update(interactive=busy),
            parts.profile: gr.update(interactive=not busy, **value),
        }


def _second(request: gr.Request) -> str:
    """The second person's name in the line: what is stopped for one is not for the other."""
    return f"{request.session_hash}/second"


def _told(text: str) -> str:
    return html.message(text, "busy")


def wire(parts: Parts, together: TogetherParts, core: Core, writer: Writer) -> None:
    """Connect the drawer to its handlers, to the session it follows, and to "Clear all"."""
    on, opened, asked = (
        TogetherHandlers(core, together, writer),
        events.openness(together.drawer),
        Intentions(),
    )
    both = [parts.session, together.other]
    for trigger, handler, given in (
        (together.read.click, on.read_text, together.history),
        (together.upload.upload, on.read_file, together.upload),
    ):
        trigger(
            asked.lasting(handler), [*both, given], together.all(), trigger_mode="multiple", **events.WRITING
        )
    together.stop.click(
        on.stop, None, together.all(), queue=False, show_progress="hidden", api_visibility="private"
    )
    typed = [*both, together.profile]
    together.profile.input(
        asked.unless_running(on.edit), typed, together.all(), trigger_mode="always_last", **events.EDITS
    )
    gr.on([parts.session.change, opened.change], on.follow, [*both, opened], together.found, **events.FOLLOW)
    parts.clear.click(asked.at_once(on.forget), None, together.all(), **events.EDITS)
