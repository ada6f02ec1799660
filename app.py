"""BLUE Studio: load the models, build the page, serve it.

python app.py            # http://127.0.0.1:7860; HOST, PORT and BLUE_MODEL change the defaults
"""

import os
import sys

from blue import memory
from blue.errors import BlueError
from blue.profiler import load_profiler
from blue.ui import view


def report(what: str, share: float | None = None) -> None:
    """Print a long step's progress, so that a first start is not a silent one."""
    print(what if share is None else f"{what} {share:.0%}", flush=True)


def main() -> None:
    """Serve until interrupted; what keeps the models from loading is said in one line."""
    memory.bound_heaps()
    try:
        page = view.build(load_profiler(os.environ.get("BLUE_MODEL", "embedded"), progress=report))
    except BlueError as error:
        sys.exit(f"error: {error}")
    memory.return_freed()
    page.queue(max_size=64, api_open=True).launch(
        server_name=os.environ.get("HOST") or ("0.0.0.0" if "SPACE_ID" in os.environ else "127.0.0.1"),
        server_port=int(os.environ.get("PORT", "7860")),
        theme=view.THEME,
        css_paths=[view.STYLE],
        head=view.HEAD,
        max_file_size=view.UPLOAD_LIMIT,
        footer_links=["api"],
        run_history=False,
        mcp_server=True,
        share=False,
        ssr_mode=False,
        show_error=True,
    )


if __name__ == "__main__":
    main()
