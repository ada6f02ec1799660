"""A page before its models: it is served at once, and what a visitor does waits until they are loaded."""

import importlib
from collections.abc import Sequence
from concurrent.futures import Future, wait
from contextlib import closing, suppress
from typing import Any

from blue.datatypes import Interaction
from blue.profile import parse_profile
from blue.profiler import Profiler


class LoadingProfiler:
    """Stands in for a `Profiler` that is still being loaded; its attributes are the profiler's own.

    Reading one before `finish` waits. A page over a loaded profiler needs none of this.
    """

    def __init__(self) -> None:
        self._loaded: Future[Profiler] = Future()
        self.doing = "starting"

    def report(self, what: str, share: float | None = None) -> None:
        """Take in the progress of a long step, to be shown to who waits; a `blue.models.weights.Progress`."""
        self.doing = what if share is None else f"{what} {share:.0%}"

    def finish(self, profiler: Profiler) -> None:
        """The models are there: everybody who waits goes on."""
        self._loaded.set_result(profiler)

    def wait(self, seconds: float | None) -> bool:
        """Whether the models are there, at the latest after so many seconds; None for as long as it takes."""
        return bool(wait([self._loaded], seconds).done)

    @property
    def loaded(self) -> Profiler:
        """The profiler itself; waits for it."""
        return self._loaded.result()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # copying and pickling ask for these; they must not wait
            raise AttributeError(name)
        return getattr(self._loaded.result(), name)


def warm_up(profiler: Profiler) -> None:
    """Make the first ranking here, so that no visitor waits for what only the first one needs.

    Titles are sorted for matching, pages of the index read, kernels compiled. Gradio imports Matplotlib, if
    it is installed, at its first call of anything, and answers nobody until that is done.
    """
    with suppress(ImportError):
        importlib.import_module("matplotlib")
    profiler.rank(parse_profile("Slow science fiction about space."), _some_history(profiler))


def warm_up_writing(profiler: Profiler) -> None:
    """Write a first sentence here (about a second): no visitor waits for what only the first one needs."""
    with closing(profiler.stream(_some_history(profiler))) as sentences:
        next(sentences, None)


def _some_history(profiler: Profiler) -> Sequence[Interaction]:
    return profiler.read("Alien\nA title that nobody has heard of").interactions
