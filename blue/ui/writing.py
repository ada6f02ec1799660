"""Writing a profile on the page: in turn, streamed, with honest progress, and a Stop that stops."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing

from blue.datatypes import Profile
from blue.errors import BlueError, GenerationError, ProfileError
from blue.profile import NOTHING_WRITTEN
from blue.session import Session
from blue.ui import html
from blue.ui.core import Core
from blue.ui.parts import Parts
from blue.ui.screen import Screen
from blue.ui.serving.line import Ticket
from blue.ui.telling import Updates

SECONDS_BETWEEN_LOOKS = 1.0  # at one's place in the line
BEING_WRITTEN = "This list is of the profile before; the new one is being written."
HALF_WAY = "stopped half-way"  # where such a version comes from
STOPPED_EARLY = "Stopped before it began. Nothing has changed."


class Writer:
    """Streams profiles to the page. It knows of a visitor only whether they pressed Stop."""

    def __init__(self, core: Core, screen: Screen, parts: Parts) -> None:
        self._core = core
        self._screen = screen
        self._parts = parts
        self._stopping: set[str] = set()  # visitors whose Stop has not been taken in yet

    @property
    def origin(self) -> str:
        """Where a written version comes from, as the list of versions says it."""
        return "written" if self._core.profiler.trained else "written (untrained)"

    def stop(self, visitor: str) -> Updates:
        """Ask the visitor's writing to end after the sentence it is at; what it wrote is kept."""
        self._stopping.add(visitor)
        return {self._parts.status: html.message("Stopping …", "busy")}

    def write(
        self,
        session: Session,
        kinds: str,
        scoring: str,
        visitor: str,
        when_done: Callable[[Profile], None] = lambda profile: None,
    ) -> Iterator[Updates]:
        """Write a profile of the session's history, without what is held out; it becomes a new version.

        `when_done` gets a profile that was written to its end.
        """
        self._stopping.discard(visitor)
        session = self._screen.looked_at(session, kinds, scoring)
        reading = html.message(f"Reading {len(session.history):,} titles", "busy")
        old = self._screen.stale(BEING_WRITTEN) if session.current else {}
        yield (
            {self._parts.session: session} | self._screen.writing(True) | old | {self._parts.status: reading}
        )
        started, profile = time.monotonic(), Profile(())
        try:
            with self._core.line.place(visitor) as ticket:
                yield from self._wait(ticket)
                started = time.monotonic()
                for profile in self._growing(session, ticket):
                    text = profile.text
                    yield {self._parts.profile_text: text, self._parts.status: _progress(profile, started)}
            stopped = visitor in self._stopping
            if not profile.sentences:
                raise GenerationError(STOPPED_EARLY) if stopped else ProfileError(NOTHING_WRITTEN)
        except BlueError as error:
            yield self._after_failure(session, profile, kinds, scoring) | {
                self._parts.status: html.message(str(error), "error")
            }
            return
        finally:
            self._stopping.discard(visitor)
        written = session.commit(profile, HALF_WAY if stopped else self.origin, written=True)
        if not stopped:
            when_done(profile)
        told = _told(profile, started, stopped)
        yield self._screen.show(written, kinds, scoring) | {self._parts.status: told}

    def _wait(self, ticket: Ticket) -> Iterator[Updates]:
        """Tell the place and the expected wait until it is the visitor's turn.

        Raises:
            GenerationError: they pressed Stop meanwhile.
            Busy: the server stops.
        """
        line = self._core.line
        while ahead := line.ahead(ticket):
            if ticket.visitor in self._stopping:
                raise GenerationError(STOPPED_EARLY)
            yield {self._parts.status: html.message(_queued(ahead, line.expected(ahead)), "busy")}
            line.wait_for_change(SECONDS_BETWEEN_LOOKS)

    def _after_failure(self, session: Session, profile: Profile, kinds: str, scoring: str) -> Updates:
        """The page after the model broke off: what it wrote until then is kept as a version."""
        if profile.sentences:
            session = session.commit(profile, HALF_WAY, written=True)
        return self._screen.show(session, kinds, scoring) if session.current else self._screen.blank()

    def _growing(self, session: Session, ticket: Ticket) -> Iterator[Profile]:
        """The profile after each of its sentences, which stay as they are."""
        profile = Profile(())
        with closing(self._core.profiler.stream(self._core.history(session))) as sentences:
            for sentence in sentences:
                profile = Profile((*profile.sentences, sentence))
                yield profile
                if ticket.visitor in self._stopping:
                    return


def _queued(ahead: int, wait: float) -> str:
    people = "1 text is" if ahead == 1 else f"{ahead} texts are"
    return f"{people} being written before yours: about {max(1, round(wait))} s until it begins"


def _progress(profile: Profile, started: float) -> str:
    seconds = time.monotonic() - started
    return html.message(f"Writing, {_counted(profile)} so far, {seconds:.1f} s", "busy")


def _counted(profile: Profile) -> str:
    count = len(profile.sentences)
    return "1 taste" if count == 1 else f"{count} tastes"


def _told(profile: Profile, started: float, stopped: bool) -> str:
    if stopped:
        return html.message("Stopped. What was written so far is kept.", "warn")
    seconds = time.monotonic() - started
    return html.message(f"Written in {seconds:.1f} s: {_counted(profile)}. Edit it, and watch.", "done")
