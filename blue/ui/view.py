"""The page: what stands where, and which handler answers which action. Looks are in assets/style.css."""

import gradio as gr

from blue.people import Library
from blue.session import Session
from blue.shipped import ASSETS
from blue.ui import columns, events, html, plots, returning, widgets
from blue.ui.api import Api
from blue.ui.core import Core
from blue.ui.drawers import ask, catalog_map, compare, guide, taking, together, why
from blue.ui.handlers import Handlers
from blue.ui.loading import LoadingProfiler
from blue.ui.parts import Parts
from blue.ui.people import page as people
from blue.ui.words import block

STYLE, GESTURES = ASSETS / "style.css", ASSETS / "gestures.js"
UPLOAD_LIMIT = "6mb"  # the parser's own limit is 5 MB and explains itself
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

HEAD = "".join(
    f"<script>{script.read_text(encoding='utf-8')}</script>" for script in (widgets.SCRIPT, GESTURES)
)


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
        header = gr.HTML(block(lambda: html.header(loaded)))
        with gr.Row(elem_id="columns", equal_height=False):
            with gr.Column(scale=26, min_width=300, elem_id="history-column"):
                history, starters = columns.history_column(core)
            with gr.Column(scale=35, min_width=320, elem_id="profile-column"):
                profile = columns.profile_column()
            with gr.Column(scale=39, min_width=340, elem_id="ranking-column"):
                ranking = columns.ranking_column()
        with gr.Column(elem_id="drawers"):
            why_parts, map_parts = why.lay_out(core), catalog_map.lay_out(core)
            compare_parts, compared = compare.lay_out()
            together_parts = together.lay_out()
            ask_parts = ask.lay_out(core)
            taking_actions, shared = taking.lay_out()
            guide.lay_out()
        footer = gr.HTML(block(lambda: html.footer(loaded)))
        gr.HTML(block(columns.steps))

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


def _wire_history(
    page: gr.Blocks, parts: Parts, handlers: Handlers, starters: columns.Starters, secret: gr.Textbox
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


def _wire_changes(parts: Parts, starters: columns.Starters, handlers: Handlers) -> None:
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
