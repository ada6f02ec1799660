"""The page "People" beside the studio: its wiring."""

import gradio as gr

from blue.people.library import Library
from blue.ui import events
from blue.ui.core import Core
from blue.ui.drawers.taking import DOWNLOAD
from blue.ui.people.handlers import PeopleHandlers
from blue.ui.people.layout import PeopleParts, lay_out

PATH = "/people"


def add_page(studio: gr.Blocks, core: Core, library: Library) -> None:
    """Give the app its second page."""
    with studio.route("People", PATH):
        parts = lay_out(library)
        on = PeopleHandlers(core, library, parts)
        _wire_search(studio, parts, on)
        _wire_picks(parts, on)
        _wire_drawers(parts, on)


def _wire_search(page: gr.Blocks, parts: PeopleParts, on: PeopleHandlers) -> None:
    asked = [parts.text, parts.least, parts.most, parts.user, parts.kind, parts.model, parts.within]
    boxes = (parts.text, parts.least, parts.most, parts.user, parts.kind, parts.model)
    found = _outputs(parts)
    gr.on([parts.find.click, *(box.submit for box in boxes)], on.find, asked, found, **events.EDITS)
    page.load(on.come, None, found, **events.WRITING)
    for button, handler in ((parts.earlier, on.earlier), (parts.later, on.later)):
        button.click(handler, [parts.asked, parts.number, parts.within], found, **events.EDITS)
    parts.everybody.click(lambda asked: on.only(asked, None), parts.asked, found, **events.EDITS)


def _wire_picks(parts: PeopleParts, on: PeopleHandlers) -> None:
    one = [parts.note, parts.person, parts.shown, parts.correction, parts.propose, parts.proposed]
    for table in (parts.table, parts.replayed):
        table.input(on.open, parts.count, one, **events.EDITS)
    parts.propose.click(on.propose, [parts.shown, parts.correction], parts.proposed, **events.EDITS)
    found = _outputs(parts)
    parts.segments.input(on.only_segment, [parts.asked, parts.count], found, **events.EDITS)
    parts.audit.input(on.only_figure, [parts.asked, parts.audited], found, **events.EDITS)


def _wire_drawers(parts: PeopleParts, on: PeopleHandlers) -> None:
    gr.on([parts.group.click, parts.count.submit], on.group, parts.count, parts.segments, **events.ASK)
    controls = [parts.replayed, parts.moved, parts.replay, parts.stop]
    replaying = parts.replay.click(on.replay, [parts.asked, parts.edit], controls, **events.ASK)
    parts.stop.click(
        on.stop, parts.moved, controls, cancels=[replaying], queue=False, show_progress="hidden",
        api_visibility="private",
    )  # fmt: skip
    parts.judge.click(on.judge, parts.count, [parts.audit, parts.audited, parts.save], **events.ASK)
    parts.save.click(
        on.save, [parts.audited, parts.count], [parts.report, parts.report_name, parts.audit], **events.EDITS
    ).then(None, [parts.report, parts.report_name], None, js=DOWNLOAD, api_visibility="private")


def _outputs(parts: PeopleParts) -> list:
    return [
        parts.table, parts.note, parts.asked, parts.number, parts.within, parts.earlier, parts.later,
        parts.everybody,
    ]  # fmt: skip
