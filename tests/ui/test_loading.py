"""The page that is there before its models."""

import re
from types import SimpleNamespace

import pytest

from blue.catalog.examples import list_examples
from blue.profiler import Profiler
from blue.ui import html, view, words
from blue.ui.core import Core
from blue.ui.handlers import Handlers
from blue.ui.loading import LoadingProfiler


class Names:
    """Any component, by its name."""

    def __getattr__(self, name: str) -> str:
        return name


def test_a_page_is_built_without_a_model():
    page = view.build(Core(LoadingProfiler()))
    shown = [block.value for block in page.blocks.values() if isinstance(getattr(block, "value", None), str)]
    keys = re.findall(r'"key": "(block\.\w+)"', " ".join(shown))
    assert any("loading the models" in words.I18N.translations["en"][key] for key in keys)


def test_who_comes_early_is_told_what_is_loading_and_then_what_was_loaded(profiler: Profiler):
    loading = LoadingProfiler()
    visit = Handlers(Core(loading), Names()).first_visit(list_examples()[0])(
        "facets", SimpleNamespace(session_hash="early")
    )
    loading.report("embedding the items", 0.4)
    assert "embedding the items 40%" in next(visit)["status"]
    loading.finish(profiler)
    arrived = next(visit)
    assert profiler.generator.about.name in arrived["header"]
    assert f"{len(profiler.catalog):,} items" in arrived["footer"]


def test_attributes_are_those_of_the_loaded_profiler(profiler: Profiler):
    loading = LoadingProfiler()
    assert not loading.wait(0)
    with pytest.raises(AttributeError):
        _ = loading.__deepcopy__
    loading.finish(profiler)
    assert loading.wait(0)
    assert loading.catalog is profiler.catalog


def test_the_ends_of_a_page_say_what_is_loaded_or_that_it_is_not(profiler: Profiler):
    assert "loading" in html.header(None)
    state = "trained" if profiler.trained else "untrained"
    assert f'badge {state}"' in html.header(profiler)
    assert "Loading" in html.footer(None)
