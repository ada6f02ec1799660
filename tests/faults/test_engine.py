"""The language model fails in the middle of a profile: the process lives on, the visitor keeps the text."""

from types import SimpleNamespace

import pytest

from blue.ui.core import Core
from blue.ui.handlers import Handlers
from tests.ui.test_loading import Names

HISTORY = "Alien (1979) | 5\nMoon (2009) | 4\nHeat | 4\nGrease | 1"
VISITOR = SimpleNamespace(session_hash="visitor")


class FailingPipeline:
    """The engine's own pipeline, which fails after some pieces of its next text."""

    def __init__(self, pipeline: object, after: int) -> None:
        self._pipeline, self._after = pipeline, after

    def __getattr__(self, name: str) -> object:
        return getattr(self._pipeline, name)

    def generate(self, prompt: str, config: object, on_piece) -> object:
        left = self._after

        def on_piece_then_fail(piece: str) -> object:
            nonlocal left
            if left == 0:
                raise RuntimeError("Exception from src/core: can not allocate memory")
            left -= 1
            return on_piece(piece)

        return self._pipeline.generate(prompt, config, on_piece_then_fail)


@pytest.fixture
def failing(profiler, monkeypatch):
    """Make the engine fail after so many pieces."""

    def fail(after: int) -> None:
        generator = profiler.generator
        monkeypatch.setattr(generator, "_pipeline", FailingPipeline(generator._pipeline, after))

    return fail


def written(handlers: Handlers) -> tuple[dict, object]:
    """All updates of one reading and writing, the last value of each; and the session."""
    shown: dict = {}
    for updates in handlers.read_text(HISTORY, "By taste", VISITOR):
        shown |= updates
    return shown, shown["session"]


def test_what_was_written_is_kept_and_the_next_text_is_written(profiler, failing, monkeypatch):
    handlers = Handlers(Core(profiler), Names())
    failing(12)
    shown, session = written(handlers)
    assert "The model stopped" in shown["status"]
    assert 'role="alert"' in shown["status"]
    assert session.current.origin == "stopped half-way"
    assert session.current.profile.text
    assert [one.title for one in session.history] == ["Alien", "Moon", "Heat", "Grease"]
    assert shown["ranking"].count("<tr ") > 10  # what there is of it ranks
    assert shown["write"]["interactive"] is True
    monkeypatch.undo()
    shown, session = written(handlers)
    assert "Written in" in shown["status"]
    assert session.current.origin.startswith("written")


def test_a_failure_before_the_first_word_loses_nothing(profiler, failing):
    core = Core(profiler)
    handlers = Handlers(core, Names())
    failing(0)
    shown, session = written(handlers)
    assert "The model stopped" in shown["status"]
    assert session.versions == ()
    assert len(session.history) == 4
    assert shown["write"]["interactive"] is True
    assert len(core.line) == 0  # its place is free again


def test_an_endpoint_explains_it(profiler, failing):
    failing(3)
    with pytest.raises(Exception, match="The model stopped") as caught:
        profiler.write(profiler.read(HISTORY).interactions)
    assert type(caught.value).__name__ == "GenerationError"
    assert profiler.generator._lock._line == type(profiler.generator._lock._line)()  # the turn passed on


class TestTheLineOnThePage:
    def test_who_waits_is_told_place_and_time_then_served(self, profiler):
        core = Core(profiler)
        handlers = Handlers(core, Names())
        with core.line.place("somebody") as first:
            core.line.ahead(first)
            steps = handlers.read_text(HISTORY, "By taste", VISITOR)
            told = [next(steps) for _ in range(3)][-1]["status"]
            assert "1 text is being written before yours: about 8 s until it begins" in told
        shown = {}
        for updates in steps:
            shown |= updates
        assert "Written in" in shown["status"]
        assert len(core.line) == 0

    def test_stop_while_waiting_changes_nothing(self, profiler):
        core = Core(profiler)
        handlers = Handlers(core, Names())
        with core.line.place("somebody") as first:
            core.line.ahead(first)
            steps = handlers.read_text(HISTORY, "By taste", VISITOR)
            for _ in range(3):
                next(steps)
            handlers.stop(VISITOR)
            shown = {}
            for updates in steps:
                shown |= updates
        assert "Stopped before it began" in shown["status"]
        assert shown["write"]["interactive"] is True

    def test_a_browser_that_closes_while_waiting_gives_its_place_back(self, profiler):
        core = Core(profiler)
        handlers = Handlers(core, Names())
        with core.line.place("somebody") as first:
            core.line.ahead(first)
            steps = handlers.read_text(HISTORY, "By taste", VISITOR)
            for _ in range(3):
                next(steps)
            assert len(core.line) == 2
            steps.close()  # what gradio does when the connection is gone
            assert len(core.line) == 1

    def test_a_server_that_stops_returns_who_waits_with_what_they_have(self, profiler):
        core = Core(profiler)
        handlers = Handlers(core, Names())
        with core.line.place("somebody") as first:
            core.line.ahead(first)
            steps = handlers.read_text(HISTORY, "By taste", VISITOR)
            shown = {}
            for _ in range(3):
                shown |= next(steps)
            core.line.close()
            for updates in steps:
                shown |= updates
        assert "about to restart" in shown["status"]
        assert len(shown["session"].history) == 4
