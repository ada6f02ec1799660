"""Malformed calls to every endpoint of the app's own OpenAPI description: 4xx with a sentence, never 5xx.

The app's models never come, so that calls which are accepted cost nothing; what is refused is refused before
any of it would run.
"""

import json
import re

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from blue.profiler import Profiler
from tests.serving.fixtures import Served, serving
from tests.serving.test_gate import JOIN, call

CHEAP = settings(
    deadline=None, max_examples=15, database=None, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
JSON = "application/json"
ROUTES = ("queue/join", "call/rank", "call/v2/rank", "component_server", "cancel", "reset", "upload")
SAID = (200, 400, 403, 404, 405, 408, 411, 413, 415, 422, 429)
json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def check(response, sent: object = "") -> None:
    """Refused with a sentence, or accepted; never a bare error."""
    assert response.status_code in SAID, (response.status_code, response.text[:200], sent)
    assert "Traceback" not in response.text
    if response.status_code >= 400 and "json" in response.headers.get("content-type", ""):
        assert response.json()["detail"], sent


@pytest.mark.parametrize("mode", [GenerationMode.NEGATIVE, GenerationMode.POSITIVE], ids=["bad", "good"])
def test_every_described_endpoint_refuses_what_does_not_fit(fresh: Served, mode):
    schema = schemathesis.openapi.from_url(f"{fresh.url}/gradio_api/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    posts = [one for one in operations if one.method.lower() == "post"]
    assert {post.path.rpartition("/")[2] for post in posts} >= {"parse", "rank", "ask", "upload"}
    # An event's name may be any text: there is no bad one.
    for operation in posts if mode is GenerationMode.NEGATIVE else operations:

        @CHEAP
        @given(case=operation.as_strategy(generation_mode=mode))
        def described(case):
            response = case.call(base_url=fresh.url, timeout=20, headers={"Connection": "close"})
            check(response, case.body)

        described()


def test_any_json_and_any_bytes_are_refused_or_understood(fresh: Served):
    kinds = st.sampled_from([JSON, "text/plain", "multipart/form-data", ""])
    with fresh.client() as client:

        @settings(CHEAP, max_examples=60)
        @given(st.sampled_from(ROUTES), json_values)
        def any_json(route, value):
            content = json.dumps(value)
            check(
                client.post(f"/gradio_api/{route}", content=content, headers={"Content-Type": JSON}), content
            )

        @settings(CHEAP, max_examples=60)
        @given(st.sampled_from(ROUTES), st.binary(max_size=60), kinds)
        def any_bytes(route, content, kind):
            check(
                client.post(f"/gradio_api/{route}", content=content, headers={"Content-Type": kind}), content
            )

        any_json()
        any_bytes()


def test_any_values_for_any_action_of_the_page(fresh: Served):
    """The page's own actions are reachable too: a call of the wrong shape is refused, each of them."""
    actions = sorted(fresh.page.fns)
    with fresh.client() as client:

        @settings(CHEAP, max_examples=150)
        @given(st.sampled_from(actions), st.lists(json_values, max_size=8))
        def call_it(number, data):
            body = {"session_hash": f"fuzz-{number}", "fn_index": number, "data": data}
            check(client.post(JOIN, content=json.dumps(body)), body)

        call_it()


def test_an_event_that_never_was(served: Served):
    with served.client() as client:
        for path in ("/gradio_api/call/rank/nothing", "/gradio_api/call/v2/rank/nothing"):
            answer = client.get(path)
            assert answer.status_code == 404
            assert "no such call" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("parse", [""], "empty"),
        ("parse", ["x" * 5_300_000], "at most 5 MB"),
        ("profile", ["\n\n"], "empty"),
        ("rank", ["", "", "facets", "all", 5, 0.1, "", "", ""], "empty"),
        ("rank", ["Space.", "", "facets", "poem", 5, 0.1, "", "", ""], "poem"),
        ("rank", ["Space.", "", "facets", "all", 10**18, 0.1, "", "", ""], "Choose 1 to 200"),
        ("rank", ["a. " * 900, "", "facets", "all", 5, 0.1, "", "", ""], "Shorten it"),
        ("score", ["Heat | 5", "Zqxv", "", "facets", False, 0], "Zqxv"),
        ("explain", ["Heat | 5", "Space.", "Zqxv", "facets", "all", 5, 0.1, "", ""], "Zqxv"),
        ("compare", ["Heat | 5", "Space.", "Heist.", "", "facets", "all", 0, "", ""], "Choose 1 to 200"),
        ("ask", ["", "Heat | 5", "Space.", "profile", "all", "", "", ""], "[Aa]sk"),
    ],
)  # fmt: skip
def test_what_has_the_right_shape_and_makes_no_sense_is_explained(served: Served, name, data, said, capfd):
    with served.client() as client:
        joined = client.post(f"/gradio_api/call/{name}", json={"data": data})
        assert joined.status_code == 200, joined.text
        told = client.get(f"/gradio_api/call/{name}/{joined.json()['event_id']}").text
    assert "event: error" in told
    assert re.search(said, told), told[:300]
    written = capfd.readouterr()
    assert "Traceback" not in written.err + written.out
    assert "bug:" not in written.err


def test_a_bug_is_told_and_logged_without_the_visitors_words(profiler, monkeypatch, capfd):
    secret = "Zanzibar Quokka Chronicle"

    def broken(self, source, filename=None):
        raise KeyError(source)

    monkeypatch.setattr(Profiler, "read", broken)
    with serving(profiler) as one, one.client() as client:
        joined = client.post("/gradio_api/call/parse", json={"data": [secret]})
        told = client.get(f"/gradio_api/call/parse/{joined.json()['event_id']}").text
        assert client.post(JOIN, json=call(one, "after-it")).status_code == 200  # it lives on
    written = capfd.readouterr()
    assert "our mistake (KeyError" in told
    assert "bug: KeyError" in written.err
    assert secret not in told + written.err + written.out
