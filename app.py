"""BLUE Studio: serve the page, then load the models behind it.

python app.py            # http://127.0.0.1:7860; HOST, PORT, BLUE_MODEL, BLUE_ADAPTER change the defaults
"""

import os
import sys
from pathlib import Path

from blue import memory
from blue.errors import BlueError
from blue.profiler import load_profiler
from blue.ui import view
from blue.ui.loading import LoadingProfiler


def main() -> None:
    """Serve until interrupted; what keeps the models from loading is said in one line."""
    memory.bound_heaps()
    loading = LoadingProfiler()

    def report(what: str, share: float | None = None) -> None:
        loading.report(what, share)
        print(loading.doing, flush=True)

    page = view.build(loading)
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
        prevent_thread_lock=True,  # the page is there within seconds; the models follow
    )
    try:
        adapter = os.environ.get("BLUE_ADAPTER")
        loading.finish(
            load_profiler(
                os.environ.get("BLUE_MODEL", "embedded"),
                adapter=Path(adapter) if adapter else None,
                progress=report,
            )
        )
    except BlueError as error:
        page.close(verbose=False)
        sys.exit(f"error: {error}")
    memory.return_freed()
    print("ready", flush=True)
    page.block_thread()


if __name__ == "__main__":
    main()
