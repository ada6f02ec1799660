"""Components of our own over assets/figures.js: a plot in the page's colours, a search over the catalogue."""

from collections.abc import Callable
from typing import Any

import gradio as gr

from blue.shipped import ASSETS
from blue.ui import plots

SCRIPT = ASSETS / "figures.js"
LONGEST_QUERY = 100  # letters that are searched for
Found = list[tuple[str, str]]  # labels and item ids of titles that match

# A template is not translated by Gradio: assets/figures.js does it, by the keys that the elements name.
_FIGURE = """<div class="plot" role="img" data-word="{key}" data-name="{name}"
style="min-height:{height}px"></div><p class="figure-actions">
<button type="button" data-save="png" data-word="figure.png"></button>
<button type="button" data-save="html" data-word="figure.html"></button></p>"""

_SEARCH = """<label class="search"><span data-word="{key}"></span>
<input type="text" list="{name}-titles" {emptied} data-word="history.type_title" autocomplete="off"
spellcheck="false">
</label>
<datalist id="{name}-titles"></datalist>"""


def figure(name: str, key: str, height: int, background: Callable[[], str] | None = None) -> gr.HTML:
    """A plot whose value is a figure of `blue.ui.plots` as JSON, or "" for none.

    Args:
        name: its element's id, and the name of a saved file.
        key: names the words for what it shows, until a figure's own `meta` says it better.
        height: in pixels.
        background: gives a figure (JSON) whose traces a browser gets once, to lie under each later one.
    """

    def fetch(_asked: object) -> str:  # a browser always sends one argument
        return background()

    under = ", () => server.fetch()" if background else ""
    return gr.HTML(
        "",
        html_template=_FIGURE.format(key=key, name=name, height=height),
        js_on_load=f"blue.figure(element, props, watch, {str(plots.SCRIPT)!r}{under});",
        server_functions=[fetch] if background else None,
        apply_default_css=False,
        elem_id=name,
        elem_classes="figure",
    )


def title_search(
    name: str, key: str, find: Callable[[str], Found], *, emptied: bool = False, **looks: Any
) -> gr.HTML:
    """A text box that offers matching titles while one types; its `input` event says what was chosen.

    The event's data is {"text": what stands in the box, "item_id": the offered title's id, or None}. A box
    that is `emptied` by a choice is ready for the next one.
    """

    def search(text: object) -> Found:
        return find(text[:LONGEST_QUERY]) if isinstance(text, str) else []

    return gr.HTML(
        "",
        html_template=_SEARCH.format(key=key, name=name, emptied="data-emptied=1" if emptied else ""),
        js_on_load="blue.search(element, (name, data) => trigger('input', data), server);",
        server_functions=[search],
        apply_default_css=False,
        elem_id=name,
        **looks,
    )
