"""A tab that is reloaded, slept or was restored comes back to its own state, and to nobody else's."""

from types import SimpleNamespace

import pytest

from blue.catalog.examples import list_examples
from blue.datatypes import Interaction, Profile, Sentence
from blue.session.versions import Session
from blue.ui import returning
from blue.ui.core import Core
from blue.ui.handlers import Handlers
from blue.ui.returning import Returning
from tests.faults.page import Names

MINE, YOURS = "a" * 32, "b" * 32
SESSION = Session((Interaction("Heat", 5.0),)).commit(Profile((Sentence("Heist films."),)), "edited")


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_secret_opens_its_own_session_alone():
    kept = Returning(10)
    kept.keep(MINE, SESSION)
    assert kept.back(MINE) == SESSION
    assert kept.back(YOURS) is None


@pytest.mark.parametrize("secret", ["", None, "a", "A" * 32, "a" * 33, "../" * 11, "a" * 31 + "\n"])
def test_what_is_no_secret_keeps_nothing(secret):
    kept = Returning(10)
    kept.keep(secret, SESSION)
    assert kept.back(secret) is None


def test_it_is_forgotten_after_a_while_and_when_it_is_cleared():
    clock = Clock()
    kept = Returning(10, clock)
    kept.keep(MINE, SESSION)
    clock.now = 11
    assert kept.back(MINE) is None
    kept.keep(MINE, SESSION)
    kept.keep(MINE, Session())
    assert kept.back(MINE) is None


def test_a_crowd_drives_out_who_was_seen_first(monkeypatch):
    monkeypatch.setattr(returning, "KEPT", 3)
    kept = Returning(10)
    for number in range(5):
        kept.keep(f"{number:032x}", SESSION)
    assert [kept.back(f"{number:032x}") is not None for number in range(5)] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_the_page_comes_back_as_it_was_left(profiler):
    handlers = Handlers(Core(profiler), Names())
    request = SimpleNamespace(session_hash="after the reload")
    handlers.changed(SESSION, MINE)
    (shown,) = handlers.first_visit(list_examples()[0])("facets", request, MINE)
    assert shown["session"].versions == SESSION.versions
    assert shown["profile_text"]["value"] == "Heist films."
    assert "Heat" in shown["table"]
    assert shown["ranking"]["value"].count("<tr ") == 20
    *_, other = handlers.first_visit(list_examples()[0])("facets", request, YOURS)
    assert "Heist films." not in str(other.get("profile_text"))
