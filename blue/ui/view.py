"""The page: what stands where, and which handler answers which action. Looks are in assets/style.css."""

from dataclasses import dataclass

import gradio as gr

from blue.catalog import Example, list_examples
from blue.history import FORMATS, PLAIN
from blue.people import Library
from blue.profile import MAX_SENTENCES
from blue.session import Session, Settings
from blue.shipped import ASSETS
from blue.ui import events, html, plots, ranking_html, returning, rows, widgets
from blue.ui.api import Api
from blue.ui.core import Core
from blue.ui.drawers import ask, catalog_map, compare, guide, taking, together, why
from blue.ui.handlers import Handlers
from blue.ui.loading import LoadingProfiler
from blue.ui.parts import Parts, SentenceRow
from blue.ui.people import page as people
from blue.ui.screen import KINDS, KNOWN, SCORINGS, WEIGHTS, WRITE

STYLE, GESTURES = ASSETS / "style.css", ASSETS / "gestures.js"
UPLOAD_LIMIT = "6mb"  # the parser's own limit is 5 MB and explains itself
SECONDS_TO_UNDO_CLEAR = 60
SESSION_SECONDS = 4 * 3600  # after this long without a visit a session is forgotten
FORGOTTEN_UPLOADS = (60, 600)  # every minute, files that were uploaded ten minutes ago and never opened

THEME = gr.themes.Base(
    primary_hue="blue",
    neutral_hue="slate",
    font=["ui-sans-serif", "system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
    text_size=gr.themes.sizes.text_md,
    radius_size=gr.themes.sizes.radius_md,
).set(  # white on blue-500, the default, is too faint
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_dark="*primary_700",
    button_primary_background_fill_hover="*primary_800",
    button_primary_background_fill_hover_dark="*primary_800",
)

# On a phone the columns are three steps below each other; this keeps each one tap away.
STEPS = """<nav class="steps" aria-label="Steps"><a href="#history-column">1 History</a>
<a href="#profile-column">2 Profile</a><a href="#ranking-column">3 What it finds</a>
<a href="#drawers">Why</a></nav>"""

HEAD = "".join(
    f"<script>{script.read_text(encoding='utf-8')}</script>" for script in (widgets.SCRIPT, GESTURES)
)

PASTE_HINT = """Alien (1979) | 5
Heat - 4 stars
The Notebook: 1/5
… or paste an export: Goodreads, Letterboxd, IMDb, Netflix, …"""


def build(core: Core, library: Library | None = None) -> gr.Blocks:
    """Lay out the page and wire it; a profiler that is still loading fills in what it is when it can.

    With a folder of many people there is a second page.
    """
    loaded = None if isinstance(core.profiler, LoadingProfiler) else core.profiler
    gr.set_static_paths([plots.SCRIPT])
    with gr.Blocks(
        title="BLUE Studio", analytics_enabled=False, fill_width=True, delete_cache=FORGOTTEN_UPLOADS
    ) as page:
        if library is not None:
            gr.Navbar(main_page_name="Studio", elem_id="pages")
        session = gr.State(Session(), time_to_live=SESSION_SECONDS)
        header = gr.HTML(html.header(loaded))
        with gr.Row(elem_id="columns", equal_height=False):
            with gr.Column(scale=26, min_width=300, elem_id="history-column"):
                history, starters = _history_column(core)
            with gr.Column(scale=35, min_width=320, elem_id="profile-column"):
                profile = _profile_column()
            with gr.Column(scale=39, min_width=340, elem_id="ranking-column"):
                ranking = _ranking_column()
        with gr.Column(elem_id="drawers"):
            why_parts, map_parts = why.lay_out(core), catalog_map.lay_out(core)
            compare_parts, compared = compare.lay_out()
            together_parts = together.lay_out()
            ask_parts = ask.lay_out(core)
            taking_actions, shared = taking.lay_out()
            guide.lay_out()
        footer = gr.HTML(html.footer(loaded))
        gr.HTML(STEPS)

        ends = dict(header=header, footer=footer)
        parts = Parts(session=session, **ends, **history, **profile, **ranking, **compared, **shared)
        handlers = Handlers(core, parts)
        secret = gr.Textbox(visible="hidden", elem_id="tab")
        _wire_history(page, parts, handlers, starters, secret)
        _wire_profile(parts, handlers, secret)
        why.wire(parts, why_parts, core, handlers)
        catalog_map.wire(parts, map_parts, core)
        compare.wire(parts, compare_parts, core)
        together.wire(parts, together_parts, core, handlers.writer)
        ask.wire(parts, ask_parts, core, parts.clear)
        taking.wire(parts, taking_actions, core, handlers)
        _publish(Api(core))
    if library is not None:
        people.add_page(page, core, library)
    return page


@dataclass(frozen=True)
class _Starters:
    """What a visitor fills a history with."""

    examples: list[tuple[gr.Button, Example]]
    read: gr.Button
    upload: gr.UploadButton
    adding: gr.HTML
    which: gr.HTML
    no_match: gr.Button


# --- layout ------------------------------------------------------------------------------------


def _history_column(core: Core):
    gr.HTML('<h2><span class="step">1</span> Your history</h2>')
    with gr.Row(elem_id="examples"):
        examples = [
            (gr.Button(example.name, size="sm", min_width=0, elem_classes="example"), example)
            for example in list_examples()
        ]
    text = gr.Textbox(
        label="Paste what you watched or read", placeholder=PASTE_HINT, lines=4, max_lines=8,
        elem_id="history-text",
    )  # fmt: skip
    with gr.Row(elem_id="history-actions"):
        read = gr.Button("Read it", variant="primary", size="sm", min_width=0, elem_id="read")
        upload = gr.UploadButton("Upload a file", size="sm", type="filepath", min_width=0, elem_id="upload")
        clear = gr.Button("Clear all", size="sm", min_width=0, elem_id="clear")
    report = gr.HTML(elem_id="report")
    with gr.Column(visible=False, elem_id="offer") as offer:
        accept = gr.Button("Rank only within this list", size="sm", elem_id="accept")
    adding = widgets.title_search(
        "add-title", "Add one title", "Type a title, then choose it", core.find_titles, emptied=True
    )
    with gr.Column(visible=False, elem_id="correction") as correction:
        asked_which = gr.HTML(elem_id="asked-which")
        which = widgets.title_search(
            "which-title", "It is", "Type a title, then choose it", core.find_titles, emptied=True
        )
        none = gr.Button("The catalogue does not have it", size="sm", elem_id="no-match")
    table = gr.HTML(js_on_load=rows.LISTEN, apply_default_css=False, elem_id="history-table")
    services = len(FORMATS) - len(PLAIN)
    gr.HTML(
        f'<p class="hint">Understands one title a line, tables, JSON and the exports of {services} services, '
        "also as ZIP: Letterboxd, Goodreads, IMDb, Netflix, Trakt, StoryGraph and others.</p>"
    )
    parts = dict(
        history_text=text, taken=gr.State(""), report=report, table=table, clear=clear, correction=correction,
        correcting=gr.State(None), asked_which=asked_which, listed=gr.State(()), offer=offer, accept=accept,
        cleared=gr.State(None, time_to_live=SECONDS_TO_UNDO_CLEAR),
    )  # fmt: skip
    return parts, _Starters(examples, read, upload, adding, which, none)


def _profile_column() -> dict:
    gr.HTML('<h2><span class="step">2</span> Your profile</h2>')
    with gr.Row(elem_id="write-row"):
        write = gr.Button(WRITE, variant="primary", elem_id="write", interactive=False)
        stop = gr.Button("Stop", elem_id="stop", interactive=False)
    status = gr.HTML(elem_id="status")
    text = gr.Textbox(
        label="One taste a line, at most five. It is yours to edit.",
        lines=6,
        max_lines=12,
        elem_id="profile-text",
        interactive=True,
    )
    sentences = tuple(_sentence_row(number) for number in range(1, MAX_SENTENCES + 1))
    with gr.Row(elem_id="versions"):
        undo = gr.Button("↶ Undo", size="sm", elem_id="undo", interactive=False)
        redo = gr.Button("↷ Redo", size="sm", elem_id="redo", interactive=False)
        version = gr.Dropdown(
            [], label="Version", elem_id="version", interactive=True, filterable=False, show_label=False,
            container=False,
        )  # fmt: skip
    return dict(
        write=write, stop=stop, status=status, profile_text=text, sentences=sentences, undo=undo, redo=redo,
        version=version,
    )  # fmt: skip


def _sentence_row(number: int) -> SentenceRow:
    with gr.Column(visible=False, elem_classes=["sentence", f"taste-{number}"]) as row:
        enabled = gr.Checkbox(True, label="", container=False, elem_id=f"taste-{number}", min_width=150)
        weight = gr.Radio(
            list(WEIGHTS.items()), value=1.0, label=f"How much taste {number} counts", container=False,
            elem_id=f"weight-{number}", elem_classes="weight", min_width=150,
        )  # fmt: skip
        ground = gr.HTML(apply_default_css=False, elem_classes="ground-line")
    return SentenceRow(row, enabled, weight, ground)


def _ranking_column() -> dict:
    gr.HTML('<h2><span class="step">3</span> What it finds</h2>')
    with gr.Row(elem_id="look"):
        kinds = gr.Radio(list(KINDS), value="All", label="Show", elem_id="kinds", min_width=150)
        scoring = gr.Radio(list(SCORINGS), value="By taste", label="Score", elem_id="scoring", min_width=150)
        known = gr.Radio(
            list(KNOWN.items()), value=Settings().prior, label="Prefer", elem_id="known", min_width=150
        )
    with gr.Row(elem_id="narrow"):
        decades = gr.Dropdown([], multiselect=True, label="From", elem_id="decades", min_width=130)
        genres = gr.Dropdown([], multiselect=True, label="Genre", elem_id="genres", min_width=130)
    within = gr.Button(visible=False, size="sm", elem_id="within")
    summary = gr.HTML(elem_id="summary")
    ranking = gr.HTML(
        html_template='<div aria-busy="${stale}">${value}</div>', stale="false",
        js_on_load=ranking_html.LISTEN, apply_default_css=False, elem_id="ranking",
    )  # fmt: skip
    gr.HTML(
        '<p class="hint">By taste: an item counts by its nearest taste, and a little by all of them at once. '
        "As one text: by the whole profile at once, as in the paper; weights then have no effect.</p>"
    )
    return dict(
        kinds=kinds, scoring=scoring, known=known, decades=decades, genres=genres, within=within,
        summary=summary, ranking=ranking,
    )  # fmt: skip


# --- wiring ------------------------------------------------------------------------------------


def _wire_history(
    page: gr.Blocks, parts: Parts, handlers: Handlers, starters: _Starters, secret: gr.Textbox
) -> None:
    fragment = gr.Textbox(visible="hidden", elem_id="fragment")
    examples, read, upload = starters.examples, starters.read, starters.upload
    everything, asked = parts.everything(), handlers.intentions
    starts = [
        (button.click, handlers.example_loader(example), [parts.session, parts.scoring])
        for button, example in examples
    ]
    starts += [
        (read.click, handlers.read_text, [parts.session, parts.history_text, parts.scoring]),
        (upload.upload, handlers.read_file, [parts.session, upload, parts.scoring]),
        (parts.write.click, handlers.write, [parts.session, parts.history_text, parts.taken, *_look(parts)]),
    ]
    # Another click is another wish, also while the first is being served.
    written = [
        trigger(asked.lasting(handler), inputs, everything, trigger_mode="multiple", **events.WRITING)
        for trigger, handler, inputs in starts
    ]
    come = page.load(
        asked.lasting(handlers.first_visit(examples[0][1])), [parts.scoring, secret, fragment], everything,
        **events.WRITING, js=f"(scoring) => [scoring, ({returning.SECRET})(), ({taking.FRAGMENT})()]",
    )  # fmt: skip
    for done in (*written, come):  # the filter may have been changed meanwhile
        done.then(asked.unless_running(handlers.looks.look), parts.settings(), everything, **events.EDITS)
    parts.stop.click(
        handlers.stop, None, everything, queue=False, show_progress="hidden", api_visibility="private"
    )
    _wire_changes(parts, starters, handlers)


def _wire_changes(parts: Parts, starters: _Starters, handlers: Handlers) -> None:
    """Changes of the history by hand; each is a wish of its own."""
    on, session, look = handlers.history, parts.session, _look(parts)
    row = [session, parts.correcting, *look]
    for trigger, handler, inputs in (
        (parts.clear.click, on.clear, [session, parts.cleared, *look]),
        (parts.table.input, on.edit_row, parts.settings()),
        (parts.ranking.input, on.say, parts.settings()),
        (starters.adding.input, on.add_title, parts.settings()),
        (starters.which.input, on.correct, row),
        (starters.no_match.click, on.no_match, row),
    ):
        trigger(handlers.intentions.at_once(handler), inputs, parts.everything(), **events.EDITS)


def _look(parts: Parts) -> list:
    return parts.settings()[1:]


def _wire_profile(parts: Parts, handlers: Handlers, secret: gr.Textbox) -> None:
    everything, settings, asked = parts.everything(), parts.settings(), handlers.intentions
    look, newest = _look(parts), dict(trigger_mode="always_last", **events.EDITS)
    parts.session.change(
        handlers.changed, [parts.session, secret], [row.ground for row in parts.sentences], **events.FOLLOW,
        js=f"(session) => [session, ({returning.SECRET})()]",
    )  # fmt: skip
    typed = [parts.session, parts.profile_text, *look]
    parts.profile_text.input(asked.unless_running(handlers.edit_text), typed, everything, **newest)
    parts.profile_text.blur(asked.unless_running(handlers.leave_text), typed, everything, **events.EDITS)
    switches = [parts.session, *parts.switches(), *look]
    for row in parts.sentences:
        for control in (row.enabled, row.weight):
            control.input(asked.at_once(handlers.switch), switches, everything, **newest)
    for button, step in ((parts.undo, handlers.undo), (parts.redo, handlers.redo)):
        button.click(asked.at_once(step), settings, everything, **events.EDITS)
    parts.version.input(
        asked.at_once(handlers.go_to), [parts.session, parts.version, *look], everything, **events.EDITS
    )
    parts.known.input(
        asked.unless_running(handlers.looks.prefer_known),
        [parts.session, parts.known, *look],
        everything,
        **newest,
    )
    for control in (parts.decades, parts.genres):
        control.input(
            asked.unless_running(handlers.looks.narrow), [parts.session, parts.decades, parts.genres, *look],
            everything, **newest,
        )  # fmt: skip
    parts.history_text.input(
        asked.unless_running(handlers.typed), [parts.session, parts.history_text], everything, **newest,
        js="(session, text) => [session, text.trim() ? 'changed' : '']",  # not megabytes at each key
    )  # fmt: skip
    lists = ((parts.accept, handlers.looks.rank_within), (parts.within, handlers.looks.rank_all))
    for button, handler in lists:
        button.click(asked.at_once(handler), [parts.listed, *settings], everything, **events.EDITS)
    for control in (parts.kinds, parts.scoring):
        control.input(asked.unless_running(handlers.looks.look), settings, everything, **newest)


def _publish(api: Api) -> None:
    writing = dict(concurrency_id="api-writing", concurrency_limit=4)
    gr.api(api.parse, api_name="parse", concurrency_limit=2)
    gr.api(api.profile, api_name="profile", **writing)
    gr.api(api.rank, api_name="rank", concurrency_limit=2)
    for endpoint in (
        api.score,
        api.explain,
        api.compare,
        api.ask,
        api.both,
    ):  # each may write a profile first
        gr.api(endpoint, api_name=endpoint.__name__, **writing)
