"""The drawer "How to read this": one page (assets/guide.html), with an example to be followed by hand."""

import re

import gradio as gr

from blue.shipped import ASSETS
from blue.ui import events, html
from blue.ui.words import still

PAGE = ASSETS / "guide.html"


def text() -> str:
    """The page, with the marks of the sentences drawn where it says "[mark 1]"."""
    page = PAGE.read_text(encoding="utf-8")
    return re.sub(r"\[mark (\d)\]", lambda found: html.mark(int(found[1]) - 1), page)


def lay_out() -> None:
    """The drawer; it never changes."""
    with events.drawer(still("guide.drawer"), "guide"):
        gr.HTML(text(), apply_default_css=False)
