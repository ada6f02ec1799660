"""What the page shows for a session: every component that depends on it, as updates.

Rankings are always derived from the versions, never kept: what is on the screen cannot drift from what
the visitor has.
"""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from blue.datatypes import Interaction, Profile, Ranking, Sentence
from blue.errors import BlueError
from blue.profiler import Profiler
from blue.ranking import movements, overlap_at
from blue.session import Session, Version
from blue.ui import html
from blue.ui.parts import Parts

TOP = 20  # items shown
DEPTH = 200  # ranks known for "was 57"
KINDS = {"All": (), "Movies": ("movie",), "Books": ("book",)}
MAIN_SHARE = 0.8  # of the known titles
SCORINGS = {"By taste": "facets", "As one text": "single"}

Updates = dict[Any, Any]  # component -> its new value or properties


def main_kind(history: Sequence[Interaction]) -> str:
    """The choice of the filter that fits a history: one kind if at least 80 % of it is of that kind."""
    known = [one.item_id.partition(":")[0] for one in history if one.item_id]
    for choice, prefix in (("Movies", "ml"), ("Books", "gb")):
        if known and known.count(prefix) >= MAIN_SHARE * len(known):
            return choice
    return "All"


class Screen:
    """Turns a session, and how the visitor looks at it, into updates of the page."""

    def __init__(self, profiler: Profiler, parts: Parts) -> None:
        self._profiler = profiler
        self._parts = parts

    def followed(self, session: Session, kinds: str, scoring: str) -> Updates:
        """After a switch or a weight: everything but the controls that the visitor is holding."""
        updates = self.show(session, kinds, scoring)
        for row in self._parts.sentences:
            del updates[row.enabled], updates[row.weight], updates[row.row]
        return updates | {self._parts.status: ""}

    def show(self, session: Session, kinds: str, scoring: str) -> Updates:
        """The whole page for a session that has a profile."""
        version = session.current
        updates = {self._parts.session: session} | self.writing(False)
        updates[self._parts.profile_text] = gr.update(value=version.profile.text, interactive=True)
        updates |= self.sentence_rows(version.profile) | self.version_controls(session)
        try:
            return updates | self.ranked(session, kinds, scoring)
        except BlueError as error:
            return updates | {self._parts.summary: html.message(str(error), "error")}

    def writing(self, busy: bool) -> Updates:
        parts = self._parts
        return {
            parts.write: gr.update(interactive=not busy, value="Writing …" if busy else "Write profile"),
            parts.stop: gr.update(interactive=busy),
            parts.profile_text: gr.update(interactive=not busy),
        }

    def sentence_rows(self, profile: Profile | None) -> Updates:
        updates: Updates = {}
        sentences = profile.sentences if profile else ()
        for number, row in enumerate(self._parts.sentences):
            sentence = sentences[number] if number < len(sentences) else None
            updates[row.row] = gr.update(visible=sentence is not None)
            updates[row.enabled] = _switch_of(sentence)
            updates[row.weight] = gr.update() if sentence is None else gr.update(value=sentence.weight)
        return updates

    def version_controls(self, session: Session) -> Updates:
        parts = self._parts
        choices = [(f"{version.number} · {version.origin}", version.number) for version in session.versions]
        current, previous = session.current, session.previous
        return {
            parts.undo: gr.update(interactive=session.position > 0),
            parts.redo: gr.update(interactive=session.position < len(session.versions) - 1),
            parts.version: gr.update(choices=choices, value=current.number if current else None),
            parts.compare_old: gr.update(choices=choices, value=previous.number if previous else None),
            parts.compare_new: gr.update(choices=choices, value=current.number if current else None),
        }

    def _rank(self, session: Session, profile: Profile, kinds: str, scoring: str) -> Ranking:
        return self._profiler.rank(
            profile, session.history, top=DEPTH, scoring=SCORINGS[scoring], kinds=KINDS[kinds]
        )

    def ranked(self, session: Session, kinds: str, scoring: str) -> Updates:
        """The ranking of the version on the screen against that of the version before it."""
        version, before = session.current, session.previous
        ranking = self._rank(session, version.profile, kinds, scoring)
        if before is None:
            return {
                self._parts.ranking: html.ranking(ranking, version.profile, None, (), TOP),
                self._parts.summary: html.summary(None, 0, 0, None, TOP),
            }
        old = self._rank(session, before.profile, kinds, scoring)
        arrived, left = movements(old, ranking, TOP)
        entered = sum(move.old_rank is None or move.old_rank > TOP for move in arrived)
        return {
            self._parts.ranking: html.ranking(ranking, version.profile, arrived, left, TOP),
            self._parts.summary: html.summary(_overlap(old, ranking), entered, len(left), before, TOP),
        }

    def comparison(self, session: Session, old: Version, new: Version, kinds: str, scoring: str) -> str:
        """Two versions side by side: their words and their rankings, as HTML."""
        rankings = [self._rank(session, version.profile, kinds, scoring) for version in (old, new)]
        arrived, left = movements(*rankings, TOP)
        return html.comparison(old, new, arrived, left, _overlap(*rankings))


def _switch_of(sentence: Sentence | None) -> Any:
    if sentence is None:
        return gr.update()
    return gr.update(value=sentence.enabled, label=html.sentence_label(sentence))


def _overlap(old: Ranking, new: Ranking) -> float:
    old_ids, new_ids = ([entry.item.item_id for entry in one.items] for one in (old, new))
    return overlap_at(old_ids, new_ids, TOP)
