"""How a visitor looks at a profile: kinds, scoring, how well known, decades, genres, the titles of a list.

A wish list that a visitor brings is no history, but the ranking can hold its titles alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from blue.datatypes import Interaction
from blue.errors import CatalogError, WishListError
from blue.history import match_wishes
from blue.session import Session
from blue.ui import html
from blue.ui.core import ALL, Core
from blue.ui.parts import Parts
from blue.ui.screen import Screen
from blue.ui.telling import Updates
from blue.ui.words import say


class LookHandlers:
    """Changes of what is ranked and how; the profile stays as it is."""

    def __init__(self, core: Core, parts: Parts, screen: Screen) -> None:
        self._core = core
        self._parts = parts
        self._screen = screen

    def look(self, session: Session, kinds: str, scoring: str) -> Updates:
        """The same profile through another filter or another way to score."""
        session = self._screen.looked_at(session, kinds, scoring)
        ranked = self._screen.ranked(session) if session.current else {}
        return ranked | self._screen.narrowing(session) | {self._parts.session: session}

    def prefer_known(self, session: Session, prior: float, kinds: str, scoring: str) -> Updates:
        """The same profile, for who wants well-known titles first, or little-known ones."""
        return self._with(session, kinds, scoring, prior=float(prior))

    def narrow(
        self, session: Session, decades: list[int], genres: list[str], kinds: str, scoring: str
    ) -> Updates:
        """The same profile over items of some decades and genres alone; their controls stay untouched."""
        updates = self._with(session, kinds, scoring, decades=tuple(decades), genres=tuple(genres))
        held = (self._parts.decades, self._parts.genres)
        return {part: value for part, value in updates.items() if part not in held}

    def _with(self, session: Session, kinds: str, scoring: str, **settings: Any) -> Updates:
        changed = session.with_settings(replace(session.settings, **settings))
        return self.look(changed, kinds, scoring)

    def refused(self, error: WishListError) -> Updates:
        """A source that is a wish list as a whole: the page says so, and what can be done with it."""
        try:
            listed = match_wishes(error.wish_list, self._core.profiler.matcher)
        except CatalogError as none:
            return self.offered(()) | {self._parts.report: html.message(f"{error} {none}", "warn")}
        said = f"{error} {say('report.listed', n=len(listed))}"
        return self.offered(listed) | {self._parts.report: html.message(said, "warn")}

    def beside(self, wishes: Sequence[Interaction]) -> Updates:
        """What a history, matched to the catalogue, wishes for beside what it holds."""
        return self.offered(tuple(dict.fromkeys(one.item_id for one in wishes if one.item_id)))

    def offered(self, listed: tuple[str, ...]) -> Updates:
        """The button that ranks within a list; none without one."""
        return {self._parts.listed: listed, self._parts.offer: gr.update(visible=bool(listed))}

    def rank_within(self, listed: tuple[str, ...], session: Session, kinds: str, scoring: str) -> Updates:
        """The same profile over the titles of the list alone, of whatever kind they are."""
        shown = self._shown(session, listed, ALL, scoring)
        return shown | {self._parts.kinds: ALL, self._parts.offer: gr.update(visible=False)}

    def rank_all(self, listed: tuple[str, ...], session: Session, kinds: str, scoring: str) -> Updates:
        """Over the whole catalogue again; a list that was brought can be chosen once more."""
        return self._shown(session, (), kinds, scoring) | self.offered(listed)

    def _shown(self, session: Session, within: tuple[str, ...], kinds: str, scoring: str) -> Updates:
        updates = self._with(session, kinds, scoring, within=tuple(within))
        return updates | self._screen.within(updates[self._parts.session])
