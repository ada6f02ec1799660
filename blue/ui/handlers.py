"""What happens when a visitor acts: values of the page in, updates of the page out. Nothing is computed here.

Every handler takes the visitor's own `Session` and returns a new one; nothing else survives between calls,
so that one visitor can never see another's data.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from blue.catalog import Example, ExampleProfiles
from blue.datatypes import Profile, Sentence
from blue.errors import BlueError, WeightsError, WishListError
from blue.models import cache_folder
from blue.profile import carry_settings, parse_profile
from blue.session import Session
from blue.ui import html
from blue.ui.core import Core
from blue.ui.drawers import origins_html
from blue.ui.history_handlers import HistoryHandlers
from blue.ui.intentions import Intentions
from blue.ui.looking import LookHandlers
from blue.ui.opening import Opening
from blue.ui.parts import Parts
from blue.ui.returning import Returning
from blue.ui.screen import Screen, fitting_choice
from blue.ui.telling import Updates, told
from blue.ui.uploads import take
from blue.ui.words import say
from blue.ui.writing import Writer

_log = logging.getLogger(__name__)

RETURN_SECONDS = 4 * 3600  # a tab that comes back by then finds what it had


class Handlers:
    """The actions of the page over one profiler, which all visitors share and nobody changes."""

    def __init__(self, core: Core, parts: Parts) -> None:
        self._profiler = core.profiler
        self._core = core
        self._parts = parts
        self._screen = Screen(core, parts)
        self._writer = Writer(core, self._screen, parts)
        self._returning = Returning(RETURN_SECONDS)
        self._opening = Opening(core, parts, self._screen, self._returning)
        self.intentions = Intentions()
        self.history = HistoryHandlers(core, parts, self._screen)
        self.looks = LookHandlers(core, parts, self._screen)

    @property
    def screen(self) -> Screen:
        """What shows a session; the drawers use it too."""
        return self._screen

    @property
    def writer(self) -> Writer:
        """What writes profiles; the drawers use it too."""
        return self._writer

    @property
    def _profiles(self) -> ExampleProfiles | None:
        """What was written for the examples before; None while the cache folder cannot be had."""
        try:
            return ExampleProfiles(cache_folder() / "examples", self._profiler.written_by)
        except WeightsError as trouble:
            _log.warning("Profiles of examples are written anew each time: %s", trouble)
            return None

    # --- history -------------------------------------------------------------------------------

    def example_loader(self, example: Example) -> Callable[..., Iterator[Updates]]:
        """The handler of one example's button."""

        def load(before: Session, scoring: str, request: gr.Request) -> Iterator[Updates]:
            yield from self.load_example(example, before, scoring, request)

        return load

    def first_visit(self, example: Example) -> Callable[..., Iterator[Updates]]:
        """The handler of a page that was just opened: it may be there before the models are."""

        def open_page(
            scoring: str, request: gr.Request, secret: str = "", fragment: str = ""
        ) -> Iterator[Updates]:
            if not (yield from self._opening.come(secret, fragment)):
                yield from self.load_example(example, Session(), scoring, request)

        return open_page

    def load_example(
        self, example: Example, before: Session, scoring: str, request: gr.Request
    ) -> Iterator[Updates]:
        """Fill in an example: its history, and its profile as this model wrote it (now, if never before)."""
        session, kinds, shown = self._read(example.read(), example.file, before)
        shown |= {self._parts.history_text: "", self._parts.taken: ""}
        asked = self._profiler.conversations(session.history)
        profiles = self._profiles
        if profiles is not None and (profile := profiles.get(asked)):
            session = session.commit(profile, self._writer.origin, written=True)
            written = html.message(say("writing.from_titles"), "done")
            yield shown | self._screen.show(session, kinds, scoring) | {self._parts.status: written}
            return
        yield shown
        keep = [] if profiles is None else [partial(profiles.put, asked)]
        yield from self._writer.write(session, kinds, scoring, request.session_hash, *keep)

    def read_text(self, session: Session, text: str, scoring: str, request: gr.Request) -> Iterator[Updates]:
        """Read what the visitor pasted, then write its profile."""
        for updates in self._read_then_write(session, text, None, scoring, request):
            fresh = self._parts.session in updates
            yield updates | ({self._parts.taken: text} if fresh else {})

    def read_file(self, session: Session, path: str, scoring: str, request: gr.Request) -> Iterator[Updates]:
        """Read what the visitor uploaded, forget the file, then write the profile."""
        yield from self._read_then_write(session, take(path), Path(path).name, scoring, request)

    def _read_then_write(
        self, before: Session, source: str | bytes, filename: str | None, scoring: str, request: gr.Request
    ) -> Iterator[Updates]:
        try:
            session, kinds, shown = self._read(source, filename, before)
        except WishListError as error:
            yield self.looks.refused(error) | self._screen.writing(False)
            return
        except BlueError as error:
            yield {self._parts.report: html.message(str(error), "error")} | self._screen.writing(False)
            return
        yield shown
        yield from self._writer.write(session, kinds, scoring, request.session_hash)

    def _read(
        self, source: str | bytes, filename: str | None, before: Session
    ) -> tuple[Session, str, Updates]:
        """A new session over a history, and the kind of items it is about, as a choice of the filter.

        What the visitor corrected in the session `before` stays corrected on the same lines.
        """
        parsed = self._profiler.read(source, filename, before.interactions)
        session = Session(parsed.interactions)
        kinds = fitting_choice(parsed.interactions, self._core)
        parts = self._parts
        shown = (
            self._screen.writing(True) | self._screen.within(session) | self.looks.beside(parsed.wish_list)
        )
        shown |= self._screen.narrowing(session) | self._screen.version_controls(session)
        shown |= self._screen.stale(say("list.old_profile") if before.current else "")
        shown[parts.profile_text] = gr.update(value="", interactive=False)  # that one was of another history
        shown |= {
            parts.session: session,
            parts.kinds: kinds,
            parts.report: html.report(parsed, self._profiler.catalog.coverage),
            parts.cleared: None,
            parts.clear: gr.update(value=say("history.clear")),
            parts.correction: gr.update(visible=False),
            parts.table: self._screen.table(session),
            parts.status: html.message(say("report.titles", n=len(session.history)), "busy"),
        }
        return session, kinds, shown

    # --- profile -------------------------------------------------------------------------------

    def write(
        self, session: Session, text: str, taken: str, kinds: str, scoring: str, request: gr.Request
    ) -> Iterator[Updates]:
        """Write a profile of the history, streamed; it becomes a new version.

        What stands in the box and was not `taken` into the history yet is read first.
        """
        if text.strip() and text != taken:
            yield from self.read_text(session, text, scoring, request)
            return
        yield from self._writer.write(session, kinds, scoring, request.session_hash)

    def stop(self, request: gr.Request) -> Updates:
        """End the writing; it gives the page back itself."""
        return self._writer.stop(request.session_hash)

    def edit_text(self, session: Session, text: str, kinds: str, scoring: str) -> Updates:
        """Every key pressed in the profile: the ranking follows, the text itself is left alone."""
        previous = session.current.profile.sentences if session.current else ()
        try:
            edited = session.edit(carry_settings(parse_profile(text), previous), "edited")
        except BlueError as error:
            old = self._screen.stale(say("list.old_text"), "warn")
            return {self._parts.status: html.message(str(error), "error")} | old
        updates = self._screen.show(edited, kinds, scoring)
        del updates[self._parts.profile_text]
        updates |= self._screen.relabelled(previous, edited.current.profile.sentences)
        return updates | {self._parts.status: ""}

    @told("status")
    def switch(self, session: Session, *values: Any) -> Updates:
        """A sentence was switched on or off, or got another weight."""
        *switches, kinds, scoring = values
        profile = session.current.profile
        sentences = tuple(
            replace(one, enabled=bool(enabled), weight=one.weight if weight is None else float(weight))
            for one, enabled, weight in zip(profile.sentences, switches[::2], switches[1::2], strict=False)
        )
        changed = session.edit(Profile(sentences), _what_changed(profile.sentences, sentences))
        return self._screen.followed(changed, kinds, scoring)

    @told("status")
    def leave_text(self, session: Session, text: str, kinds: str, scoring: str) -> Updates:
        """The visitor left the text box: what it holds counts, the next change is another version."""
        if session.current is None or text == session.current.profile.text:
            return {self._parts.session: session.seal()}
        updates = self.edit_text(session, text, kinds, scoring)
        return updates | {self._parts.session: updates.get(self._parts.session, session).seal()}

    def changed(self, session: Session, secret: str) -> list[str]:
        """After each change: the session is kept for its tab to come back to; what supports each taste."""
        self._returning.keep(secret, session)
        return self.grounds(session)

    def grounds(self, session: Session) -> list[str]:
        """What supports each taste, in a line under its switch; "" where there is no sentence."""
        lines: list[str] = []
        if session.current is not None:
            profile, inspector = session.current.profile, self._core.inspector
            found = inspector.evidence(profile, self._core.history(session))
            claims = inspector.sensitive(profile)
            lines = [origins_html.ground(one, claims, session.interactions) for one in found]
        return lines + [""] * (len(self._parts.sentences) - len(lines))

    # --- versions ------------------------------------------------------------------------------

    def undo(self, session: Session, kinds: str, scoring: str) -> Updates:
        """One version back."""
        return self._screen.show(session.undo(), kinds, scoring)

    def redo(self, session: Session, kinds: str, scoring: str) -> Updates:
        """One version forward."""
        return self._screen.show(session.redo(), kinds, scoring)

    @told("status")
    def go_to(self, session: Session, number: int, kinds: str, scoring: str) -> Updates:
        """Show any version."""
        return self._screen.show(session.go_to(number), kinds, scoring)

    def typed(self, session: Session, changed: str) -> Updates:
        """The history's text was changed and not read: what stands beside it is not of it."""
        if session.current is None:
            return gr.skip()
        return (
            self._screen.stale(say("list.old_history"), "warn") if changed else self._screen.ranked(session)
        )


def _what_changed(old: tuple[Sentence, ...], new: tuple[Sentence, ...]) -> str:
    for number, (before, after) in enumerate(zip(old, new, strict=True), start=1):
        if before.enabled != after.enabled:
            return f"taste {number} switched {'on' if after.enabled else 'off'}"
        if before.weight != after.weight:
            return f"taste {number} weighted"
    return "unchanged"
