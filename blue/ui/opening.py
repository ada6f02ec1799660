"""Who opens the page: a tab comes back to what it had, a link brings a profile, the models may be loading."""

from collections.abc import Generator, Iterator

import gradio as gr

from blue.errors import SessionError
from blue.session import Session, from_fragment
from blue.ui import html
from blue.ui.core import Core
from blue.ui.loading import LoadingProfiler
from blue.ui.parts import Parts
from blue.ui.returning import Returning
from blue.ui.screen import Screen, kind_choices
from blue.ui.telling import Updates
from blue.ui.words import say

LOOK_SECONDS = 0.5  # between two looks at how far the models are


class Opening:
    """What a page shows before its visitor does anything."""

    def __init__(self, core: Core, parts: Parts, screen: Screen, returning: Returning) -> None:
        self._core = core
        self._parts = parts
        self._screen = screen
        self._returning = returning

    def come(self, secret: str, fragment: str) -> Generator[Updates, None, bool]:
        """Tell what is loading, then show what a link holds or the tab had; the generator returns whether
        there was either."""
        yield from self._loaded()
        trouble = ""
        if fragment:
            try:
                yield self._from_link(fragment)
                return True
            except SessionError as error:
                trouble = str(error)
        if session := self._returning.back(secret):
            yield self._come_back(session)
            return True
        if trouble:
            yield {self._parts.report: html.message(trouble, "error")}
        return False

    def _loaded(self) -> Iterator[Updates]:
        """Wait for the models, and fill in what is known of them then."""
        profiler, parts = self._core.profiler, self._parts
        if not isinstance(profiler, LoadingProfiler):
            return
        while not profiler.wait(LOOK_SECONDS):
            doing = say("page.loading_now", doing=profiler.doing)
            yield {parts.status: html.message(doing, "busy")}
        yield {
            parts.header: html.header(profiler),
            parts.footer: html.footer(profiler),
            parts.kinds: gr.update(choices=kind_choices(self._core.kind_choices)),
        }

    def _come_back(self, session: Session) -> Updates:
        """The page as a visitor left it."""
        kinds, scoring = self._screen.choices_of(session)
        parts = self._parts
        updates: Updates = (
            self._screen.within(session)
            | self._screen.narrowing(session)
            | {
                parts.session: session,
                parts.kinds: kinds,
                parts.scoring: scoring,
                parts.table: self._screen.table(session),
                parts.report: html.message(say("page.back", n=len(session.history)), "done"),
                parts.status: "",
                parts.write: gr.update(interactive=bool(session.history)),
            }
        )
        return updates | self._screen.show(session, kinds, scoring) if session.current else updates

    def _from_link(self, fragment: str) -> Updates:
        """The page of a link: a profile, as a rule without the history that it came from.

        Raises:
            SessionError: it is no such link, or this catalogue lacks the kinds it ranks.
        """
        session, parts = from_fragment(fragment), self._parts
        kinds, scoring = self._screen.choices_of(session)
        note = html.message(say("page.from_link" if session.history else "page.from_link_alone"), "done")
        looks = {parts.kinds: kinds, parts.scoring: scoring, parts.status: note}
        if session.history:
            looks |= {parts.table: self._screen.table(session), parts.write: gr.update(interactive=True)}
        return self._screen.show(session, kinds, scoring) | looks
