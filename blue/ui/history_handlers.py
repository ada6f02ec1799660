"""What a visitor does to the history: stars, titles added, corrected, taken out, and all of it cleared."""

from dataclasses import replace

import gradio as gr

from blue.datatypes import Interaction, Item
from blue.errors import HistoryError
from blue.session import Session
from blue.ui import html, ranking_html, rows
from blue.ui.core import Core
from blue.ui.parts import Parts
from blue.ui.screen import Screen
from blue.ui.telling import Updates, told
from blue.ui.words import say

DISLIKED = 1.0  # stars that "Not for me" stands for, as the page says


class HistoryHandlers:
    """Changes of a visitor's history; each returns the page for a new session."""

    def __init__(self, core: Core, parts: Parts, screen: Screen) -> None:
        self._core = core
        self._parts = parts
        self._screen = screen

    @told("report")
    def edit_row(self, session: Session, kinds: str, scoring: str, event: gr.EventData) -> Updates:
        """Take over the stars of a row, or take it out, or put it back; or ask which title it is."""
        change = rows.RowChange(**event._data)
        if change.wrong:
            rows.check(session.interactions, change.row)
            return self._correcting(change.row, session.interactions[change.row])
        edited = session.with_history(*rows.apply(session.interactions, session.removed, change))
        return self._changed(session, edited, kinds, scoring, say("history.changed"))

    @told("report")
    def add_title(self, session: Session, kinds: str, scoring: str, event: gr.EventData) -> Updates:
        """A title was typed: it is the newest of the history."""
        item = self._core.inspector.find(
            event._data.get("item_id") or event._data.get("text", ""), beside=session.history
        )
        added = self._with(session, item)
        return self._redrawn(session, added, kinds, scoring, say("history.added", name=html.plain_name(item)))

    @told("summary")
    def say(self, session: Session, kinds: str, scoring: str, event: gr.EventData) -> Updates:
        """A title of the list was seen, or is not liked: it goes into the history, and can come out of it."""
        item = self._core.profiler.catalog.by_id.get(event._data.get("item_id"))
        if item is None:
            raise HistoryError("This title is not in the list any more. Choose another one.")
        disliked = event._data.get("say") == ranking_html.NOT_FOR_ME
        added = self._with(session, item, DISLIKED if disliked else None)
        name = html.plain_name(item)
        note = (
            say("history.added_disliked", name=name, stars=f"{DISLIKED:g}")
            if disliked
            else say("history.added_seen", name=name)
        )
        updates = self._redrawn(session, added, kinds, scoring, note)
        return updates | {self._parts.summary: html.message(f"{note} {say('history.next_profile')}", "done")}

    # --- which title is it? ---

    def _correcting(self, row: int, one: Interaction) -> Updates:
        question = html.message(say("history.which", title=one.title))
        return {
            self._parts.correcting: row,
            self._parts.correction: gr.update(visible=True),
            self._parts.asked_which: question,
        }

    @told("asked_which")
    def correct(
        self, session: Session, row: int | None, kinds: str, scoring: str, event: gr.EventData
    ) -> Updates:
        """The visitor chose the title that a row stands for."""
        wanted = event._data.get("item_id") or event._data.get("text", "")
        return self._matched(session, row, self._core.inspector.find(wanted), kinds, scoring)

    @told("asked_which")
    def no_match(self, session: Session, row: int | None, kinds: str, scoring: str) -> Updates:
        """The visitor says that the catalogue lacks the title of a row."""
        return self._matched(session, row, None, kinds, scoring)

    def _matched(
        self, session: Session, row: int | None, item: Item | None, kinds: str, scoring: str
    ) -> Updates:
        if row is None:
            raise HistoryError("Choose a row of your history first.")
        rows.check(session.interactions, row)
        one = session.interactions[row]
        chosen = self._core.profiler.matcher.choose(one, item.item_id if item else None)
        edited = (*session.interactions[:row], chosen, *session.interactions[row + 1 :])
        name = html.plain_name(item) if item else say("history.a_missing_title")
        corrected = session.with_history(edited, session.removed)
        note = say("history.is", title=one.title, name=name)
        return self._redrawn(session, corrected, kinds, scoring, note) | {
            self._parts.correcting: None,
            self._parts.correction: gr.update(visible=False),
        }

    # --- all of it ---

    def clear(self, session: Session, cleared: Session | None, kinds: str, scoring: str) -> Updates:
        """Forget everything of this visitor; or, right after that, bring it back."""
        if cleared is not None and not session.interactions and session.current is None:
            return self._brought_back(cleared, kinds, scoring)
        parts = self._parts
        updates: Updates = {parts.session: Session()} | self._screen.blank() | self._screen.within(Session())
        updates |= self._screen.narrowing(Session())
        updates |= dict.fromkeys((parts.history_text, parts.taken, parts.shared), "")
        updates |= dict.fromkeys((parts.report, parts.share_status, parts.table), "")
        kept = session if session.interactions or session.current else None
        return updates | {
            parts.cleared: kept,
            parts.clear: gr.update(value=say("history.undo_clear" if kept else "history.clear")),
            parts.write: gr.update(interactive=False, value=say("profile.write")),
            parts.correction: gr.update(visible=False),
            parts.listed: (),
            parts.offer: gr.update(visible=False),
            parts.status: html.message(say("history.cleared")),
        }

    def _brought_back(self, session: Session, kinds: str, scoring: str) -> Updates:
        back = {self._parts.cleared: None, self._parts.clear: gr.update(value=say("history.clear"))}
        back[self._parts.status] = html.message(say("history.brought_back"), "done")
        return self._shown(session, kinds, scoring) | back

    # --- how a changed history is shown ---

    def _with(self, session: Session, item: Item, rating: float | None = None) -> Session:
        one = Interaction(item.title, rating, kind=item.kind, year=item.year, item_id=item.item_id)
        return session.with_history((*session.interactions, one), session.removed)

    def _redrawn(self, before: Session, session: Session, kinds: str, scoring: str, note: str) -> Updates:
        """The page after a change that the table does not show by itself."""
        table = {self._parts.table: self._screen.table(session)}
        return self._changed(before, session, kinds, scoring, note) | table

    def _changed(self, before: Session, session: Session, kinds: str, scoring: str, note: str) -> Updates:
        session = self._with_something_left(session)
        note = f"{note} {say('history.write_again')}"
        if before.settings.held_out and session.settings.held_out is None:
            note = f"{say('history.given_back')} {note}"
        cleared = {self._parts.cleared: None, self._parts.clear: gr.update(value=say("history.clear"))}
        told_ = {self._parts.status: html.message(note, "warn")}
        return self._shown(session, kinds, scoring, self._parts.table) | cleared | told_

    def _shown(self, session: Session, kinds: str, scoring: str, *untouched: object) -> Updates:
        updates: Updates = {self._parts.session: session, self._parts.table: self._screen.table(session)}
        updates |= self._screen.show(session, kinds, scoring) if session.current else self._screen.blank()
        return {part: value for part, value in updates.items() if part not in untouched}

    def _with_something_left(self, session: Session) -> Session:
        """The same session; what it holds out is given back where nothing else is left of the history."""
        try:
            self._core.holdout(session)
        except HistoryError:
            return session.with_settings(replace(session.settings, held_out=None))
        return session
