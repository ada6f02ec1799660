"""Writing a profile on the page: in turn, streamed, with honest progress, and a Stop that stops."""

import time
from collections.abc import Callable, Iterator

from blue.datatypes import Profile
from blue.errors import BlueError, GenerationError
from blue.session import Session
from blue.ui import html
from blue.ui.core import Core
from blue.ui.parts import Parts
from blue.ui.screen import Screen
from blue.ui.serving.line import Ticket
from blue.ui.telling import Updates

SECONDS_BETWEEN_UPDATES = 0.1  # while a profile streams
SECONDS_BETWEEN_LOOKS = 1.0  # at one's place in the line
HALF_WAY = "stopped half-way"  # where such a version comes from


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
        """Ask the visitor's writing to end after its current word; what it wrote is kept."""
        self._stopping.add(visitor)
        return {self._parts.status: html.message("Stopping …", "busy")}

    def write(
        self,
        session: Session,
        kinds: str,
        scoring: str,
        visitor: str,
        when_done: Callable[[str], None] = lambda text: None,
    ) -> Iterator[Updates]:
        """Write a profile of the session's history, without what is held out; it becomes a new version.

        `when_done` gets the text of a profile that was written to its end.
        """
        self._stopping.discard(visitor)
        session = self._screen.looked_at(session, kinds, scoring)
        reading = html.message(f"Reading {len(session.history):,} titles", "busy")
        yield {self._parts.session: session} | self._screen.writing(True) | {self._parts.status: reading}
        started, text = time.monotonic(), ""
        try:
            with self._core.line.place(visitor) as ticket:
                yield from self._wait(ticket)
                started = time.monotonic()
                for text in self._texts(session, ticket):
                    yield {self._parts.profile_text: text, self._parts.status: _progress(text, started)}
            stopped = visitor in self._stopping
            origin = HALF_WAY if stopped else self.origin
            written = session.commit(self._understood(text, session), origin, written=True)
        except BlueError as error:
            yield self._after_failure(session, text, kinds, scoring) | {
                self._parts.status: html.message(str(error), "error")
            }
            return
        finally:
            self._stopping.discard(visitor)
        if not stopped:
            when_done(text)
        yield self._screen.show(written, kinds, scoring) | {self._parts.status: _told(text, started, stopped)}

    def _wait(self, ticket: Ticket) -> Iterator[Updates]:
        """Tell the place and the expected wait until it is the visitor's turn.

        Raises:
            GenerationError: they pressed Stop meanwhile.
            Busy: the server stops.
        """
        line = self._core.line
        while ahead := line.ahead(ticket):
            if ticket.visitor in self._stopping:
                raise GenerationError("Stopped before it began. Nothing has changed.")
            yield {self._parts.status: html.message(_queued(ahead, line.expected(ahead)), "busy")}
            line.wait_for_change(SECONDS_BETWEEN_LOOKS)

    def _after_failure(self, session: Session, text: str, kinds: str, scoring: str) -> Updates:
        """The page after the model broke off: what it wrote until then is kept as a version."""
        if not text.strip():
            return self._screen.writing(False)
        return self._screen.show(
            session.commit(self._understood(text, session), HALF_WAY, written=True), kinds, scoring
        )

    def _understood(self, text: str, session: Session) -> Profile:
        return self._core.profiler.understand(text, self._core.history(session))

    def _texts(self, session: Session, ticket: Ticket) -> Iterator[str]:
        """The growing text, at most ten times a second and once at its end."""
        text, shown = "", time.monotonic()
        for piece in self._core.profiler.stream(self._core.history(session)):
            text += piece
            if ticket.visitor in self._stopping:
                break
            if time.monotonic() - shown >= SECONDS_BETWEEN_UPDATES:
                shown = time.monotonic()
                yield text
        yield text


def _queued(ahead: int, wait: float) -> str:
    people = "1 text is" if ahead == 1 else f"{ahead} texts are"
    return f"{people} being written before yours: about {max(1, round(wait))} s until it begins"


def _progress(text: str, started: float) -> str:
    return html.message(f"Writing, {len(text.split())} words, {time.monotonic() - started:.1f} s", "busy")


def _told(text: str, started: float, stopped: bool) -> str:
    if stopped:
        return html.message("Stopped. What was written so far is kept.", "warn")
    seconds = time.monotonic() - started
    return html.message(f"Written in {seconds:.1f} s: {len(text.split())} words. Edit it, and watch.", "done")
