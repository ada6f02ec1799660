"""The endpoints as MCP tools, over real HTTP: what a client reads of them, and what each answers."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from gradio.components.api_component import Api
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, Tool

from blue.ui import view
from blue.ui.core import Core
from blue.ui.describing import PARAMETERS
from blue.ui.loading import LoadingProfiler

HISTORY = "Alien (1979) | 5\nMoon (2009) | 4\nHeat | 4\nGrease | 1"
PROFILE = "Lonely space films.\nHeist films with a code of honour."
CALLS: dict[str, tuple[dict, set[str]]] = {  # the arguments, and the fields of the answer
    "parse": ({"history": HISTORY}, {"format", "interactions", "skipped", "notes", "wish_list"}),
    "profile": ({"history": HISTORY}, {"profile", "sentences"}),
    "rank": ({"profile": PROFILE, "history": HISTORY, "top": 5}, {"profile", "items"}),
    "score": (
        {"history": HISTORY, "next": "Moon", "profile": PROFILE, "judge": False},
        {"target", "total", "guards", "rank"},
    ),
    "explain": (
        {"history": HISTORY, "profile": PROFILE, "top": 3},
        {"profile", "items", "sentences", "what_if"},
    ),
    "compare": (
        {"history": HISTORY, "profile": PROFILE, "other": "Space films.", "top": 3},
        {"old", "new", "words", "overlap", "moved", "left"},
    ),
    "both": (
        {
            "history": HISTORY,
            "other_history": "Ronin | 4",
            "profile": PROFILE,
            "other_profile": PROFILE,
            "top": 3,
        },
        {"profiles", "candidates", "items", "shared"},
    ),
    "ask": (
        {"question": "Would I like Aliens?", "history": HISTORY, "profile": PROFILE},
        {"question", "intent", "answer", "items", "given"},
    ),
}


def visit(url: str, use: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    """What a client of its own gets from the server, in a thread without a running event loop."""

    async def connect() -> Any:
        async with (
            streamable_http_client(f"{url}/gradio_api/mcp/") as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            return await use(session)

    with ThreadPoolExecutor(1) as beside:
        return beside.submit(asyncio.run, connect()).result()


def call(url: str, name: str, arguments: dict) -> CallToolResult:
    return visit(url, lambda session: session.call_tool(name, arguments))


@pytest.fixture(scope="module")
def tools(app_url: str) -> dict[str, Tool]:
    listed = visit(app_url, lambda session: session.list_tools())
    return {tool.name: tool for tool in listed.tools}


def test_every_parameter_is_described_whole_with_its_default(tools: dict[str, Tool]) -> None:
    assert set(tools) == set(CALLS)
    history = tools["parse"].inputSchema["properties"]["history"]["description"]
    assert history == f"{PARAMETERS['history']} Required."
    for tool in tools.values():
        required = set(tool.inputSchema.get("required", ()))
        for name, parameter in tool.inputSchema["properties"].items():
            told = parameter["description"]
            assert told.endswith("Required." if name in required else "."), (tool.name, name)
            assert ("Default: " in told) == (name not in required), (tool.name, name)
    rank = tools["rank"].inputSchema["properties"]
    assert rank["history"]["description"].endswith("Default: empty.")  # which the schema itself leaves out
    assert rank["top"]["description"].endswith("Default: 20.")
    assert tools["score"].inputSchema["properties"]["seed"]["description"].endswith("Default: 0.")
    assert rank["scoring"]["enum"] == ["facets", "single"]


def test_a_tool_says_what_it_answers(tools: dict[str, Tool]) -> None:
    for name, (_, fields) in CALLS.items():
        said = tools[name].description or ""
        assert all(field in said for field in fields), said


@pytest.mark.parametrize("name", CALLS)
def test_each_answers_json_with_named_fields(app_url: str, name: str) -> None:
    arguments, fields = CALLS[name]
    answer = call(app_url, name, arguments)
    assert not answer.isError, answer.content
    (text,) = answer.content
    record = json.loads(text.text)
    assert answer.structuredContent == record
    assert fields <= set(record)


def test_it_is_the_same_with_and_without_a_progress_token(app_url: str) -> None:
    told: list[float] = []

    async def hear(progress: float, *_: object) -> None:
        told.append(progress)

    arguments = CALLS["rank"][0]
    quiet = call(app_url, "rank", arguments)
    followed = visit(app_url, lambda session: session.call_tool("rank", arguments, progress_callback=hear))
    assert followed.structuredContent == quiet.structuredContent
    assert told


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("rank", {"profile": PROFILE, "scoring": "taste"}, "'taste' is not one of"),
        ("rank", {"profile": PROFILE, "top": 0}, "Choose 1 to 200"),
        ("rank", {}, "'profile' is a required property"),
        ("ask", {"question": "Would I like Zqxv Wrrlk?", "profile": PROFILE}, "Zqxv"),
    ],
)
def test_a_bad_call_is_an_error_in_words(app_url: str, name: str, arguments: dict, said: str) -> None:
    answer = call(app_url, name, arguments)
    assert answer.isError
    assert said in answer.content[0].text


def test_no_tool_has_a_component_that_keeps_anything() -> None:
    """All MCP clients are one session of the page: a state among the inputs would be everybody's."""
    page = view.build(Core(LoadingProfiler()))
    public = [action for action in page.fns.values() if action.api_visibility == "public"]
    assert {action.api_name for action in public} == set(CALLS)
    for action in public:
        assert all(isinstance(block, Api) for block in (*action.inputs, *action.outputs))
        assert len(action.outputs) == 1  # of two, a client without a progress token would get one list


def test_two_clients_at_once_never_see_each_other(app_url: str) -> None:
    mine = ("Heist films with a code of honour.", "Heat | 5\nRonin | 4")
    theirs = ("Animated fairy tales with songs.", "Aladdin | 5\nFrozen | 4")

    def ranked(one: tuple[str, str]) -> dict:
        arguments = {"profile": one[0], "history": one[1], "domain": "movie", "top": 10}
        return call(app_url, "rank", arguments).structuredContent

    alone = [ranked(mine), ranked(theirs)]
    assert not {item["title"] for item in alone[0]["items"]} & {item["title"] for item in alone[1]["items"]}
    with ThreadPoolExecutor(8) as many:
        together = list(many.map(ranked, [mine, theirs] * 6))
    assert together == alone * 6
