"""How the page's events are served: which wait for each other, and which skip ahead.

Drawers know whether they are open, so that a closed one costs nothing.
"""

import gradio as gr

from blue.ui.serving.line import MOST_WAITING

# Changes of one session must be taken in the order they were made; this queue serves them one by one.
EDITS = dict(concurrency_id="edits", concurrency_limit=1, show_progress="hidden", api_visibility="private")
# Who wants a text waits in the line before the language model, which tells the place; none waits in gradio's.
WRITING = dict(
    concurrency_id="writing", concurrency_limit=MOST_WAITING + 16, show_progress="hidden",
    api_visibility="private",
)  # fmt: skip
# A drawer follows the edits of a session: while one refresh runs, only the newest edit waits for the next.
FOLLOW = dict(
    trigger_mode="always_last", concurrency_id="follow", concurrency_limit=2, show_progress="hidden",
    api_visibility="private",
)  # fmt: skip
# What a visitor asks for with a button, and may take a language model's seconds.
ASK = dict(
    concurrency_id="ask", concurrency_limit=1, show_progress="hidden", api_visibility="private",
    trigger_mode="once",
)  # fmt: skip
# Setting a value waits for nothing; but without the queue, gradio would not report that a state changed.
QUICK = dict(concurrency_limit=None, show_progress="hidden", api_visibility="private")


def drawer(label: str, name: str) -> gr.Accordion:
    """A closed drawer, to be filled in a `with`."""
    return gr.Accordion(label, open=False, elem_id=name, elem_classes="drawer")


def openness(drawer: gr.Accordion) -> gr.State:
    """Whether a visitor has the drawer open."""
    opened = gr.State(False)
    drawer.expand(lambda: True, None, opened, **QUICK)
    drawer.collapse(lambda: False, None, opened, **QUICK)
    return opened
