"""What the page shows for a session: every component that depends on it, as updates.

Rankings are always derived from the versions, never kept: what is on the screen cannot drift from what
the visitor has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import gradio as gr

from blue.datatypes import DEFAULT_PRIOR, Interaction, Profile, Ranking, Sentence
from blue.errors import BlueError, SessionError
from blue.retrieval import main_kind, movements, overlap_at
from blue.session import Session
from blue.ui import html, ranking_html, rows
from blue.ui.core import ALL, Core
from blue.ui.parts import Parts
from blue.ui.telling import Updates
from blue.ui.words import WORDS, say, still

TOP = 20  # items shown
DEPTH = 200  # ranks known for "was 57"
# Until the catalogue is there to say which kinds it has.
KINDS = {ALL: (), "Movies": ("movie",), "Books": ("book",)}
WEIGHTS = {
    "profile.much_less": 0.25,
    "profile.less": 0.5,
    "profile.as_it_is": 1.0,
    "profile.more": 1.5,
    "profile.much_more": 2.0,
}
# How well known the titles should be: the weight on the log of how often an item of its rank is taken.
KNOWN = {"list.little_known": -0.02, "list.any": 0.0, "list.known": DEFAULT_PRIOR, "list.well_known": 0.05}
SCORINGS = {"list.facets": "facets", "list.single": "single"}


def choices(named: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Choices from values by the keys of their words."""
    return [(still(key), value) for key, value in named.items()]


def kind_choices(kinds: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The choices of the filter; a kind of which the page has no word keeps its name."""
    keys = {name: f"kind.{chosen[0] if chosen else 'all'}" for name, chosen in kinds.items()}
    return [(still(key) if key in WORDS["en"] else name, name) for name, key in keys.items()]


def fitting_choice(history: Sequence[Interaction], core: Core) -> str:
    """The choice of the filter that fits a history: the one kind that nearly all of it is of, or all."""
    main = main_kind(history, core.profiler.catalog.by_id)
    return next(choice for choice, kinds in core.kind_choices.items() if kinds == main)


class Screen:
    """Turns a session, and how the visitor looks at it, into updates of the page."""

    def __init__(self, core: Core, parts: Parts) -> None:
        self._core = core
        self._parts = parts

    @property
    def session(self) -> gr.State:
        """The component that holds the session."""
        return self._parts.session

    @property
    def status(self) -> gr.HTML:
        """The line under "Your profile"."""
        return self._parts.status

    def looked_at(self, session: Session, kinds: str, scoring: str) -> Session:
        """The session with the choices of the filter and of the scoring among its settings."""
        chosen = self._core.kind_choices[kinds]
        settings = replace(session.settings, kinds=chosen, scoring=scoring, top=TOP)
        decades, genres = self._core.narrowing_choices[chosen]
        return session.with_settings(
            replace(
                settings,
                decades=tuple(one for one in settings.decades if one in decades),
                genres=tuple(one for one in settings.genres if one in genres),
            )
        )

    def choices_of(self, session: Session) -> tuple[str, str]:
        """The choices of filter and scoring that show a session's settings.

        Raises:
            SessionError: it looks at kinds that the filter does not offer.
        """
        names = {chosen: name for name, chosen in self._core.kind_choices.items()}
        kinds = session.settings.kinds
        if kinds not in names:
            raise SessionError(
                f"This file ranks {' and '.join(kinds)}; this catalogue offers {', '.join(names.values())}. "
                "Open it with the catalogue it was made with."
            )
        return names[kinds], session.settings.scoring

    def followed(self, session: Session, kinds: str, scoring: str) -> Updates:
        """After a switch or a weight: everything but the controls that the visitor is holding."""
        updates = self.show(session, kinds, scoring)
        for row in self._parts.sentences:
            del updates[row.enabled], updates[row.weight], updates[row.row]
        return updates | {self._parts.status: ""}

    def show(self, session: Session, kinds: str, scoring: str) -> Updates:
        """The whole page for a session that has a profile."""
        session = self.looked_at(session, kinds, scoring)
        version = session.current
        updates = {self._parts.session: session} | self.writing(False)
        updates[self._parts.profile_text] = gr.update(value=version.profile.text, interactive=True)
        prior = session.settings.prior
        updates[self._parts.known] = gr.update(value=prior if prior in KNOWN.values() else None)
        updates |= self.within(session) | self.narrowing(session)
        updates |= self.sentence_rows(version.profile) | self.version_controls(session)
        return updates | self.ranked(session)

    def table(self, session: Session) -> str:
        """The history of a session as a table."""
        return rows.table(session.interactions, self._core.profiler.catalog.by_id, session.removed)

    def writing(self, busy: bool) -> Updates:
        """The controls while the profile is being written, or after."""
        parts = self._parts
        return {
            parts.write: gr.update(
                interactive=not busy, value=say("profile.writing" if busy else "profile.write")
            ),
            parts.stop: gr.update(interactive=busy),
            parts.profile_text: gr.update(interactive=not busy),
            parts.accept: gr.update(interactive=not busy),
            parts.within: gr.update(interactive=not busy),
        }

    def stale(self, note: str, tone: str = "busy") -> Updates:
        """The list on the screen is of something before: it is dimmed, and `note` says of what."""
        return {self._parts.ranking: gr.update(stale="true"), self._parts.summary: html.message(note, tone)}

    def blank(self) -> Updates:
        """The page without a profile."""
        updates = self.writing(False) | self.sentence_rows(None) | self.version_controls(Session())
        empty = html.message(say("list.empty"))
        return updates | {
            self._parts.profile_text: gr.update(interactive=True, value=""),
            self._parts.ranking: gr.update(value=empty, stale="false"),
            self._parts.summary: "",
        }

    def narrowing(self, session: Session) -> Updates:
        """The choices of decades and genres, of the kinds that are shown."""
        settings, parts = session.settings, self._parts
        decades, genres = self._core.narrowing_choices[settings.kinds]
        return {
            parts.decades: gr.update(
                choices=[(say("list.decade", decade=str(one)), one) for one in decades],
                value=list(settings.decades),
                visible=bool(decades),
            ),
            parts.genres: gr.update(
                choices=[(one.capitalize(), one) for one in genres],
                value=list(settings.genres),
                visible=bool(genres),
            ),
        }

    def within(self, session: Session) -> Updates:
        """The filter that lets the titles of a list through alone, where one is active."""
        listed = session.settings.within
        chip = say("list.within", n=len(listed))
        return {self._parts.within: gr.update(visible=bool(listed), value=chip, interactive=True)}

    def sentence_rows(self, profile: Profile | None) -> Updates:
        """One row of switch and weight for each sentence; the others are hidden."""
        updates: Updates = {}
        sentences = profile.sentences if profile else ()
        for number, row in enumerate(self._parts.sentences):
            sentence = sentences[number] if number < len(sentences) else None
            updates[row.row] = gr.update(visible=sentence is not None)
            updates[row.enabled] = _switch_of(sentence)
            updates[row.weight] = gr.update() if sentence is None else gr.update(value=_step(sentence.weight))
        return updates

    def relabelled(self, before: Sequence[Sentence], after: Sequence[Sentence]) -> Updates:
        """The rows of sentences that were only reworded: what was clicked on them meanwhile stays."""
        updates: Updates = {}
        for row, old, new in zip(self._parts.sentences, before, after, strict=False):
            if (old.enabled, old.weight) == (new.enabled, new.weight):
                updates[row.enabled] = gr.update(label=html.sentence_label(new))
                updates[row.weight] = gr.update()
        return updates

    def version_controls(self, session: Session) -> Updates:
        """Undo, redo, and the lists of versions."""
        parts = self._parts
        choices = [(f"{one.number} · {html.origin(one.origin)}", one.number) for one in session.versions]
        current, previous = session.current, session.previous
        return {
            parts.undo: gr.update(interactive=session.position > 0),
            parts.redo: gr.update(interactive=session.position < len(session.versions) - 1),
            parts.version: gr.update(choices=choices, value=current.number if current else None),
            parts.compare_old: gr.update(choices=choices, value=previous.number if previous else None),
            parts.compare_new: gr.update(choices=choices, value=current.number if current else None),
        }

    def ranked(self, session: Session) -> Updates:
        """The ranking of the version on the screen; or why there is none, over the one that was there."""
        try:
            return self._ranked(session)
        except BlueError as error:
            return self.stale(str(error), "error")

    def _ranked(self, session: Session) -> Updates:
        """The ranking of the version on the screen against that of the version before it."""
        version, before = session.current, session.previous
        ranking = self._core.rank(session, version.profile, DEPTH)
        if before is None:
            return self._found(
                ranking_html.ranking(ranking, version.profile, None, (), TOP),
                html.summary(None, 0, 0, None, TOP),
            )
        old = self._core.rank(session, before.profile, DEPTH)
        arrived, left = movements(old, ranking, TOP)
        shown = min(TOP, max(len(old.items), len(ranking.items)))
        entered = sum(move.old_rank is None or move.old_rank > TOP for move in arrived)
        return self._found(
            ranking_html.ranking(ranking, version.profile, arrived, left, TOP),
            html.summary(_overlap(old, ranking), entered, len(left), before, shown),
        )

    def _found(self, ranking: str, summary: str) -> Updates:
        return {self._parts.ranking: gr.update(value=ranking, stale="false"), self._parts.summary: summary}


def _switch_of(sentence: Sentence | None) -> Any:
    if sentence is None:
        return gr.update()
    return gr.update(value=sentence.enabled, label=html.sentence_label(sentence))


def _step(weight: float) -> float | None:
    """The step of a weight; None for one from a file that lies between the steps."""
    return weight if weight in WEIGHTS.values() else None


def _overlap(old: Ranking, new: Ranking) -> float:
    old_ids, new_ids = ([entry.item.item_id for entry in one.items] for one in (old, new))
    return overlap_at(old_ids, new_ids, TOP)
