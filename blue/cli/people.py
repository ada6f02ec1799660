"""`blue people search`: what the profiles of a whole population say."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from blue.cli.arguments import Progress, add_command, as_json, chosen_models, positive

if TYPE_CHECKING:
    from blue.datatypes import TextEncoder
    from blue.people import Filters, Page, PeopleStore


def register(
    commands: "argparse._SubParsersAction",
    common: argparse.ArgumentParser,
    model: argparse.ArgumentParser,
    catalog: argparse.ArgumentParser,
) -> None:
    """Add `people` to the command line."""
    people = commands.add_parser("people", help="many people at once: what a whole population's profiles say")
    parts = people.add_subparsers(required=True, metavar="COMMAND")
    search = add_command(parts, "search", _search, [common, model], "find people by what their profiles say")
    _add_folder(search)
    search.add_argument(
        "text", metavar="TEXT", nargs="?", default="", help="what to look for (default: list all)"
    )
    search.add_argument("--page", type=positive, default=1, help="which page, of 20 people (default: 1)")
    _add_filters(search)
    search.epilog = "Example: blue people search profiles 'gentle skin care' --titles 10-50"


def _add_folder(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "folder", metavar="DIR", type=Path, help="a folder that training.scale.profile_users wrote"
    )


def _add_filters(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--titles", type=_range, default=(0, None), metavar="A-B", help="length of the history"
    )
    command.add_argument("--user", default="", metavar="ID", help="just this person")
    command.add_argument("--wrote", default="", metavar="NAME", help="beginning of the profiler's name")
    command.add_argument("--kind", default="", help="who has a title of this kind, where histories are kept")
    command.add_argument("--failed", action="store_true", default=None, help="only who has no profile")


def _range(text: str) -> tuple[int, int | None]:
    """A range of whole numbers; one side may be left out."""
    least, dash, most = text.partition("-")
    if not dash or not (least or most) or not (least + most).isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is no range; write 10-50, 10- or -50")
    return int(least or 0), int(most) if most else None


def _filters(chosen: argparse.Namespace) -> "Filters":
    from blue.people import Filters

    least, most = chosen.titles
    return Filters(least, most, chosen.user, chosen.wrote, chosen.kind, chosen.failed)


def _opened(chosen: argparse.Namespace, progress: Progress) -> "PeopleStore":
    from blue.people import PeopleStore

    return PeopleStore.open(chosen.folder, progress)


def _encoder(chosen: argparse.Namespace, progress: Progress) -> "TextEncoder":
    """The embedder of the models that a command names; no language model is loaded."""
    from blue.models import get_preset
    from blue.retrieval import load_encoder

    models = chosen_models(chosen).opened(progress)
    return load_encoder(get_preset(models.model).embedder, progress).encoder


def _search(chosen: argparse.Namespace) -> str:
    from blue.people import page_record

    with Progress(chosen.verbose) as progress:
        store = _opened(chosen, progress)
        encoder = _encoder(chosen, progress)
        page = store.search(encoder, chosen.text, _filters(chosen), chosen.page)
    return as_json(page_record(page)) if chosen.json else _page_text(page)


def _page_text(page: "Page") -> str:
    from blue.records.plain_text import table

    if not page.hits:
        return "Nobody fits. Say it in other words, or leave out a filter."
    rows = [
        (
            hit.person.user_id,
            str(hit.person.titles_read),
            f"{hit.near.similarity:.2f}" if hit.near else "",
            _told(hit),
        )
        for hit in page.hits
    ]
    head = f"{page.total:,} people, page {page.number} of {page.pages}"
    return f"{head}\n\n{table(('user', 'titles', 'close', 'sentence'), rows)}"


def _told(hit) -> str:
    if hit.near:
        return hit.person.sentences[hit.near.number]
    return hit.person.error or " ".join(hit.person.sentences)
