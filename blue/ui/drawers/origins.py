"""Why, the other tabs: which sentence brings which item, what supports it, what would bring an item up."""

from dataclasses import dataclass

import gradio as gr

from blue.datatypes import Profile
from blue.errors import SessionError
from blue.inspection import WhatIf
from blue.session import Session
from blue.ui import html, widgets
from blue.ui.core import Core
from blue.ui.drawers import origins_html
from blue.ui.screen import TOP, Screen
from blue.ui.telling import Updates, told
from blue.ui.words import hint, say

# One listener for all the edits of a table: a button says which edit it applies.
APPLY = """element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-edit]');
  if (button) trigger('input', {edit: Number(button.dataset.edit)});
});"""


@dataclass(frozen=True)
class Wanted:
    """The item that a visitor wants up, and what was said of it for which profile."""

    item_id: str
    profile: Profile | None = None
    found: WhatIf | None = None


@dataclass(frozen=True)
class OriginParts:
    """The components of the tabs."""

    heat: gr.HTML
    evidence: gr.HTML
    title: gr.HTML
    what_if: gr.HTML
    wanted: gr.State  # Wanted | None

    def panel(self) -> list:
        """What a refresh fills in."""
        return [self.heat, self.evidence, self.what_if, self.wanted]


def lay_out_items() -> gr.HTML:
    """The tab of items and sentences."""
    gr.HTML(hint("why.items_hint", n=TOP))
    return gr.HTML(elem_id="heat", apply_default_css=False)


def lay_out_evidence() -> gr.HTML:
    """The tab of evidence."""
    gr.HTML(hint("why.evidence_hint"))
    return gr.HTML(elem_id="evidence", apply_default_css=False)


def lay_out_up(core: Core) -> tuple[gr.HTML, gr.HTML]:
    """The tab of what would bring an item up: the search and the answer."""
    title = widgets.title_search("up-title", "why.bring_up", core.find_titles)
    return title, gr.HTML(elem_id="what-if", js_on_load=APPLY, apply_default_css=False)


class OriginHandlers:
    """The actions of the tabs."""

    def __init__(self, core: Core, parts: OriginParts, screen: Screen) -> None:
        self._core = core
        self._parts = parts
        self._screen = screen

    @told("heat")
    def items(self, session: Session) -> Updates:
        """The heat map of the list's first items."""
        if session.current is None:
            return {self._parts.heat: html.message(say("why.no_profile"))}
        profile = session.current.profile
        shown = self._core.rank(session, profile, TOP).items
        found = self._core.inspector.attribution(
            profile, [entry.item for entry in shown], session.settings.scoring, session.settings.prior
        )
        return {self._parts.heat: origins_html.attribution(found, profile)}

    @told("evidence")
    def evidence(self, session: Session) -> Updates:
        """What supports each sentence."""
        if session.current is None:
            return {self._parts.evidence: html.message(say("why.no_profile"))}
        profile, inspector = session.current.profile, self._core.inspector
        found = inspector.evidence(profile, self._core.history(session))
        return {self._parts.evidence: origins_html.evidence(found, inspector.sensitive(profile), profile)}

    @told("what_if")
    def want(self, session: Session, event: gr.EventData) -> Updates:
        """A title was chosen: what would bring it up?"""
        item = self._core.inspector.find(
            event._data.get("item_id") or event._data.get("text", ""), beside=session.history
        )
        return self.up(session, Wanted(item.item_id))

    @told("what_if")
    def up(self, session: Session, wanted: Wanted | None) -> Updates:
        """Say again what would bring the wanted title up, for the profile as it is now."""
        parts = self._parts
        if session.current is None or wanted is None:
            return {
                parts.what_if: "" if session.current else html.message(say("why.no_profile")),
                parts.wanted: None,
            }
        inspector, settings, profile = self._core.inspector, session.settings, session.current.profile
        item = inspector.find(wanted.item_id)
        kinds = settings.kinds if item.kind in settings.kinds else ()
        listed = self._core.within(session)
        found = inspector.what_if(
            item,
            profile,
            self._core.history(session),
            scoring=settings.scoring,
            kinds=kinds,
            within=listed if item.item_id in listed else (),
            prior=settings.prior,
        )
        return {
            parts.what_if: origins_html.what_if(found),
            parts.wanted: Wanted(item.item_id, profile, found),
        }

    @told("what_if")
    def apply(
        self, session: Session, wanted: Wanted | None, kinds: str, scoring: str, event: gr.EventData
    ) -> Updates:
        """Apply one of the edits that were offered; it is a version like any other, and can be undone."""
        number = int(event._data.get("edit", -1))
        if session.current is None or wanted is None or wanted.found is None:
            raise SessionError("Choose a title first, then an edit.")
        if wanted.profile != session.current.profile:
            raise SessionError("The profile has changed since. Wait for the new edits, then apply one.")
        if not 0 <= number < len(wanted.found.edits):
            raise SessionError("This edit is not offered any more. Choose another.")
        edit = wanted.found.edits[number]
        return self._screen.show(session.commit(edit.profile, edit.words), kinds, scoring)
