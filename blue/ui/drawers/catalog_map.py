"""The drawer "Map": the catalogue in two dimensions, with what is the visitor's on it."""

from dataclasses import dataclass

import gradio as gr

from blue.session import Session
from blue.ui import events, html, plots, widgets
from blue.ui.core import Core
from blue.ui.parts import Parts
from blue.ui.screen import TOP
from blue.ui.telling import Updates, told
from blue.ui.words import hint, say, still


@dataclass(frozen=True)
class MapParts:
    """The components of the drawer."""

    drawer: gr.Accordion
    note: gr.HTML
    map: gr.HTML


def lay_out(core: Core) -> MapParts:
    """The drawer; a browser fetches the catalogue's points when the map is first drawn."""
    with events.drawer(still("map.drawer"), "map-drawer") as drawer:
        gr.HTML(hint("map.hint"))
        note = gr.HTML(elem_id="map-note")
        map_ = widgets.figure("map", "map.label", 560, background=lambda: core.background)
    return MapParts(drawer, note, map_)


class MapHandlers:
    """Draws the map over and over; the catalogue lies under it already."""

    def __init__(self, core: Core, parts: MapParts) -> None:
        self._core = core
        self._parts = parts

    @told("note")
    def refresh(self, session: Session, opened: bool) -> Updates:
        """Profile, sentences, history, retrieved items and the held-out one, where they lie now."""
        if not opened:
            return gr.skip()
        if session.current is None:
            said = html.message(say("why.no_profile"))
            return {self._parts.note: said, self._parts.map: ""}
        inspector, profile, held = self._core.inspector, session.current.profile, self._core.holdout(session)
        points = inspector.place(
            profile,
            self._core.history(session),
            self._core.rank(session, profile, TOP),
            held.target if held else None,
        )
        return {self._parts.note: "", self._parts.map: plots.places(points)}


def wire(parts: Parts, map_: MapParts, core: Core) -> None:
    """Connect the drawer to the session it follows."""
    on, opened = MapHandlers(core, map_), events.openness(map_.drawer)
    gr.on(
        [parts.session.change, opened.change],
        on.refresh,
        [parts.session, opened],
        [map_.note, map_.map],
        **events.FOLLOW,
    )
