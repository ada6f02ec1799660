"""The command line: read a history, write its profile, rank the catalogue. The same core as the app.

python -m blue parse ratings.csv
python -m blue profile ratings.csv --json
echo "Alien | 5" | python -m blue rank - --domain movies --top 10

Results go to standard output; progress and errors to standard error. Bad input ends with status 2 and one
line. What a command needs is imported inside it: `parse` must not wait for a language model's libraries.
"""

import argparse
import logging
import os
import sys
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn

from blue.cli import catalog as catalog_cli
from blue.cli import people as people_cli
from blue.cli import why as why_cli
from blue.cli.arguments import (
    Progress,
    add_command,
    add_scoring,
    as_json,
    catalog_option,
    catalog_path,
    common_options,
    kinds_of,
    loaded_profiler,
    loaded_retriever,
    model_option,
    parsed_history,
    positive,
    wishes_of,
)
from blue.errors import BlueError, HistoryError

if TYPE_CHECKING:
    from blue.datatypes import ParsedHistory

BAD_INPUT = 2
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
NOBODY_READS = 141  # 128 + SIGPIPE

_SHIPPED_KINDS = ("movie", "book")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")
    chosen = _parser().parse_args(arguments)
    _quieten_libraries()
    try:
        print(chosen.command(chosen), flush=True)
    except BlueError as error:
        return _complain(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left to flush goes nowhere
        return NOBODY_READS
    return 0


def _parse(chosen: argparse.Namespace) -> str:
    from blue.catalog import open_catalog_folder
    from blue.history import TitleMatcher, match_history
    from blue.items import load_catalog
    from blue.records import history_record, history_text

    parsed = parsed_history(chosen.file)
    with Progress(chosen.verbose) as progress:
        path = catalog_path(chosen.catalog, progress)
    catalog = open_catalog_folder(path).catalog if path and path.is_dir() else load_catalog(path)
    parsed = match_history(parsed, TitleMatcher(catalog.items))
    return as_json(history_record(parsed)) if chosen.json else history_text(parsed)


def _profile(chosen: argparse.Namespace) -> str:
    from blue.records import profile_record

    parsed = parsed_history(chosen.file)
    with Progress(chosen.verbose) as progress:
        *_, profile = _written(parsed, chosen, progress)
    return as_json(profile_record(profile)) if chosen.json else profile.text


def _rank(chosen: argparse.Namespace) -> str:
    from blue.history import match_wishes
    from blue.records import ranking_record, ranking_text
    from blue.retrieval import main_kind, narrowed, parse_decades, parse_genres

    if not chosen.file and chosen.profile is None:
        raise HistoryError("There is nothing to rank for. Give a history FILE, or --profile 'TEXT'.")
    if chosen.catalog is None and chosen.domain is not None:
        kinds_of(chosen.domain, _SHIPPED_KINDS)  # before anything is loaded
    parsed = parsed_history(chosen.file) if chosen.file else None
    wishes = wishes_of(chosen.within) if chosen.within else ()
    decades, genres = parse_decades(chosen.decades), parse_genres(chosen.genres)
    with Progress(chosen.verbose) as progress:
        if chosen.profile is None:
            ranker, matcher, known, profile = _written(parsed, chosen, progress)
        else:
            ranker, matcher, known, profile = _given(parsed, chosen, progress)
        if chosen.domain is None:
            kinds = main_kind(known, ranker.catalog.by_id)
        else:
            kinds = kinds_of(chosen.domain, ranker.catalog.kinds)
        only = narrowed(ranker.catalog, match_wishes(wishes, matcher) if wishes else (), decades, genres)
        ranking = ranker.rank(
            profile, known, top=chosen.top, scoring=chosen.scoring, prior=chosen.prior,
            kinds=kinds, within=only,
        )  # fmt: skip
    return as_json(ranking_record(profile, ranking)) if chosen.json else ranking_text(profile, ranking)


def _written(parsed: "ParsedHistory", chosen: argparse.Namespace, progress: "Progress") -> tuple:
    """(profiler, its matcher, matched interactions, the profile it wrote)."""
    from blue.history import match_history

    profiler = loaded_profiler(chosen, progress)
    known = match_history(parsed, profiler.matcher).interactions
    progress("Writing the profile")
    return profiler, profiler.matcher, known, profiler.write(known)


def _given(parsed: "ParsedHistory | None", chosen: argparse.Namespace, progress: "Progress") -> tuple:
    """(retriever, a matcher, matched interactions, the given profile); no language model is loaded."""
    from blue.history import TitleMatcher, match_history
    from blue.profile import parse_profile

    profile = parse_profile(chosen.profile)
    retriever, _ = loaded_retriever(chosen, progress)
    matcher = TitleMatcher(retriever.catalog.items)
    known = match_history(parsed, matcher).interactions if parsed else ()
    return retriever, matcher, known, profile


class _Parser(argparse.ArgumentParser):
    """Complains in one line."""

    def error(self, message: str) -> NoReturn:
        sys.exit(_complain(f"{message}. See {self.prog} --help"))


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="python -m blue",
        description="Read a history, write its profile, rank movies and books by it.",
        epilog="Try: python -m blue rank - --top 5, type 'Alien | 5', then Ctrl-D.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = common_options()
    model = model_option()
    catalog = catalog_option()

    parse = add_command(
        commands, "parse", _parse, [common, catalog], "read a history and say what was understood"
    )
    parse.epilog = "Example: python -m blue parse goodreads_library_export.csv --json"
    profile = add_command(
        commands, "profile", _profile, [common, model, catalog], "write the profile of a history"
    )
    profile.epilog = "Example: python -m blue profile ratings.csv"
    rank = add_command(
        commands, "rank", _rank, [common, model, catalog], "rank the catalogue for a history or a profile"
    )
    rank.epilog = "Example: python -m blue rank ratings.csv --domain books --profile 'Quiet space operas.'"
    for command in (parse, profile):
        command.add_argument(
            "file", metavar="FILE", help="a history in any known format; - is standard input"
        )
    _add_rank_options(rank)
    why_cli.register(commands, common, model, catalog)
    catalog_cli.register(commands)
    people_cli.register(commands, common, model, catalog)
    return parser


def _add_rank_options(rank: argparse.ArgumentParser) -> None:
    rank.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="a history; - is standard input; may be left out with --profile",
    )
    rank.add_argument("--profile", metavar="TEXT", help="rank by this profile; no language model is loaded")
    rank.add_argument("--top", type=positive, default=20, help="how many items (default: 20)")
    rank.add_argument(
        "--domain",
        metavar="KIND",
        help="movie, book, a kind of your catalogue, or all (default: that of the history, else all)",
    )
    rank.add_argument("--within", metavar="FILE", help="a wish list: rank only its titles")
    rank.add_argument("--decades", default="", metavar="LIST", help="only of these: 1980s,1990s")
    rank.add_argument("--genres", default="", metavar="LIST", help="only of these: comedy,crime")
    add_scoring(rank)


def _complain(message: str) -> int:
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    return BAD_INPUT


def _quieten_libraries() -> None:
    """Keep the remarks of libraries, which no reader of a ranking can act on, out of both streams."""
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    warnings.simplefilter("ignore")
    logging.basicConfig(format="%(message)s", level=logging.ERROR)
    logging.getLogger("blue").setLevel(logging.WARNING)
