"""The endpoints as MCP tools whose answers are JSON with named fields, as text and as structured content.

Gradio's own server writes what an endpoint answers with Python's `str`. Everything else of it is kept: the
tools are the public endpoints, called through the same queue, gate and line as everybody.
"""

import json
from typing import Any

from gradio.mcp import GradioMCPServer
from mcp import types
from mcp.server import Server


class Tools(GradioMCPServer):
    """The MCP server of one page. An endpoint answers one JSON object."""

    def create_mcp_server(self) -> Server:
        """Gradio's server, with every answer also as structured content."""
        server = super().create_mcp_server()
        call = server.request_handlers[types.CallToolRequest]

        async def structured(request: types.CallToolRequest) -> types.ServerResult:
            answer = (await call(request)).root
            if not answer.isError:
                answer.structuredContent = json.loads(answer.content[0].text)
            return types.ServerResult(answer)

        server.request_handlers[types.CallToolRequest] = structured
        return server

    def postprocess_output_data(self, data: list[Any], root_url: str) -> list[types.TextContent]:
        """The one object that an endpoint answers, as JSON."""
        (record,) = data
        return [types.TextContent(type="text", text=json.dumps(record, ensure_ascii=False))]
