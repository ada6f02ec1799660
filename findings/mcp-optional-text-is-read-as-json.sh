#!/usr/bin/env bash
# mcp 1.30.0: FastMCP reads the text of an optional parameter as JSON; the word null arrives as nothing.
#
# Expected: `history: str | None = None` takes any text, as `history: str = ""` does; the tool's schema says that
# it is a string or null.
# Seen: a text that happens to be JSON is parsed before it is checked, unless the annotation is `str` itself. An
# export of a history in JSON, or a film's title in brackets such as ["Heat"], is refused with "Input should be a
# valid string"; "null" calls the function with None, silently. Both pass where the parameter is a plain str.
# So: annotate text as `str` with "" for none.
#
# Output seen:
#   str | None, 'Heat': 'Heat'
#   str | None, '[{"title": "Heat"}]': ToolError
#   str | None, 'null': None
#   str, 'Heat': 'Heat'
#   str, '[{"title": "Heat"}]': '[{"title": "Heat"}]'
#   str, 'null': 'null'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv --without-pip "$folder/env"
python3 -m pip --python "$folder/env" install --quiet --no-compile mcp==1.30.0
"$folder/env/bin/python" - <<'PYTHON'
import asyncio

from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.exceptions import ToolError

server = FastMCP("histories")


@server.tool()
def optional(history: str | None = None) -> str:
    """What arrived."""
    return repr(history)


@server.tool()
def plain(history: str = "") -> str:
    """What arrived."""
    return repr(history)


async def arrived(tool: str, text: str) -> str:
    try:
        _, structured = await server.call_tool(tool, {"history": text})
    except ToolError as error:
        assert "Input should be a valid string" in str(error)
        return "ToolError"
    return structured["result"]


seen = {}
for tool, annotation in (("optional", "str | None"), ("plain", "str")):
    for text in ("Heat", '[{"title": "Heat"}]', "null"):
        seen[tool, text] = asyncio.run(arrived(tool, text))
        print(f"{annotation}, {text!r}: {seen[tool, text]}")
        assert tool == "optional" or seen[tool, text] == repr(text)
assert seen["optional", "Heat"] == "'Heat'"
assert seen["optional", '[{"title": "Heat"}]'] == "ToolError", "optional text is left alone now"
assert seen["optional", "null"] == "None"
PYTHON
