"""The three columns of the page: what stands where, before anybody has come."""

from dataclasses import dataclass

import gradio as gr

from blue.catalog import Example, list_examples
from blue.history import FORMATS, PLAIN
from blue.profile import MAX_SENTENCES
from blue.session import Settings
from blue.ui import ranking_html, rows, widgets
from blue.ui.core import ALL, Core
from blue.ui.parts import SentenceRow
from blue.ui.screen import KINDS, KNOWN, SCORINGS, WEIGHTS, choices, kind_choices
from blue.ui.words import WORDS, block, hint, say, still

SECONDS_TO_UNDO_CLEAR = 60


@dataclass(frozen=True)
class Starters:
    """What a visitor fills a history with."""

    examples: list[tuple[gr.Button, Example]]
    read: gr.Button
    upload: gr.UploadButton
    adding: gr.HTML
    which: gr.HTML
    no_match: gr.Button


def steps() -> str:
    """On a phone the columns are three steps below each other; this keeps each one tap away."""
    places = {
        "history-column": f"1 {say('history.step')}",
        "profile-column": f"2 {say('profile.step')}",
        "ranking-column": f"3 {say('list.title')}",
        "drawers": say("list.why"),
    }
    links = "".join(f'<a href="#{place}">{name}</a>\n' for place, name in places.items())
    return f'<nav class="steps" aria-label="{say("page.steps")}">{links}</nav>'


def history_column(core: Core) -> tuple[dict, Starters]:
    """The first column; its parts by name, and what fills them."""
    _heading(1, "history.title")
    with gr.Row(elem_id="examples"):
        examples = [
            (gr.Button(_named(example), size="sm", min_width=0, elem_classes="example"), example)
            for example in list_examples()
        ]
    text = gr.Textbox(
        label=still("history.paste"), placeholder=still("history.paste_hint"), lines=4, max_lines=8,
        elem_id="history-text",
    )  # fmt: skip
    with gr.Row(elem_id="history-actions"):
        small = dict(size="sm", min_width=0)
        read = gr.Button(still("history.read"), variant="primary", elem_id="read", **small)
        upload = gr.UploadButton(still("history.upload"), type="filepath", elem_id="upload", **small)
        clear = gr.Button(still("history.clear"), elem_id="clear", **small)
    report = gr.HTML(elem_id="report")
    with gr.Column(visible=False, elem_id="offer") as offer:
        accept = gr.Button(still("history.within"), size="sm", elem_id="accept")
    adding = widgets.title_search("add-title", "history.add", core.find_titles, emptied=True)
    with gr.Column(visible=False, elem_id="correction") as correction:
        asked_which = gr.HTML(elem_id="asked-which")
        which = widgets.title_search("which-title", "history.it_is", core.find_titles, emptied=True)
        none = gr.Button(still("history.no_match"), size="sm", elem_id="no-match")
    table = gr.HTML(js_on_load=rows.LISTEN, apply_default_css=False, elem_id="history-table")
    gr.HTML(hint("history.formats", n=len(FORMATS) - len(PLAIN)))
    parts = dict(
        history_text=text, taken=gr.State(""), report=report, table=table, clear=clear, correction=correction,
        correcting=gr.State(None), asked_which=asked_which, listed=gr.State(()), offer=offer, accept=accept,
        cleared=gr.State(None, time_to_live=SECONDS_TO_UNDO_CLEAR),
    )  # fmt: skip
    return parts, Starters(examples, read, upload, adding, which, none)


def profile_column() -> dict:
    """The second column's parts by name."""
    _heading(2, "profile.title")
    with gr.Row(elem_id="write-row"):
        write = gr.Button(still("profile.write"), variant="primary", elem_id="write", interactive=False)
        stop = gr.Button(still("profile.stop"), elem_id="stop", interactive=False)
    status = gr.HTML(elem_id="status")
    text = gr.Textbox(
        label=still("profile.text"), lines=6, max_lines=12, elem_id="profile-text", interactive=True
    )
    sentences = tuple(_sentence_row(number) for number in range(1, MAX_SENTENCES + 1))
    with gr.Row(elem_id="versions"):
        undo = gr.Button(
            block(lambda: f"↶ {say('profile.undo')}"), size="sm", elem_id="undo", interactive=False
        )
        redo = gr.Button(
            block(lambda: f"↷ {say('profile.redo')}"), size="sm", elem_id="redo", interactive=False
        )
        version = gr.Dropdown(
            [], label=still("profile.version"), elem_id="version", interactive=True, filterable=False,
            show_label=False, container=False,
        )  # fmt: skip
    gr.HTML(hint("profile.english"))
    return dict(
        write=write, stop=stop, status=status, profile_text=text, sentences=sentences, undo=undo, redo=redo,
        version=version,
    )  # fmt: skip


def _sentence_row(number: int) -> SentenceRow:
    with gr.Column(visible=False, elem_classes=["sentence", f"taste-{number}"]) as row:
        enabled = gr.Checkbox(True, label="", container=False, elem_id=f"taste-{number}", min_width=150)
        weight = gr.Radio(
            choices(WEIGHTS), value=1.0, label=block(lambda: say("profile.counts", number=number)),
            container=False, elem_id=f"weight-{number}", elem_classes="weight", min_width=150,
        )  # fmt: skip
        ground = gr.HTML(apply_default_css=False, elem_classes="ground-line")
    return SentenceRow(row, enabled, weight, ground)


def ranking_column() -> dict:
    """The third column's parts by name."""
    _heading(3, "list.title")
    narrow = dict(min_width=150)
    with gr.Row(elem_id="look"):
        kinds = gr.Radio(kind_choices(KINDS), value=ALL, label=still("list.show"), elem_id="kinds", **narrow)
        scoring = gr.Radio(
            choices(SCORINGS), value="facets", label=still("list.score"), elem_id="scoring", **narrow
        )
        known = gr.Radio(
            choices(KNOWN), value=Settings().prior, label=still("list.prefer"), elem_id="known", **narrow
        )
    with gr.Row(elem_id="narrow"):
        several = dict(multiselect=True, min_width=130)
        decades = gr.Dropdown([], label=still("list.decades"), elem_id="decades", **several)
        genres = gr.Dropdown([], label=still("list.genres"), elem_id="genres", **several)
    within = gr.Button(visible=False, size="sm", elem_id="within")
    summary = gr.HTML(elem_id="summary")
    ranking = gr.HTML(
        html_template='<div aria-busy="${stale}">${value}</div>', stale="false",
        js_on_load=ranking_html.LISTEN, apply_default_css=False, elem_id="ranking",
    )  # fmt: skip
    gr.HTML(hint("list.scores"))
    return dict(
        kinds=kinds, scoring=scoring, known=known, decades=decades, genres=genres, within=within,
        summary=summary, ranking=ranking,
    )  # fmt: skip


def _heading(step: int, key: str) -> None:
    gr.HTML(block(lambda: f'<h2><span class="step">{step}</span> {say(key)}</h2>'))


def _named(example: Example) -> str:
    """An example's name; one that was added to the folder keeps its own."""
    key = f"example.{example.file.partition('.')[0]}"
    return still(key) if key in WORDS["en"] else example.name
