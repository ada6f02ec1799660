"""What is made once over the models, while another page's models never come."""

from threading import Thread
from types import SimpleNamespace

import pytest

from blue.datatypes import Item
from blue.ui.core import ALL, Core
from blue.ui.loading import LoadingProfiler


def loaded(*kinds: str) -> SimpleNamespace:
    return SimpleNamespace(catalog=SimpleNamespace(items=[Item(f"x:{kind}", kind, kind) for kind in kinds]))


def test_who_waits_for_models_keeps_nobody_else_from_what_is_there():
    waiting = Core(LoadingProfiler())
    asked = Thread(target=lambda: waiting.kind_choices, daemon=True)
    asked.start()
    there = Core(loaded("movie"))
    found: list[dict] = []
    other = Thread(target=lambda: found.append(there.kind_choices), daemon=True)
    other.start()
    other.join(10)
    assert found == [{ALL: (), "Movies": ("movie",)}]
    assert asked.is_alive()
    waiting.profiler.finish(loaded("book"))
    asked.join(10)
    assert waiting.kind_choices == {ALL: (), "Books": ("book",)}


def test_it_is_made_once():
    core = Core(loaded("movie", "book"))
    assert core.kind_choices is core.kind_choices


def test_a_failed_start_is_told_to_who_waits():
    core = Core(LoadingProfiler())
    core.profiler._loaded.set_exception(OSError("no space left"))
    with pytest.raises(OSError, match="no space left"):
        _ = core.kind_choices
