"""What was asked last wins, whatever the order in which threads get on."""

import threading
from collections.abc import Iterator

import gradio as gr
import pytest

from blue.ui import intentions
from blue.ui.intentions import Intentions

SKIP = gr.skip()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Intentions:
    monkeypatch.setattr(intentions, "visitor", lambda: "ada")
    return Intentions()


def counting(closed: list[str]) -> Iterator[dict]:
    try:
        for number in range(10):
            yield {"number": number}
    finally:
        closed.append("closed")


def test_a_handler_that_nobody_overtakes_says_everything(asked: Intentions) -> None:
    assert list(asked.lasting(lambda: counting([]))()) == [{"number": n} for n in range(10)]


def test_a_newer_wish_ends_the_older_one_which_then_says_nothing(asked: Intentions) -> None:
    closed: list[str] = []
    older = asked.lasting(lambda: counting(closed))()
    assert next(older) == {"number": 0}
    next(older)
    newer = threading.Thread(target=lambda: asked.at_once(dict)())
    newer.start()  # waits until what is on its way was sent
    assert list(older) == [SKIP]  # what gradio repeats at the end changes nothing
    assert closed == ["closed"]
    newer.join(1)
    assert not newer.is_alive()


def test_a_newer_wish_waits_until_what_is_on_its_way_has_arrived(asked: Intentions) -> None:
    arrived: list[str] = []
    older = asked.lasting(lambda: counting([]))()
    next(older)
    newer = threading.Thread(target=lambda: asked.at_once(lambda: arrived.append("newer") or {})())
    newer.start()
    newer.join(0.2)
    assert arrived == []  # gradio still holds the older one's update
    arrived.append("older")
    list(older)
    newer.join(1)
    assert arrived == ["older", "newer"]


def test_what_waits_for_the_writing_is_skipped_meanwhile_and_served_after(asked: Intentions) -> None:
    look = asked.unless_running(lambda: {"looked": True})
    writing = asked.lasting(lambda: counting([]))()
    next(writing)
    assert look() == SKIP
    list(writing)
    assert look() == {"looked": True}


def test_visitors_do_not_overtake_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    who = ["ada"]
    monkeypatch.setattr(intentions, "visitor", lambda: who[0])
    asked = Intentions()
    hers = asked.lasting(lambda: counting([]))()
    next(hers)
    who[0] = "bob"
    asked.at_once(dict)()
    assert len(list(hers)) == 9
