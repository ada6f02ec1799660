"""The language model fails in the middle of a profile: the process lives on, the visitor keeps the text."""

import pytest

from blue.session import Session
from blue.ui.core import Core
from blue.ui.handlers import Handlers
from tests.faults.page import VISITOR, Names, shown

HISTORY = "Alien (1979) | 5\nMoon (2009) | 4\nHeat | 4\nGrease | 1"


class FailingPipeline:
    """The engine's own pipeline, which fails where a prompt holds a word."""

    def __init__(self, pipeline: object, word: str) -> None:
        self._pipeline, self._word = pipeline, word

    def __getattr__(self, name: str) -> object:
        return getattr(self._pipeline, name)

    def generate(self, prompts: list[str], config: object) -> object:
        if not any(self._word in prompt for prompt in prompts):
            return self._pipeline.generate(prompts, config)
        raise RuntimeError("Exception from src/core: can not allocate memory")


@pytest.fixture
def failing(profiler, monkeypatch):
    """Make the engine fail at the prompts that hold a word."""

    def fail(word: str) -> None:
        generator = profiler.generator
        monkeypatch.setattr(generator, "_pipeline", FailingPipeline(generator._pipeline, word))

    return fail


def written(handlers: Handlers) -> tuple[dict, object]:
    """All updates of one reading and writing, the last value of each; and the session."""
    page = shown(handlers.read_text(Session(), HISTORY, "facets", VISITOR))
    return page, page["session"]


def test_what_was_written_is_kept_and_the_next_text_is_written(profiler, failing, monkeypatch):
    handlers = Handlers(Core(profiler), Names())
    failing("Heat")  # of the second taste
    page, session = written(handlers)
    assert "The model stopped" in page["status"]
    assert 'role="alert"' in page["status"]
    assert session.current.origin == "stopped half-way"
    assert session.current.profile.text
    assert [one.title for one in session.history] == ["Alien", "Moon", "Heat", "Grease"]
    assert page["ranking"]["value"].count("<tr ") > 10  # what there is of it ranks
    assert page["write"]["interactive"] is True
    monkeypatch.undo()
    page, session = written(handlers)
    assert "Written in" in page["status"]
    assert session.current.origin.startswith("written")


def test_a_failure_before_the_first_word_loses_nothing(profiler, failing):
    core = Core(profiler)
    handlers = Handlers(core, Names())
    failing("")
    page, session = written(handlers)
    assert "The model stopped" in page["status"]
    assert session.versions == ()
    assert len(session.history) == 4
    assert page["write"]["interactive"] is True
    assert len(core.line) == 0  # its place is free again


@pytest.mark.parametrize("bug", [ZeroDivisionError, SystemExit])
def test_a_bug_while_writing_leaves_the_page_usable(profiler, monkeypatch, bug):
    def broken(*_: object) -> None:
        raise bug

    core = Core(profiler)
    monkeypatch.setattr(type(core.profiler), "stream", broken)
    page = {}

    def walk() -> None:
        for updates in Handlers(core, Names()).read_text(Session(), HISTORY, "By taste", VISITOR):
            page.update(updates)

    with pytest.raises(bug):
        walk()
    assert page["write"]["interactive"] is True
    assert "broke off" in page["status"]
    assert len(core.line) == 0


def test_an_endpoint_explains_it(profiler, failing):
    failing("Heat")
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
            steps = handlers.read_text(Session(), HISTORY, "facets", VISITOR)
            told = [next(steps) for _ in range(3)][-1]["status"]
            assert "1 text is being written before yours: about 8 s until it begins" in told
        page = shown(steps)
        assert "Written in" in page["status"]
        assert len(core.line) == 0

    def test_stop_while_waiting_changes_nothing(self, profiler):
        core = Core(profiler)
        handlers = Handlers(core, Names())
        with core.line.place("somebody") as first:
            core.line.ahead(first)
            steps = handlers.read_text(Session(), HISTORY, "facets", VISITOR)
            for _ in range(3):
                next(steps)
            handlers.stop(VISITOR)
            page = shown(steps)
        assert "Stopped before it began" in page["status"]
        assert page["write"]["interactive"] is True

    def test_a_browser_that_closes_while_waiting_gives_its_place_back(self, profiler):
        core = Core(profiler)
        handlers = Handlers(core, Names())
        with core.line.place("somebody") as first:
            core.line.ahead(first)
            steps = handlers.read_text(Session(), HISTORY, "facets", VISITOR)
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
            steps = handlers.read_text(Session(), HISTORY, "facets", VISITOR)
            page = shown(next(steps) for _ in range(3))
            core.line.close()
            page |= shown(steps)
        assert "about to restart" in page["status"]
        assert len(page["session"].history) == 4
