r"""Every table of the evaluation, one command each.

    python -m training.evaluate source --data data/beauty --out runs/tables/source --limit 500
    python -m training.evaluate source --data data/beauty --methods training-free,blue-facets \
        --profiler runs/grpo --out runs/tables/source
    python -m training.evaluate transfer --data data/beauty --data data/toys --out runs/tables/transfer

    source             zero-shot next items with a frozen embedder, beside every baseline
    trainable          the same with the fine-tuned embedder of --encoder
    transfer           trained on one data set, tested on another; domains of one data set likewise
    qa                 next-item choice and rating prediction by a language model that reads the profile
    ablation           without parts of the training (--adapter NAME=DIR), of the history, of the profile
    interpretability   length, readability, grounding, stability, steerability, attribution
    readable           what no reader is needed for: restated titles, years, support, repetition, strangers
    cost               seconds, tokens and memory

Prints the table and writes results.json and results.md to OUT (for several data sets: one folder each, and a
list in OUT/results.json). Profiles are kept in the cache folder: a run that was stopped goes on.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console

from blue.errors import BlueError
from blue.models import DEFAULT_PRESET, cache_folder, get_preset, resolve
from blue.retrieval import SentenceEncoder
from training.evaluate.data import EvaluationError, read_data
from training.evaluate.methods import GROUPS, METHODS
from training.evaluate.profile_store import ProfileStore
from training.evaluate.profilers import Profilers, shipped_adapter
from training.evaluate.protocol import LEAST
from training.evaluate.run import Options, Run
from training.evaluate.tables import ablation, cost, interpretability, qa, readable, source, transfer
from training.evaluate.tables.files import provenance, write
from training.evaluate.tables.results import Table, show

BAD_INPUT = 2
WIDTH = 160  # columns of a table that is not printed on a terminal
TABLES: dict[str, Callable[[Run], list[Table]]] = {
    "source": source.tables,
    "trainable": source.tables,
    "transfer": transfer.tables,
    "qa": qa.tables,
    "ablation": ablation.tables,
    "interpretability": interpretability.tables,
    "readable": readable.tables,
    "cost": cost.tables,
}


DATA = "a folder with items.jsonl.gz and users.jsonl.gz, a prepared one, or MovieLens; may be repeated"
ADAPTER = "another system's adapter: rlaif, rlpf, langptune, an ablation, or blue@SOURCE; may be repeated"
CACHE = "where profiles, vectors and trained baselines are kept (default: in the cache folder)"
NO_SEARCH = "take each baseline's first setting instead of the best on validation users"
RUN = "a training run whose cost belongs into the table cost; may be repeated"


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, make the tables, print and write them; returns the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    chosen = _parser().parse_args(words)
    try:
        tables = TABLES[chosen.table](prepare(chosen))
        write(tables, chosen.out, provenance(words))
    except BlueError as error:
        print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_INPUT
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    for table in tables:
        show(table, console)
    return 0


def prepare(chosen: argparse.Namespace) -> Run:
    """Read the data, find the models: everything that can be asked for wrongly is looked at first."""
    if chosen.table == "trainable" and not chosen.encoder:
        raise EvaluationError(
            "The table trainable shows a fine-tuned embedder. Give its folder: --encoder DIR"
        )
    options = Options(
        chosen.table, chosen.methods, chosen.limit, chosen.seed, chosen.least, chosen.cuts, chosen.search,
        chosen.priors, _named("--run", chosen.run),
    )  # fmt: skip
    folders = _named("--adapter", chosen.adapter)
    if profiler := chosen.profiler or shipped_adapter():
        folders["blue"] = _existing("--profiler", profiler)
    everything = tuple(read_data(source) for source in chosen.data)
    if len({data.name for data in everything}) < len(everything):
        raise EvaluationError("Two data sets have the same name. Write --data NAME=DIR.")
    cache = chosen.cache or cache_folder() / "evaluation"
    profilers = Profilers(folders, ProfileStore(cache / "profiles.sqlite"), chosen.preset)
    return Run(options, everything, _encoder(chosen), profilers, cache)


def _encoder(chosen: argparse.Namespace) -> SentenceEncoder:
    embedder = get_preset(chosen.preset).embedder
    if chosen.encoder:
        inside = chosen.encoder / "encoder"  # what training.encoder.train writes into its run's folder
        return SentenceEncoder(inside if inside.is_dir() else chosen.encoder)
    return SentenceEncoder(resolve(embedder).path, name=embedder.name, query_prompt=embedder.query_prompt)


def _named(option: str, pairs: Sequence[str]) -> dict[str, Path]:
    """ "NAME=DIR" ... -> name -> folder that exists."""
    found = {}
    for pair in pairs:
        name, given, place = pair.partition("=")
        if not (name and given and place):
            raise EvaluationError(f"{option} {pair!r}: write NAME=DIR, e.g. {option} rlaif=runs/rlaif.")
        found[name] = _existing(f"{option} {name}", Path(place))
    return found


def _existing(option: str, path: Path) -> Path:
    if not path.exists():
        raise EvaluationError(f"{option}: there is no {path}. Give a folder that training wrote.")
    return path


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("table", choices=TABLES)
    add("--data", action="append", required=True, metavar="[NAME=]DIR", help=DATA)
    add("--profiler", type=Path, metavar="PATH", help="adapter, run or model (default: the shipped adapter)")
    add("--adapter", action="append", default=[], metavar="NAME=DIR", help=ADAPTER)
    add("--encoder", type=Path, metavar="PATH", help="a sentence-transformers folder (default: the preset's)")
    add("--preset", default=DEFAULT_PRESET, help="the base model of profilers, and the embedder")
    add("--out", type=Path, required=True, metavar="DIR")
    add("--cache", type=Path, metavar="DIR", help=CACHE)
    add("--limit", type=_positive, metavar="N", help="test users (default: all)")
    add("--methods", metavar="A,B", help=f"of {', '.join(METHODS)}; groups: {', '.join(GROUPS)}")
    add("--seed", type=int, default=0)
    add("--least", type=_positive, help=f"interactions before the target ({LEAST})")
    add("--cuts", type=_positive, default=1, help="targets a user, where users are few (%(default)s)")
    add("--no-search", dest="search", action="store_false", help=NO_SEARCH)
    add("--priors", action="store_true", help="every method once more, with a prior")
    add("--run", action="append", default=[], metavar="NAME=DIR", help=RUN)
    return parser


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no such number; write 1 or more")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
