"""What `app.py` does behind a page that is ready."""

from threading import Thread
from types import SimpleNamespace

import pytest

import app
from blue.errors import WeightsError


def warmed(core: SimpleNamespace) -> None:
    """In a thread of its own, because it steps back."""
    warming = Thread(target=app.warm_language_models, args=(core,))
    warming.start()
    warming.join()


def test_base_weights_that_are_gone_are_told_in_one_line_and_end_nothing(
    profiler, capsys: pytest.CaptureFixture
):
    def refuse() -> None:
        raise WeightsError("SmolLM2-135M.gguf is gone.")

    warmed(
        SimpleNamespace(profiler=SimpleNamespace(loaded=profiler), inspector=SimpleNamespace(judge=refuse))
    )
    assert capsys.readouterr().out == "questions cannot be answered: SmolLM2-135M.gguf is gone.\n"


def test_language_models_are_used_once(profiler, capsys: pytest.CaptureFixture):
    used = []
    inspector = SimpleNamespace(judge=lambda: used.append("questions"))
    warmed(SimpleNamespace(profiler=SimpleNamespace(loaded=profiler), inspector=inspector))
    assert used == ["questions"]
    assert capsys.readouterr().out == "ready for questions\n"
