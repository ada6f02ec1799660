"""The components of the page that handlers update, by name."""

from dataclasses import dataclass, fields

import gradio as gr


@dataclass(frozen=True)
class SentenceRow:
    """One sentence of the profile: its switch (labelled with the sentence), its weight, what supports it."""

    row: gr.Row
    enabled: gr.Checkbox
    weight: gr.Radio
    ground: gr.HTML


@dataclass(frozen=True)
class Parts:
    """Everything that changes after the page is built."""

    session: gr.State
    header: gr.HTML
    footer: gr.HTML
    history_text: gr.Textbox
    taken: gr.State  # the text of the box that was read into the history
    report: gr.HTML
    listed: gr.State  # ids of the items of a wish list, to rank within
    offer: gr.Column
    accept: gr.Button
    correcting: gr.State  # the row of the history whose match is being corrected, or None
    correction: gr.Column
    asked_which: gr.HTML
    clear: gr.Button
    cleared: gr.State  # the session as it was before it was cleared, for a minute
    table: gr.HTML
    profile_text: gr.Textbox
    status: gr.HTML
    write: gr.Button
    stop: gr.Button
    sentences: tuple[SentenceRow, ...]
    undo: gr.Button
    redo: gr.Button
    version: gr.Dropdown
    kinds: gr.Radio
    scoring: gr.Radio
    known: gr.Radio
    decades: gr.Dropdown
    genres: gr.Dropdown
    within: gr.Button  # there while the ranking holds the titles of a list alone; it removes that
    summary: gr.HTML
    ranking: gr.HTML
    compare_old: gr.Dropdown
    compare_new: gr.Dropdown
    share: gr.CheckboxGroup
    share_status: gr.HTML
    shared: gr.Textbox
    shared_name: gr.Textbox

    def everything(self) -> list:
        """All components, as the outputs of a handler."""
        single = [getattr(self, field.name) for field in fields(self) if field.name != "sentences"]
        return single + [part for row in self.sentences for part in (row.row, row.enabled, row.weight)]

    def settings(self) -> list:
        """The inputs that say how to look at a profile."""
        return [self.session, self.kinds, self.scoring]

    def switches(self) -> list:
        """The switches and weights, in the order of the sentences."""
        return [part for row in self.sentences for part in (row.enabled, row.weight)]
