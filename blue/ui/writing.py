"""Writing a profile on the page: in turn, streamed, with honest progress, and a Stop that stops."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from blue.datatypes import Interaction, Profile
from blue.errors import BlueError, GenerationError, ProfileError
from blue.profile import nothing_written
from blue.session import Session
from blue.ui import html
from blue.ui.core import Core
from blue.ui.parts import Parts
from blue.ui.screen import Screen
from blue.ui.serving.line import Ticket
from blue.ui.telling import Updates
from blue.ui.words import number, say

SECONDS_BETWEEN_LOOKS = 1.0  # at one's place in the line
NOTHING = Profile(())
HALF_WAY = "stopped half-way"  # where such a version comes from
STOPPED_EARLY = "Stopped before it began. Nothing has changed."


@dataclass(frozen=True)
class Written:
    """A step of the writing: the profile so far, what is told of it, whether the visitor stopped it there."""

    profile: Profile = NOTHING
    told: str = ""
    stopped: bool = False


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
        self.ask_to_stop(visitor)
        return {self._parts.status: html.message(say("writing.stopping"), "busy")}

    def ask_to_stop(self, visitor: str) -> None:
        """The same, told nowhere."""
        self._stopping.add(visitor)

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
        session = self._screen.looked_at(session, kinds, scoring)
        reading = html.message(say("writing.reading", n=len(session.history)), "busy")
        old = self._screen.stale(say("list.old_profile")) if session.current else {}
        yield (
            {self._parts.session: session} | self._screen.writing(True) | old | {self._parts.status: reading}
        )
        written = Written()
        try:
            with closing(self.steps(self._core.history(session), visitor)) as steps:
                for written in steps:
                    text = {self._parts.profile_text: written.profile.text}
                    said = {self._parts.status: html.message(written.told, "busy")}
                    yield (text if written.profile.sentences else {}) | said
        except BlueError as error:
            yield self._after_failure(session, written.profile, kinds, scoring) | {
                self._parts.status: html.message(str(error), "error")
            }
            return
        except (Exception, SystemExit):  # our mistake, which is told elsewhere: the page must not stay busy
            broken = html.message("The writing broke off. Try again.", "error")
            yield self._after_failure(session, written.profile, kinds, scoring) | {self._parts.status: broken}
            raise
        profile, origin = written.profile, HALF_WAY if written.stopped else self.origin
        if not written.stopped:
            when_done(profile)
        told = html.message(written.told, "warn" if written.stopped else "done")
        shown = self._screen.show(session.commit(profile, origin, written=True), kinds, scoring)
        yield shown | {self._parts.status: told}

    def steps(self, history: Sequence[Interaction], visitor: str) -> Iterator[Written]:
        """How far the writing is, from the place in the line to the end, which is the last step.

        Raises:
            GenerationError: stopped before anything was written, or the model broke off.
            ProfileError: the model found no words.
            Busy: the line is full, or the server stops.
        """
        self._stopping.discard(visitor)
        profile, stopped = NOTHING, False
        try:
            with self._core.line.place(visitor) as ticket:
                yield from self._wait(ticket)
                started = time.monotonic()
                with closing(self._core.profiler.stream(history)) as sentences:
                    for sentence in sentences:
                        profile = Profile((*profile.sentences, sentence))
                        yield Written(profile, _told("writing.so_far", profile, started))
                        if stopped := visitor in self._stopping:
                            break
            if not profile.sentences:
                if visitor in self._stopping:
                    raise GenerationError(STOPPED_EARLY)
                raise ProfileError(nothing_written(history, self._core.profiler.catalog.by_id))
        finally:
            self._stopping.discard(visitor)
        told = say("writing.stopped") if stopped else _told("writing.done", profile, started)
        yield Written(profile, told, stopped)

    def _wait(self, ticket: Ticket) -> Iterator[Written]:
        """Tell the place and the expected wait until it is the visitor's turn.

        Raises:
            GenerationError: they pressed Stop meanwhile.
            Busy: the server stops.
        """
        line = self._core.line
        while ahead := line.ahead(ticket):
            if ticket.visitor in self._stopping:
                raise GenerationError(STOPPED_EARLY)
            seconds = max(1, round(line.expected(ahead)))
            yield Written(told=say("writing.queued", n=ahead, seconds=seconds))
            line.wait_for_change(SECONDS_BETWEEN_LOOKS)

    def _after_failure(self, session: Session, profile: Profile, kinds: str, scoring: str) -> Updates:
        """The page after the model broke off: what it wrote until then is kept as a version."""
        if profile.sentences:
            session = session.commit(profile, HALF_WAY, written=True)
        return self._screen.show(session, kinds, scoring) if session.current else self._screen.blank()


def _told(key: str, profile: Profile, started: float) -> str:
    return say(key, n=len(profile.sentences), seconds=number(time.monotonic() - started, 1))
