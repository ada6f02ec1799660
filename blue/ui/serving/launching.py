"""How a page is served: where it listens, and everything that Gradio could share or keep switched off."""

import os

import gradio as gr
from starlette.middleware import Middleware

from blue.ui import view
from blue.ui.serving.access import MESSAGE, Access
from blue.ui.serving.gate import LOOPBACK, QUEUE_SIZE, Doors, Gate
from blue.ui.serving.guarding import guard
from blue.ui.serving.headers import SecurityHeaders
from blue.ui.serving.stopping import Closing
from blue.ui.serving.tools import Tools
from blue.ui.words import I18N

MOST_SESSIONS = 128  # of 0.4 MB each; beyond that the one not seen for longest must reload its page
MOST_THREADS = 160  # calls in progress, of which most wait in the line for the language model


def launch(page: gr.Blocks, closing: Closing, access: Access | None = None) -> None:
    """Serve a page in the background, as HOST, PORT and BLUE_HOSTS say; with `access` to its users alone."""
    on_a_space = "SPACE_ID" in os.environ
    host = os.environ.get("HOST") or ("0.0.0.0" if on_a_space else "127.0.0.1")
    guard(page)
    tools = Tools(page)
    page.mcp_server_obj, page.mcp_server = tools, True
    os.environ.setdefault("MPLBACKEND", "agg")  # or Gradio, which draws nothing here, looks for a display
    # Gradio makes a table of its last 10,000 calls after each one, for a dashboard that is off here.
    os.environ |= {"GRADIO_ANALYTICS_MAX_EVENTS": "1", "GRADIO_ANALYTICS_CACHE_FREQUENCY": str(10**9)}
    # Calls that skip the queue would skip its limits too.
    page.queue(max_size=QUEUE_SIZE, default_concurrency_limit=2, api_open=False).launch(
        server_name=host,
        server_port=int(os.environ.get("PORT", "7860")),
        auth=access.check if access else None,
        auth_message=MESSAGE if access else None,
        theme=view.THEME,
        i18n=I18N,
        css_paths=[view.STYLE],
        head=view.HEAD,
        max_file_size=view.UPLOAD_LIMIT,
        max_threads=MOST_THREADS,
        state_session_capacity=MOST_SESSIONS,
        footer_links=["api"],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,  # ours, above, instead of Gradio's own
        share=False,
        ssr_mode=False,
        pwa=False,
        strict_cors=True,
        show_error=True,  # what is shown was worded for the visitor: see guarding
        quiet=False,
        prevent_thread_lock=True,  # the page is there within seconds; the models follow
        app_kwargs={
            "lifespan": tools.lifespan,
            "middleware": [
                Middleware(SecurityHeaders, on_a_space=on_a_space),
                Middleware(
                    Gate, page=page, doors=doors(host, on_a_space), closing=closing, locked=access is not None
                ),
            ],
        },
    )


def doors(host: str, on_a_space: bool) -> Doors:
    """By which names the app may be called.

    One that listens on loopback answers to loopback names alone: a site whose name was pointed at 127.0.0.1
    is not this page. BLUE_HOSTS adds the names that a proxy of one's own is called by.
    """
    named = {name.strip().lower() for name in os.environ.get("BLUE_HOSTS", "").split(",") if name.strip()}
    if host not in LOOPBACK and not named:
        own = {os.environ["SPACE_HOST"].lower()} if on_a_space and "SPACE_HOST" in os.environ else set()
        return Doors(hosts=None, proxied=on_a_space, own=own)
    return Doors(hosts=LOOPBACK | named, proxied=bool(named), own=named)
