"""The same actions as endpoints: through gradio_client and as MCP tools, over real HTTP."""

import asyncio

import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

HISTORY = "Alien (1979) | 5\nMoon (2009) | 4\nHeat | 4\nGrease | 1"


@pytest.fixture(scope="module")
def client(app_url: str) -> Client:
    return Client(app_url, verbose=False)


def test_only_the_typed_endpoints_are_public(client: Client) -> None:
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == {"/parse", "/profile", "/rank"}


def test_parse_tells_what_was_read_and_skipped(client: Client) -> None:
    parsed = client.predict(HISTORY + "\nDune | ten", api_name="/parse")
    assert parsed["format"] == "lines"
    assert [one["title"] for one in parsed["interactions"]] == ["Alien", "Moon", "Heat", "Grease"]
    assert parsed["skipped"][0]["line"] == 5


def test_profile_then_rank(client: Client) -> None:
    written = client.predict(HISTORY, api_name="/profile")
    assert 1 <= len(written["sentences"]) <= 5
    ranked = client.predict(written["profile"], HISTORY, "facets", "movie", 7, api_name="/rank")
    assert [item["rank"] for item in ranked["items"]] == list(range(1, 8))
    assert {item["kind"] for item in ranked["items"]} == {"movie"}
    assert all(item["sentence"] in written["sentences"] for item in ranked["items"])
    assert "Alien" not in {item["title"] for item in ranked["items"] if item["year"] == 1979}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("", ""), "empty"),
        (("Avoids horror.", ""), "what you like"),
        (("Space.", "", "facets", "all", 0), "Choose 1 to 200"),
    ],
)
def test_bad_calls_are_explained(client: Client, arguments: tuple, said: str) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(*arguments, api_name="/rank")


def test_the_endpoints_are_mcp_tools(app_url: str) -> None:
    async def ask() -> tuple[set[str], str]:
        async with (
            streamablehttp_client(f"{app_url}/gradio_api/mcp/") as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await session.initialize()
            tools = (await session.list_tools()).tools
            name = next(tool.name for tool in tools if tool.name.endswith("parse"))
            answer = await session.call_tool(name, {"history": HISTORY})
            return {tool.name.rpartition("_")[2] for tool in tools}, answer.content[0].text

    names, answer = asyncio.run(ask())
    assert names == {"parse", "profile", "rank"}
    assert "Alien" in answer
