"""The page: what stands where, and which handler answers which action. Looks are in assets/style.css."""

from pathlib import Path

import gradio as gr

from blue.examples import list_examples
from blue.history import FORMATS
from blue.profiler import Profiler
from blue.sentences import MAX_SENTENCES
from blue.session import Session
from blue.ui import html, rows
from blue.ui.api import Api
from blue.ui.handlers import SHARE_HISTORY, SHARE_VERSIONS, Handlers
from blue.ui.loading import LoadingProfiler
from blue.ui.parts import Parts, SentenceRow
from blue.ui.screen import KINDS, SCORINGS

STYLE = Path(__file__).resolve().parents[2] / "assets" / "style.css"
UPLOAD_LIMIT = "6mb"  # the parser's own limit is 5 MB and explains itself
SESSION_SECONDS = 4 * 3600  # after this long without a visit a session is forgotten

THEME = gr.themes.Base(
    primary_hue="blue",
    neutral_hue="slate",
    font=["ui-sans-serif", "system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
    text_size=gr.themes.sizes.text_md,
    radius_size=gr.themes.sizes.radius_md,
)

# Builds the file in the browser, so that the server never stores it.
DOWNLOAD = """(text) => { if (!text) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], {type: 'application/json'}));
  link.download = 'blue-session.json'; link.click(); URL.revokeObjectURL(link.href); }"""

# On a phone the columns are three steps below each other; this keeps each one tap away.
STEPS = """<nav class="steps" aria-label="Steps"><a href="#history-column">1 History</a>
<a href="#profile-column">2 Profile</a><a href="#ranking-column">3 What it finds</a></nav>"""

# Gradio's text box reports key presses alone: pasting, deleting, dictating would not move the ranking.
HEAD = """<script>document.addEventListener('input', ({target}) => {
  if (target.matches('#profile-text textarea')) target.dispatchEvent(new KeyboardEvent('keypress'));
});</script>"""

PASTE_HINT = """Alien (1979) | 5
Heat - 4 stars
The Notebook: 1/5
… or paste an export: Goodreads, Letterboxd, IMDb, Netflix, …"""


def build(profiler: Profiler | LoadingProfiler) -> gr.Blocks:
    """Lay out the page and wire it; a profiler that is still loading fills in what it is when it can."""
    loaded = None if isinstance(profiler, LoadingProfiler) else profiler
    with gr.Blocks(title="BLUE Studio", analytics_enabled=False, fill_width=True) as page:
        session = gr.State(Session(), time_to_live=SESSION_SECONDS)
        header = gr.HTML(html.header(loaded))
        with gr.Row(elem_id="columns", equal_height=False):
            with gr.Column(scale=26, min_width=300, elem_id="history-column"):
                history, starters = _history_column()
            with gr.Column(scale=35, min_width=320, elem_id="profile-column"):
                profile = _profile_column()
            with gr.Column(scale=39, min_width=340, elem_id="ranking-column"):
                ranking = _ranking_column()
        with gr.Row(elem_id="drawers"):
            compare, compare_button = _compare_drawer()
            share, share_actions = _share_drawer()
        footer = gr.HTML(html.footer(loaded))
        gr.HTML(STEPS)

        ends = dict(header=header, footer=footer)
        parts = Parts(session=session, **ends, **history, **profile, **ranking, **compare, **share)
        handlers = Handlers(profiler, parts)
        _wire_history(page, parts, handlers, starters)
        _wire_profile(parts, handlers)
        _wire_drawers(parts, handlers, compare_button, share_actions)
        _publish(Api(profiler))
    return page


# --- layout ------------------------------------------------------------------------------------


def _history_column():
    gr.HTML('<h2><span class="step">1</span> Your history</h2>')
    with gr.Row(elem_id="examples"):
        examples = [
            (gr.Button(example.name, size="sm", min_width=0, elem_classes="example"), example)
            for example in list_examples()
        ]
    text = gr.Textbox(
        label="Paste what you watched or read",
        placeholder=PASTE_HINT,
        lines=4,
        max_lines=8,
        elem_id="history-text",
    )
    with gr.Row(elem_id="history-actions"):
        read = gr.Button("Read it", variant="primary", size="sm", min_width=0, elem_id="read")
        upload = gr.UploadButton("Upload a file", size="sm", type="filepath", min_width=0, elem_id="upload")
        clear = gr.Button("Clear all", size="sm", min_width=0, elem_id="clear")
    report = gr.HTML(elem_id="report")
    table = gr.HTML(js_on_load=rows.LISTEN, apply_default_css=False, elem_id="history-table")
    gr.HTML(f'<p class="hint">Understands {", ".join(FORMATS.values())}.</p>')
    return dict(history_text=text, report=report, table=table), (examples, read, upload, clear)


def _profile_column() -> dict:
    gr.HTML('<h2><span class="step">2</span> Your profile</h2>')
    with gr.Row(elem_id="write-row"):
        write = gr.Button("Write profile", variant="primary", elem_id="write", interactive=False)
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
            [],
            label="Version",
            elem_id="version",
            interactive=True,
            filterable=False,
            show_label=False,
            container=False,
        )
    return dict(
        write=write, stop=stop, status=status, profile_text=text, sentences=sentences, undo=undo, redo=redo,
        version=version,
    )  # fmt: skip


def _sentence_row(number: int) -> SentenceRow:
    with gr.Row(visible=False, elem_classes=["sentence", f"taste-{number}"]) as row:
        enabled = gr.Checkbox(
            True, label="", container=False, elem_id=f"taste-{number}", scale=5, min_width=150
        )
        weight = gr.Slider(
            0, 2, 1, step=0.1, label=f"Weight of taste {number}", elem_id=f"weight-{number}", scale=2,
            min_width=110, container=False, show_label=False, buttons=[],
        )  # fmt: skip
    return SentenceRow(row, enabled, weight)


def _ranking_column() -> dict:
    gr.HTML('<h2><span class="step">3</span> What it finds</h2>')
    with gr.Row(elem_id="look"):
        kinds = gr.Radio(list(KINDS), value="All", label="Show", elem_id="kinds", min_width=150)
        scoring = gr.Radio(list(SCORINGS), value="By taste", label="Score", elem_id="scoring", min_width=150)
    summary = gr.HTML(elem_id="summary")
    ranking = gr.HTML(apply_default_css=False, elem_id="ranking")
    gr.HTML(
        '<p class="hint">By taste: an item counts by its nearest taste. As one text: by the whole profile at '
        "once, as in the paper; weights then have no effect.</p>"
    )
    return dict(kinds=kinds, scoring=scoring, summary=summary, ranking=ranking)


def _compare_drawer():
    with gr.Accordion("Compare two versions", open=False, elem_id="compare"):
        with gr.Row():
            old = gr.Dropdown([], label="From", interactive=True, filterable=False, elem_id="compare-old")
            new = gr.Dropdown([], label="To", interactive=True, filterable=False, elem_id="compare-new")
            button = gr.Button("Compare", size="sm", elem_id="compare-button")
        comparison = gr.HTML(apply_default_css=False, elem_id="comparison")
    return dict(compare_old=old, compare_new=new, comparison=comparison), button


def _share_drawer():
    with gr.Accordion("Take it away", open=False, elem_id="share"):
        gr.HTML(
            '<p class="hint">A file that opens to the same state on another computer. It holds the profile, '
            "and what you choose here:</p>"
        )
        chosen = gr.CheckboxGroup([SHARE_HISTORY, SHARE_VERSIONS], label="Include", elem_id="share-parts")
        with gr.Row():
            save = gr.Button("Save as a file", size="sm", elem_id="save")
            opened = gr.UploadButton(
                "Open a file", size="sm", file_types=[".json"], type="filepath", elem_id="open-session"
            )
        told = gr.HTML(elem_id="share-status")
        text = gr.Textbox(visible="hidden", elem_id="shared")
    return dict(share=chosen, share_status=told, shared=text), (save, opened)


# --- wiring ------------------------------------------------------------------------------------

# Changes of one session must be taken in the order they were made; this queue serves them one by one.
EDITS = dict(concurrency_id="edits", concurrency_limit=1, show_progress="hidden", api_visibility="private")
# Several visitors may wait here; the language model serves them in the order they came.
WRITING = dict(
    concurrency_id="writing", concurrency_limit=8, show_progress="hidden", api_visibility="private"
)


def _wire_history(page: gr.Blocks, parts: Parts, handlers: Handlers, starters: tuple) -> None:
    examples, read, upload, clear = starters
    everything = parts.everything()
    starts = [
        button.click(handlers.example_loader(example), parts.scoring, everything, **WRITING)
        for button, example in examples
    ]
    starts.append(page.load(handlers.first_visit(examples[0][1]), parts.scoring, everything, **WRITING))
    starts.append(read.click(handlers.read_text, [parts.history_text, parts.scoring], everything, **WRITING))
    starts.append(upload.upload(handlers.read_file, [upload, parts.scoring], everything, **WRITING))
    starts.append(parts.write.click(handlers.write, parts.settings(), everything, **WRITING))
    parts.stop.click(
        handlers.stop, None, everything, queue=False, show_progress="hidden", api_visibility="private"
    )
    clear.click(handlers.clear, None, everything, cancels=starts, **EDITS)
    parts.table.input(handlers.edit_row, parts.settings(), everything, **EDITS)


def _wire_profile(parts: Parts, handlers: Handlers) -> None:
    everything, settings = parts.everything(), parts.settings()
    look = settings[1:]
    parts.profile_text.input(
        handlers.edit_text,
        [parts.session, parts.profile_text, *look],
        everything,
        trigger_mode="always_last",
        **EDITS,
    )
    parts.profile_text.blur(
        handlers.leave_text, [parts.session, parts.profile_text, *look], everything, **EDITS
    )
    switches = [parts.session, *parts.switches(), *look]
    for row in parts.sentences:
        for control in (row.enabled, row.weight):
            control.input(handlers.switch, switches, everything, trigger_mode="always_last", **EDITS)
    parts.undo.click(handlers.undo, settings, everything, **EDITS)
    parts.redo.click(handlers.redo, settings, everything, **EDITS)
    parts.version.input(handlers.go_to, [parts.session, parts.version, *look], everything, **EDITS)
    for control in (parts.kinds, parts.scoring):
        control.input(handlers.look, settings, everything, trigger_mode="always_last", **EDITS)


def _wire_drawers(parts: Parts, handlers: Handlers, compare_button: gr.Button, share_actions: tuple) -> None:
    look, everything = [parts.kinds, parts.scoring], parts.everything()
    compare_button.click(
        handlers.compare, [parts.session, parts.compare_old, parts.compare_new, *look], everything, **EDITS
    )
    save, opened = share_actions
    save.click(handlers.export, [parts.session, parts.share], everything, **EDITS).then(
        None, parts.shared, None, js=DOWNLOAD, api_visibility="private"
    )
    opened.upload(handlers.open_file, [opened, *look], everything, **EDITS)


def _publish(api: Api) -> None:
    gr.api(api.parse, api_name="parse", concurrency_limit=2)
    gr.api(api.profile, api_name="profile", concurrency_id="writing")
    gr.api(api.rank, api_name="rank", concurrency_limit=2)
