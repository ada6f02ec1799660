"""The foot of the page says which published profiler is in use, and what could not be reached."""

from types import SimpleNamespace

from blue.models.generator import LoadedProfiler
from blue.ui import html


def page_of(about: LoadedProfiler, *outages: str) -> str:
    return html.footer(
        SimpleNamespace(
            generator=SimpleNamespace(about=about),
            encoder=SimpleNamespace(name="all-MiniLM-L6-v2@1a2b"),
            retriever=SimpleNamespace(encoder_source="hub"),
            catalog=_Items(),
            outages=outages,
        )
    )


class _Items(tuple):
    """An empty catalogue."""

    about = coverage = ""


def test_a_published_profiler_is_named_with_its_commit():
    about = LoadedProfiler("tiny", "transformers", "local path", published="alice/tiny@1a2b3c4")
    assert about.trained  # merged weights have no adapter
    assert "<b>tiny + alice/tiny@1a2b3c4</b>" in page_of(about)


def test_an_outage_is_shown_as_text():
    about = LoadedProfiler("tiny", "openvino", "hub", adapter="a", published="alice/tiny@1a2b3c4")
    assert "<span>The Hub could not be reached: &lt;b&gt;</span>" in page_of(
        about, "The Hub could not be reached: <b>"
    )
