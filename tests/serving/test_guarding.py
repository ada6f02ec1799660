"""A bug, or a library that ends its thread, costs a visitor one answer and the server nothing."""

import gradio as gr
import pytest

from blue.errors import HistoryError
from blue.ui.serving.guarding import guarded

SECRET = "words of a visitor"


@pytest.mark.parametrize("trouble", [ValueError(SECRET), SystemExit(SECRET), MemoryError(SECRET)])
def test_what_ends_an_action_is_told_and_logged_without_its_words(trouble, capsys):
    def action(_):
        raise trouble

    def steps(_):
        yield "a first step"
        raise trouble

    with pytest.raises(gr.Error, match=r"our mistake.*What you have is kept") as told:
        guarded(action)(1)
    assert SECRET not in str(told.value)
    going = guarded(steps)(1)
    assert next(going) == "a first step"
    with pytest.raises(gr.Error, match=type(trouble).__name__):
        next(going)
    logged = capsys.readouterr().err
    assert logged.count("bug: ") == 2
    assert SECRET not in logged


def test_what_a_visitor_did_is_told_as_it_is():
    def action():
        raise HistoryError("Choose a row.")

    with pytest.raises(gr.Error, match="Choose a row"):
        guarded(action)()
