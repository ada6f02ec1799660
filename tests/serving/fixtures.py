"""The app over real HTTP in the tests' own process: the page with the real models, behind its gate."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import gradio as gr
import httpx
import pytest

from blue.people import Library
from blue.profiler import Profiler
from blue.ui import view
from blue.ui.core import Core
from blue.ui.loading import LoadingProfiler
from blue.ui.serving.access import Access
from blue.ui.serving.launching import launch
from blue.ui.serving.line import Line
from blue.ui.serving.stopping import Closing


@dataclass(frozen=True)
class Served:
    """A page that is being served."""

    url: str
    page: gr.Blocks
    line: Line
    closing: Closing

    def client(self, **options) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=30, **options)


@contextmanager
def serving(
    profiler: Profiler | LoadingProfiler, library: Library | None = None, access: Access | None = None
) -> Iterator[Served]:
    """Serve a page on a free port until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    core = Core(profiler)
    page, closing = view.build(core, library), Closing(core.line)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORT", str(port))
        patch.delenv("HOST", raising=False)
        patch.delenv("SPACE_ID", raising=False)
        launch(page, closing, access)
    try:
        yield Served(f"http://127.0.0.1:{port}", page, core.line, closing)
    finally:
        page.close(verbose=False)


@pytest.fixture(scope="session")
def served(profiler: Profiler) -> Iterator[Served]:
    """One app for all tests that do not flood it."""
    with serving(profiler) as one:
        yield one


@pytest.fixture
def fresh() -> Iterator[Served]:
    """An app of one's own, whose models never come: for what happens before them."""
    with serving(LoadingProfiler()) as one:
        yield one
