"""BLUE Studio: serve the page, then load the models behind it.

python app.py                                      # http://127.0.0.1:7860, with what the project ships
python app.py --profiler owner/name@revision       # a published profiler, or its folder
python app.py --catalog owner/name                 # a published catalogue, or the folder of one of yours
python app.py --profiles DIR                       # also a page over many people's profiles

HOST, PORT, BLUE_MODEL, BLUE_ADAPTER, BLUE_PROFILER and BLUE_CATALOG change the defaults. A Hub that cannot be
reached does not stop the app: the page says so, and it tries again.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from blue.errors import BlueError, WeightsError
from blue.models import HubUnreachable, Progress, lower_priority, memory
from blue.people import Library
from blue.profiler import Profiler, load_profiler
from blue.ui import (
    Closing,
    Core,
    Ending,
    LoadingProfiler,
    access_to,
    close,
    launch,
    view,
    warm_up,
    warm_up_writing,
)

RETRY_SECONDS = 60  # between two attempts to reach a Hub that is down


def main() -> None:
    """Serve until interrupted; what keeps the models from loading is said in one line."""
    arguments = _parser().parse_args()
    memory.bound_heaps()
    core = Core(LoadingProfiler())
    library = Library(arguments.profiles) if arguments.profiles else None
    page, closing, ending = view.build(core, library), Closing(core.line), Ending()
    try:
        if library is not None:
            library.check()
        with ending.on_signal():
            launch(page, closing, access_to(library, arguments.people_auth))
            Thread(target=load_models, args=(arguments, core, ending, library), daemon=True).start()
            ending.wait()
    except BlueError as error:
        page.close(verbose=False)
        sys.exit(f"error: {error}")
    close(page, closing)


def load_models(
    arguments: argparse.Namespace, core: Core, ending: Ending, library: Library | None = None
) -> None:
    """Load everything behind the page; what keeps it from loading ends the app."""
    loading = core.profiler

    def report(what: str, share: float | None = None) -> None:
        loading.report(what, share)
        print(loading.doing, flush=True)

    try:
        profiler = load(arguments, report)
        warm_up(profiler)
    except Exception as error:  # noqa: BLE001 (raised again in the main thread)
        ending.begin(error)
        return
    loading.finish(profiler)
    memory.return_freed()
    print("ready", flush=True)
    open_people(library)
    warm_language_models(core)


def open_people(library: Library | None) -> None:
    """Build the index over many people's sentences; what is wrong with it is told on their page, too."""
    if library is None:
        return
    try:
        store, _ = library.store(library.report)
    except BlueError as error:
        library.fail(str(error))
        print(f"the people cannot be shown: {error}", flush=True)
        return
    print(f"ready for {len(store):,} people", flush=True)


def load(arguments: argparse.Namespace, report: Progress, pause: Callable = time.sleep) -> Profiler:
    """The profiler that was chosen; while the Hub is down, it is asked again every minute."""
    model, adapter = os.environ.get("BLUE_MODEL"), os.environ.get("BLUE_ADAPTER")
    if arguments.profiler and (model or adapter):
        raise WeightsError(
            f"{arguments.profiler} brings its own model. Leave out BLUE_MODEL and BLUE_ADAPTER, or this."
        )
    while True:
        try:
            return load_profiler(
                model or "embedded",
                adapter=Path(adapter) if adapter else None,
                published=arguments.profiler,
                catalog=arguments.catalog,
                progress=report,
            )
        except HubUnreachable as outage:
            report(f"{outage} Trying again every {RETRY_SECONDS} s.")
            pause(RETRY_SECONDS)


def warm_language_models(core: Core) -> None:
    """Load and use each language model once, behind visitors: nobody waits for it, and memory stays as it is.

    A failure is told in one line and does not stop the app: whoever asks is told the same.
    """
    lower_priority()  # no further than writing does: threads that an engine starts here keep this niceness
    try:
        warm_up_writing(core.profiler.loaded)
        core.find_titles("a")  # builds the index of titles
        core.inspector.judge()
    except (BlueError, OSError) as error:  # an OSError: the cache was deleted meanwhile
        print(f"questions cannot be answered: {error}", flush=True)
        return
    memory.return_freed()
    print("ready for questions", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--profiler",
        metavar="NAME[@REVISION]|DIR",
        default=os.environ.get("BLUE_PROFILER") or None,
        help="a profiler on the Hub, or a folder of training.publish.push_to_hub --out (BLUE_PROFILER)",
    )
    parser.add_argument(
        "--catalog",
        metavar="NAME[@REVISION]|DIR",
        default=os.environ.get("BLUE_CATALOG") or None,
        help="a catalogue on the Hub, or a folder of python -m blue catalog build (BLUE_CATALOG)",
    )
    parser.add_argument(
        "--profiles",
        metavar="DIR",
        type=Path,
        help="a folder that training.scale.profile_users wrote: a second page shows its people",
    )
    parser.add_argument(
        "--people-auth",
        metavar="FILE",
        type=Path,
        default=os.environ.get("BLUE_PEOPLE_AUTH") or None,
        help="who may use the app with --profiles, a line user:password each (BLUE_PEOPLE_AUTH)",
    )
    return parser


if __name__ == "__main__":
    main()
