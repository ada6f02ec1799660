#!/usr/bin/env bash
# gradio 6.31.0 [mcp]: a tool's schema keeps the first line of each parameter's description, and no falsy default.
#
# Expected: an "Args:" entry that goes on in indented lines (Google's style, as every formatter wraps it) reaches
# the client whole; a default of 0, False or "" stands in the schema as one of 20 does.
# Seen: the description ends where its first line ends, in the middle of a sentence; the defaults 0, False and ""
# are left out, while 20 is there.
# So: write each entry on one line however long, and say defaults in words.
#
# Output seen:
#   history: 'Plain lines, CSV or JSON, or the text of an export from' default: none
#   top: 'How many.' default: 20
#   seed: 'Which draw.' default: none
#   judge: 'Whether to ask it.' default: none
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet "gradio[mcp]==6.31.0" mcp==1.30.0
GRADIO_ANALYTICS_ENABLED=False "$folder/env/bin/python" - <<'PYTHON'
import json
import urllib.request

import gradio as gr


def search(history: str = "", top: int = 20, seed: int = 0, judge: bool = False) -> str:
    """Search.

    Args:
        history: Plain lines, CSV or JSON, or the text of an export from
            one of forty services, at most 5 MB.
        top: How many.
        seed: Which draw.
        judge: Whether to ask it.
    """
    return history


with gr.Blocks() as page:
    gr.api(search, api_name="search")
_, url, _ = page.launch(mcp_server=True, prevent_thread_lock=True, quiet=True)
with urllib.request.urlopen(f"{url}gradio_api/mcp/schema") as answer:
    (tool,) = json.load(answer)
page.close(verbose=False)
told = tool["inputSchema"]["properties"]
for name, one in told.items():
    print(f"{name}: {one['description']!r} default: {one.get('default', 'none')}")
assert told["history"]["description"].endswith("export from"), "descriptions are whole now"
assert told["top"]["default"] == 20
assert not any("default" in told[name] for name in ("history", "seed", "judge")), "falsy defaults are there now"
PYTHON
