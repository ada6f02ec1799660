#!/usr/bin/env bash
# gradio_client 2.7.2: a server's 422 with an ordinary body ends in an AttributeError, or in "0 parameter(s) failed".
#
# Expected: a Gradio server behind a middleware that refuses a call with 422 {"detail": "top is 1 to 200"} (the
# body of FastAPI's HTTPException) gives the client an error with that sentence, or httpx.HTTPStatusError as for
# 400; FastAPI's own list of validation errors gives its messages.
# Seen: the sentence gives AttributeError: 'str' object has no attribute 'get'; FastAPI's list gives a
# ValidationError that says "0 parameter(s) failed validation:" and nothing else. Only a list in the form of
# Gradio's own validators ({"__type__": "validate", "is_valid": false, ...}) is read.
# So: refuse calls of the queue in that form, or with 400.
#
# Output seen:
#   400: HTTPStatusError
#   422, a sentence: AttributeError "'str' object has no attribute 'get'"
#   422, FastAPI's list: ValidationError '0 parameter(s) failed validation:'
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet gradio==6.31.0 gradio-client==2.7.2
GRADIO_ANALYTICS_ENABLED=False "$folder/env/bin/python" - <<'PYTHON'
import gradio as gr
from gradio_client import Client
from starlette.middleware import Middleware
from starlette.responses import JSONResponse

refusal = {}


class Refuse:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        refused = scope["type"] == "http" and scope["path"].endswith("/queue/join")
        await (JSONResponse(**refusal) if refused else self.app)(scope, receive, send)


with gr.Blocks() as page:
    gr.api(lambda: "answer", api_name="ask")
_, url, _ = page.launch(
    prevent_thread_lock=True, quiet=True, app_kwargs={"middleware": [Middleware(Refuse)]}
)
client = Client(url, verbose=False)
fastapi = [{"type": "missing", "loc": ["body", "data"], "msg": "Field required", "input": None}]
said = {}
for name, status, detail in (
    ("400", 400, "top is 1 to 200"),
    ("422, a sentence", 422, "top is 1 to 200"),
    ("422, FastAPI's list", 422, fastapi),
):
    refusal.update(content={"detail": detail}, status_code=status)
    try:
        client.predict(api_name="/ask")
    except Exception as error:
        said[name] = type(error).__name__
        print(f"{name}: {type(error).__name__} {str(error)!r}" if status == 422 else f"{name}: {said[name]}")
page.close(verbose=False)
assert said["422, a sentence"] == "AttributeError", "the sentence is read now"
assert said["422, FastAPI's list"] == "ValidationError"
PYTHON
