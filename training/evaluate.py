r"""Every table of the evaluation, one command each.

    python -m training.evaluate source --data data/beauty --out runs/tables/source --limit 500
    python -m training.evaluate source --data data/beauty --methods training-free,blue-facets \
        --profiler runs/grpo --out runs/tables/source
    python -m training.evaluate transfer --data data/beauty --data data/toys --out runs/tables/transfer

Prints the table and writes results.json, results.md and results.png to OUT (for several data sets: one folder
each, and a list in OUT/results.json). Profiles are kept in the cache folder: a run that was stopped goes on.
"""

import argparse
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from blue.encoder import SentenceEncoder
from blue.errors import BlueError
from blue.presets import DEFAULT_PRESET, get_preset
from blue.weights import cache_folder, resolve
from training.evaluation_data import EvaluationError, read_data
from training.laboratory import Laboratory
from training.methods import GROUPS, METHODS, Workshop, chosen_methods
from training.profile_store import ProfileStore
from training.profilers import Profilers, shipped_adapter
from training.protocol import LEAST, make_benchmark
from training.tables.results import Table, markdown, show, write_json, write_text
from training.tables.source import source

BAD_INPUT = 2
WIDTH = 160  # columns of a table that is not printed on a terminal
TABLES = ("source",)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, make the table of every data set, print and write it."""
    chosen = _parser().parse_args(arguments)
    try:
        tables = make_tables(chosen)
        write(tables, chosen.out, run_record(chosen, arguments))
    except BlueError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_INPUT
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    for table in tables:
        show(table, console)
    return 0


def make_tables(chosen: argparse.Namespace) -> list[Table]:
    """One table a data set."""
    methods = chosen_methods(chosen.methods)
    everything = [read_data(one) for one in chosen.data]
    encoder = _encoder(chosen)
    cache = cache_folder() / "evaluation"
    profilers = Profilers(_folders(chosen), ProfileStore(cache / "profiles.sqlite"), chosen.preset)
    tables = []
    for data in everything:
        laboratory = Laboratory(data, encoder, cache, seed=chosen.seed, least=chosen.least)
        benchmark = make_benchmark(
            data, "test", chosen.limit, seed=chosen.seed, cuts=chosen.cuts, least=chosen.least
        )
        workshop = Workshop(laboratory, profilers, chosen.search)
        tables.append(source(chosen.table, benchmark, workshop, methods))
    return tables


def _encoder(chosen: argparse.Namespace) -> SentenceEncoder:
    embedder = get_preset(chosen.preset).embedder
    if chosen.encoder:
        inside = chosen.encoder / "encoder"  # what training.train_encoder writes into its run's folder
        return SentenceEncoder(inside if inside.is_dir() else chosen.encoder)
    return SentenceEncoder(resolve(embedder).path, name=embedder.name, query_prompt=embedder.query_prompt)


def _folders(chosen: argparse.Namespace) -> dict[str, Path]:
    """System -> its adapter or model."""
    folders = {}
    for source_ in chosen.adapter:
        name, given, place = source_.partition("=")
        if not (name and given and place):
            raise EvaluationError(f"--adapter {source_!r}: write NAME=DIR, e.g. rlaif=runs/rlaif/adapter.")
        folders[name] = Path(place)
    if profiler := chosen.profiler or shipped_adapter():
        folders["blue"] = profiler
    for name, folder in folders.items():
        if not folder.exists():
            raise EvaluationError(f"{name}: there is no {folder}. Give an adapter folder or a model.")
    return folders


@dataclass(frozen=True)
class RunRecord:
    """What is needed to make a table again."""

    command: str
    date: str
    commit: str
    machine: str


def run_record(chosen: argparse.Namespace, arguments: Sequence[str] | None) -> RunRecord:
    """The command as it was given, when, at which commit, on what."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    asked = ["git", "rev-parse", "--short", "HEAD"]
    found = subprocess.run(asked, capture_output=True, text=True, check=False)
    return RunRecord(
        " ".join(["python -m training.evaluate", *words]),
        datetime.now(UTC).isoformat(timespec="seconds"),
        found.stdout.strip() or "unknown",
        f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}",
    )


def write(tables: Sequence[Table], out: Path, run: RunRecord) -> None:
    """results.json, details.json, Markdown and a plot; a folder a data set where there are several."""
    from training.tables.plot import plot

    for table in tables:
        folder = out if len(tables) == 1 else out / table.dataset
        write_json(folder / "results.json", table.record())
        details = asdict(run) | {
            "differences": [asdict(row) for row in table.differences],
            "notes": table.notes,
        }
        write_json(folder / "details.json", details)
        write_text(folder / "results.md", markdown(table))
        plot(table, folder / "results.png")
    if len(tables) > 1:
        write_json(out / "results.json", [table.record() for table in tables])
        write_text(out / "results.md", "\n".join(markdown(table) for table in tables))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("table", choices=TABLES)
    parser.add_argument(
        "--data", action="append", required=True, metavar="[NAME=]DIR",
        help="a folder with items.jsonl.gz and users.jsonl.gz, a prepared one, or MovieLens; may be repeated",
    )  # fmt: skip
    parser.add_argument("--profiler", type=Path, help="adapter, run or model (default: the shipped adapter)")
    parser.add_argument(
        "--adapter", action="append", default=[], metavar="NAME=DIR",
        help="the adapter of another system: rlaif, rlpf, langptune, or an ablation; may be repeated",
    )  # fmt: skip
    parser.add_argument("--encoder", type=Path, help="a sentence-transformers folder (default: the preset's)")
    parser.add_argument("--preset", default=DEFAULT_PRESET, help="the base model of profilers and embedder")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--limit", type=_positive, metavar="N", help="test users (default: all)")
    parser.add_argument(
        "--methods", metavar="A,B", help=f"of {', '.join(METHODS)}; groups: {', '.join(GROUPS)}"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--least", type=_positive, default=LEAST, help="interactions before the target")
    parser.add_argument("--cuts", type=_positive, default=1, help="targets a user, where users are few")
    parser.add_argument(
        "--no-search", dest="search", action="store_false",
        help="take each baseline's first setting instead of the best on validation users",
    )  # fmt: skip
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no such number; write 1 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
