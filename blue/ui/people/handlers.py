"""What happens when an analyst acts. The folder is shared and never changed here, save by a proposal."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import gradio as gr
import numpy as np

from blue.errors import BlueError, PeopleError
from blue.people import BulkReplay, Filters, PeopleStore, audit, describe, propose, replay, report, segment
from blue.people.auditing import Audit
from blue.people.library import Library
from blue.people.reporting import WORDS, group_name
from blue.people.segments import kept_segments
from blue.ui import html
from blue.ui.core import Core
from blue.ui.loading import LoadingProfiler
from blue.ui.people import people_html
from blue.ui.people.layout import PeopleParts
from blue.ui.telling import Updates, told, told_while

Asked = tuple[str, Filters]
Within = tuple[str, np.ndarray] | None
ON_THIS_COMPUTER = "somebody on this computer"  # who proposes where nobody logs in
LOOK_SECONDS = 0.5  # between two looks at how far the models are
STEPS_BETWEEN_LOOKS = 5  # people replayed between two looks at how far it is


class PeopleHandlers:
    """The actions of the page "People"."""

    def __init__(self, core: Core, library: Library, parts: PeopleParts) -> None:
        self._core = core
        self._library = library
        self._parts = parts

    def _store(self) -> tuple[PeopleStore, str]:
        if doing := self._doing():
            raise PeopleError(f"The people are not there yet: {doing}. Try again in a moment.")
        return self._library.store()

    def _doing(self) -> str:
        """What the app does before there is something to look at; "" when there is."""
        profiler = self._core.profiler
        if isinstance(profiler, LoadingProfiler) and not profiler.wait(0):
            return profiler.doing
        return "" if self._library.is_open else self._library.doing

    # --- finding -------------------------------------------------------------------------------

    @told_while("note")
    def come(self) -> Iterator[Updates]:
        """The page was opened, perhaps before the people are there."""
        while (doing := self._doing()) and not self._library.failed:
            yield {self._parts.note: html.message(f"Getting ready: {doing} …", "busy")}
            time.sleep(LOOK_SECONDS)
        yield self._page(("", Filters()), 1, None)

    @told("note")
    def find(
        self,
        text: str,
        least: float | None,
        most: float | None,
        user: str,
        kind: str,
        model: str,
        within: Within,
    ) -> Updates:
        """The first page of what was asked for."""
        rows = within[1] if within else None
        filters = Filters(int(least or 0), int(most) if most else None, user.strip(), model.strip(),
                          kind.strip().casefold(), rows=rows)  # fmt: skip
        return self._page((text, filters), 1, within)

    @told("note")
    def earlier(self, asked: Asked, number: int, within: Within) -> Updates:
        """One page back."""
        return self._page(asked, number - 1, within)

    @told("note")
    def later(self, asked: Asked, number: int, within: Within) -> Updates:
        """One page on."""
        return self._page(asked, number + 1, within)

    def _page(self, asked: Asked, number: int, within: Within) -> Updates:
        store, remark = self._store()
        text, filters = asked
        page = store.search(self._core.profiler.encoder, text, filters, number)
        name = within[0] if within else ""
        parts = self._parts
        return {
            parts.table: people_html.people(page, name),
            parts.note: html.message(remark, "warn"),
            parts.asked: asked,
            parts.number: number,
            parts.within: within,
            parts.earlier: gr.update(interactive=number > 1),
            parts.later: gr.update(interactive=number < page.pages),
            parts.everybody: gr.update(visible=bool(within), value=f"✕ Only {name}"),
        }

    @told("note")
    def only(self, asked: Asked, within: Within) -> Updates:
        """Look among these people alone, or again among all."""
        text, filters = asked
        return self._page((text, replace(filters, rows=within[1] if within else None)), 1, within)

    # --- one person ----------------------------------------------------------------------------

    @told("note")
    def open(self, count: float | None, event: gr.EventData) -> Updates:
        """A person was picked in some table."""
        store, _ = self._store()
        return self._opened(store, str(event._data.get("value", "")), count)

    def _opened(self, store: PeopleStore, user_id: str, count: float | None) -> Updates:
        person, parts = store.find(user_id), self._parts
        groups = kept_segments(store, int(count or 0))
        label = groups.labels[person.row] if groups else -1
        name = f"{label + 1}" if label >= 0 else ""
        return {
            parts.person: people_html.person(person, name, self._core.profiler.catalog.by_id),
            parts.shown: person.user_id,
            parts.correction: gr.update(value="\n".join(person.sentences), interactive=True),
            parts.propose: gr.update(interactive=True),
            parts.proposed: "",
        }

    @told("proposed")
    def propose(self, shown: str, text: str, request: gr.Request) -> Updates:
        """Keep the corrected sentences as a proposal."""
        store, _ = self._store()
        propose(store.folder.path, store.find(shown), text, request.username or ON_THIS_COMPUTER)
        return {self._parts.proposed: html.message("Proposed. The profile is as it was.", "done")}

    # --- segments ------------------------------------------------------------------------------

    @told("segments")
    def group(self, count: float | None) -> Updates:
        """The groups in words."""
        store, _ = self._store()
        found = describe(store, segment(store, int(count or 0)), self._core.profiler.retriever)
        return {self._parts.segments: people_html.segments(found)}

    @told("note")
    def only_segment(self, asked: Asked, count: float | None, event: gr.EventData) -> Updates:
        """The people of a segment that was picked."""
        store, _ = self._store()
        number = _number(event)
        rows = segment(store, int(count or 0)).rows(number)
        return self.only(asked, (f"segment {number + 1}", rows))

    # --- an edit for many ----------------------------------------------------------------------

    @told_while("replayed")
    def replay(self, asked: Asked, edit: str) -> Iterator[Updates]:
        """What an edit moves, for those whom the table answers; by text for its first pages alone."""
        parts = self._parts
        store, _ = self._store()
        rows = store.matching(self._core.profiler.encoder, *asked)
        yield {parts.stop: gr.update(interactive=True), parts.replay: gr.update(interactive=False)}
        try:
            for number, found in enumerate(replay(store, self._core.profiler.retriever, rows, edit)):
                if found.done or number % STEPS_BETWEEN_LOOKS == 0:
                    yield {parts.replayed: people_html.replayed(found), parts.moved: found}
        except BlueError as error:
            yield {parts.replayed: html.message(str(error), "error")}
        yield self._ready()

    def stop(self, found: BulkReplay | None) -> Updates:
        """End a replay; what was looked at stands."""
        shown = people_html.replayed(found, stopped=True) if found and not found.done else gr.skip()
        return self._ready() | {self._parts.replayed: shown}

    def _ready(self) -> Updates:
        parts = self._parts
        return {parts.stop: gr.update(interactive=False), parts.replay: gr.update(interactive=True)}

    # --- audit ---------------------------------------------------------------------------------

    @told_while("audit")
    def judge(self, count: float | None) -> Iterator[Updates]:
        """Every figure, by segment and length of history."""
        parts = self._parts
        yield {parts.audit: html.message("Judging every sentence …", "busy")}
        store, _ = self._store()
        segments = segment(store, int(count or 0))
        names = [group.name for group in describe(store, segments)]
        found = audit(store, self._core.profiler.catalog.by_id, segments, names)
        yield {
            parts.audit: people_html.audit(found),
            parts.audited: found,
            parts.save: gr.update(interactive=True),
        }

    @told("note")
    def only_figure(self, asked: Asked, found: Audit | None, event: gr.EventData) -> Updates:
        """The people behind a figure that was picked."""
        number = _number(event)
        if found is None or not 0 <= number < len(found.figures):
            raise PeopleError("This figure is gone. Judge the sentences again.")
        one = found.figures[number]
        name = f"{WORDS[one.mark].lower()}, {group_name(one.group, found.names)}"
        return self.only(asked, (name, found.behind(one)))

    @told("audit")
    def save(self, found: Audit | None, count: float | None) -> Updates:
        """The report, for the browser to save."""
        if found is None:
            raise PeopleError("There is nothing to save yet. Judge the sentences first.")
        store, _ = self._store()
        page = report(found, store, describe(store, segment(store, int(count or 0))))
        return {self._parts.report: page, self._parts.report_name: "blue-people.html"}


def _number(event: gr.EventData) -> int:
    value: Any = event._data.get("value", "")
    if not str(value).isdecimal():
        raise PeopleError("There is no such row any more. Load the table again.")
    return int(value)
