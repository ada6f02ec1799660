"""Where everything stands on the page "People"."""

from dataclasses import dataclass
from html import escape

import gradio as gr

from blue.people import Filters
from blue.people.library import Library
from blue.people.segments import MOST_SEGMENTS
from blue.people.store import LONGEST_QUERY
from blue.ui import events
from blue.ui.people import people_html


@dataclass(frozen=True)
class PeopleParts:
    """Everything that changes, and what changes it."""

    text: gr.Textbox
    least: gr.Number
    most: gr.Number
    user: gr.Textbox
    kind: gr.Textbox
    model: gr.Textbox
    find: gr.Button
    everybody: gr.Button
    earlier: gr.Button
    later: gr.Button
    note: gr.HTML
    table: gr.HTML
    asked: gr.State  # the (text, Filters) that the table answers
    number: gr.State  # its page
    within: gr.State  # (what it is called, its people), of a segment or a figure; None for everybody
    person: gr.HTML
    shown: gr.State  # the id of the person on the screen
    correction: gr.Textbox
    propose: gr.Button
    proposed: gr.HTML
    count: gr.Number
    group: gr.Button
    segments: gr.HTML
    edit: gr.Textbox
    replay: gr.Button
    stop: gr.Button
    replayed: gr.HTML
    moved: gr.State  # how far the replay is
    judge: gr.Button
    audit: gr.HTML
    audited: gr.State
    save: gr.Button
    report: gr.Textbox
    report_name: gr.Textbox


def lay_out(library: Library) -> PeopleParts:
    """The page; nobody is on it until somebody asks."""
    gr.Navbar(main_page_name="Studio", elem_id="pages")
    gr.HTML(
        '<header class="top"><div><h1>Many people</h1><p>What the profiles of a whole population say, '
        "<b>down to each person's lines.</b></p></div></header>"
    )
    with gr.Row(elem_id="columns", equal_height=False, elem_classes="people-page"):
        with gr.Column(scale=62, min_width=320, elem_id="people-column"):
            found = _search()
        with gr.Column(scale=38, min_width=300, elem_id="person-column"):
            one = _person()
    with gr.Column(elem_id="drawers"):
        groups, moved, judged = _segments(), _replay(), _audit()
    hidden = dict(
        asked=gr.State(("", Filters())), number=gr.State(1), within=gr.State(None), shown=gr.State(""),
        audited=gr.State(None),
        moved=gr.State(None),
    )  # fmt: skip
    gr.HTML(f'<footer class="about"><span>Folder {escape(library.path.name)}</span></footer>')
    return PeopleParts(**found, **one, **groups, **moved, **judged, **hidden)


def _search() -> dict:
    gr.HTML("<h2>Find people</h2>")
    with gr.Row(elem_id="people-ask"):
        text = gr.Textbox(
            label="What their profiles say", placeholder="gentle skin care", max_length=LONGEST_QUERY,
            elem_id="people-text", scale=5, min_width=180,
        )  # fmt: skip
        find = gr.Button("Find", variant="primary", elem_id="people-find", min_width=80, scale=1)
    with gr.Row(elem_id="people-filters"):
        least = gr.Number(label="Titles, from", minimum=0, precision=0, value=0, min_width=110)
        most = gr.Number(label="to (0: no end)", minimum=0, precision=0, value=0, min_width=110)
        user = gr.Textbox(label="Person (whole id)", min_width=130)
        kind = gr.Textbox(label="Kind in the history", placeholder="movie", min_width=130)
        model = gr.Textbox(label="Written by", placeholder="beginning of a name", min_width=130)
    everybody = gr.Button(visible=False, size="sm", elem_id="people-within")
    note = gr.HTML(elem_id="people-note")
    table = gr.HTML(js_on_load=people_html.LISTEN, apply_default_css=False, elem_id="people-table")
    with gr.Row(elem_id="people-pages"):
        earlier = gr.Button("Earlier page", size="sm", interactive=False, elem_id="people-earlier")
        later = gr.Button("Next page", size="sm", interactive=False, elem_id="people-later")
    return dict(
        text=text, find=find, least=least, most=most, user=user, kind=kind, model=model, everybody=everybody,
        note=note, table=table, earlier=earlier, later=later,
    )  # fmt: skip


def _person() -> dict:
    gr.HTML("<h2>One person</h2>")
    person = gr.HTML(
        '<p class="hint">Choose somebody on the left.</p>', apply_default_css=False, elem_id="person"
    )
    correction = gr.Textbox(
        label="Propose a correction: one taste a line. The profile itself is not changed.", lines=3,
        max_lines=8, interactive=False, elem_id="correction-text",
    )  # fmt: skip
    propose = gr.Button("Propose it", size="sm", interactive=False, elem_id="propose")
    return dict(person=person, correction=correction, propose=propose, proposed=gr.HTML(elem_id="proposed"))


def _segments() -> dict:
    with events.drawer("Segments", "people-segments"):
        gr.HTML('<p class="hint">People whose profiles lie near each other, by k-means.</p>')
        with gr.Row(elem_classes="asking"):
            count = gr.Number(
                label="How many (0: as fits)", minimum=0, maximum=MOST_SEGMENTS,
                precision=0, value=0, elem_id="segment-count",
            )  # fmt: skip
            group = gr.Button("Group them", size="sm", elem_id="group")
        table = gr.HTML(js_on_load=people_html.LISTEN, apply_default_css=False, elem_id="segment-table")
    return dict(count=count, group=group, segments=table)


def _replay() -> dict:
    with events.drawer("An edit for many", "people-replay"):
        gr.HTML(
            '<p class="hint">A sentence is added to the profiles of those whom the table above answers, in '
            "memory alone, and their first ten titles are ranked before and after.</p>"
        )
        with gr.Row(elem_classes="asking"):
            edit = gr.Textbox(label="The sentence", placeholder="Avoids horror.", elem_id="edit")
            replay = gr.Button("What moves?", size="sm", elem_id="replay")
            stop = gr.Button("Stop", size="sm", interactive=False, elem_id="replay-stop")
        told = gr.HTML(js_on_load=people_html.LISTEN, apply_default_css=False, elem_id="replayed")
    return dict(edit=edit, replay=replay, stop=stop, replayed=told)


def _audit() -> dict:
    with events.drawer("Audit", "people-audit"):
        gr.HTML(
            '<p class="hint">How many sentences have no support in the history, restate a title, state '
            "something sensitive, or are said word for word by many.</p>"
        )
        with gr.Row(elem_classes="asking"):
            judge = gr.Button("Judge every sentence", size="sm", elem_id="judge-all")
            save = gr.Button("Save the report", size="sm", interactive=False, elem_id="save-report")
        table = gr.HTML(js_on_load=people_html.LISTEN, apply_default_css=False, elem_id="audit-table")
        report = gr.Textbox(visible="hidden", elem_id="report-page")
        name = gr.Textbox(visible="hidden", elem_id="report-name")
    return dict(judge=judge, save=save, audit=table, report=report, report_name=name)
