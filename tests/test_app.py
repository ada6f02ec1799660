"""What `app.py` does behind a page that is ready."""

import subprocess
import sys
from collections.abc import Callable
from threading import Thread
from types import SimpleNamespace

import pytest

import app
from blue.errors import WeightsError
from blue.history import TitleSearch
from blue.profiler import Profiler


def core(profiler: Profiler, judge: Callable[[], None]) -> SimpleNamespace:
    """What warming uses: the profiler, the index of its titles, and the model that answers."""
    return SimpleNamespace(
        profiler=SimpleNamespace(loaded=profiler),
        find_titles=lambda words: TitleSearch(profiler.catalog.items).search(words, most=5),
        inspector=SimpleNamespace(judge=judge),
    )


def warmed(core: SimpleNamespace) -> None:
    """In a thread of its own, because it steps back."""
    warming = Thread(target=app.warm_language_models, args=(core,))
    warming.start()
    warming.join()


@pytest.mark.parametrize("kind", [WeightsError, FileNotFoundError])
def test_base_weights_that_are_gone_are_told_in_one_line_and_end_nothing(
    profiler: Profiler, capsys: pytest.CaptureFixture, kind: type[Exception]
):
    def refuse() -> None:
        raise kind("SmolLM2-135M.gguf is gone.")

    warmed(core(profiler, refuse))
    assert capsys.readouterr().out == "questions cannot be answered: SmolLM2-135M.gguf is gone.\n"


def test_language_models_are_used_once(profiler, capsys: pytest.CaptureFixture):
    used = []
    warmed(core(profiler, lambda: used.append("questions")))
    assert used == ["questions"]
    assert capsys.readouterr().out == "ready for questions\n"


def test_the_page_is_built_without_torch():
    """Of OpenVINO's engine nothing needs it, and it takes as long to import as all the rest."""
    asked = "import sys, app; print(*sorted({'torch', 'peft', 'transformers'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
