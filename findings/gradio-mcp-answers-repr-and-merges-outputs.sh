#!/usr/bin/env bash
# gradio 6.31.0 [mcp]: a tool that returns a dict answers Python's repr of it; two outputs become one without a token.
#
# Expected: an endpoint that returns {"rating": None, "known": True} answers JSON text, as over REST; a function
# of two outputs answers two contents, whether or not the client follows its progress.
# Seen: the text is "{'rating': None, 'known': True}", which is no JSON; and a call without a progress token
# answers two outputs as one content, "['a', 'b']", a call with one as two, "a" and "b".
# So: return one output, and write JSON oneself (by overriding GradioMCPServer.postprocess_output_data).
#
# Output seen:
#   record: ["{'rating': None, 'known': True}"]
#   pair, without a progress token: ["['a', 'b']"]
#   pair, with one: ['a', 'b']
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet "gradio[mcp]==6.31.0" mcp==1.30.0
GRADIO_ANALYTICS_ENABLED=False "$folder/env/bin/python" - <<'PYTHON'
import asyncio

import gradio as gr
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client


def record() -> dict:
    """A record."""
    return {"rating": None, "known": True}


def pair() -> tuple[str, str]:
    """Two outputs."""
    return "a", "b"


with gr.Blocks() as page:
    gr.api(record, api_name="record")
    gr.api(pair, api_name="pair")
_, url, _ = page.launch(mcp_server=True, prevent_thread_lock=True, quiet=True)


async def call(name: str, progress=None) -> list[str]:
    async with (
        streamable_http_client(f"{url}gradio_api/mcp/") as (reading, writing, _),
        ClientSession(reading, writing) as session,
    ):
        await session.initialize()
        answer = await session.call_tool(name, {}, progress_callback=progress)
        return [content.text for content in answer.content]


async def follow(*told) -> None:
    """Progress is asked for, and not looked at."""


one, merged, apart = (asyncio.run(call(*what)) for what in (("record",), ("pair",), ("pair", follow)))
page.close(verbose=False)
print(f"record: {one}\npair, without a progress token: {merged}\npair, with one: {apart}")
assert one == ["{'rating': None, 'known': True}"], "the answer is JSON now"
assert len(merged) == 1, "outputs are kept apart now"
assert apart == ["a", "b"]
PYTHON
