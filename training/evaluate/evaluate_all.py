r"""Make every logged table of RESULTS.md: one command of some hours, which goes on where it was stopped.

    python -m training.evaluate.evaluate_all --data-root DIR --results results --limit 1000 \
        --adapter rlaif=runs/rlaif --adapter no-guards=runs/no-guards --run grpo=runs/grpo
    make results

DIR holds the folders named in DATA; those that are missing are said and left out. Each table is one call of
`training.evaluate` in a process of its own, so that the memory in the table of costs is its own as well. A
table whose results.json is there is not made again, unless `--again`.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.runs import say

DATA = {  # folder under the root -> more arguments
    "amazon14_beauty": (),
    "amazon14_toys": (),
    "amazon18_office": (),
    "amazon_food_kitchen": (),
    "ml_latest_small": ("--cuts", "5"),  # 122 test users: several targets each, users resampled whole
}
SHOPS = ("amazon14_beauty", "amazon14_toys", "amazon18_office")
QUESTIONS = ("amazon14_beauty", "amazon14_toys", "ml_latest_small")  # the last one holds ratings
SMALLER = 200  # users of the tables that ask a language model many times for each


@dataclass(frozen=True)
class Call:
    """One call of the evaluation: a table, its data sets, where it goes and what is particular to it."""

    table: str
    folders: tuple[str, ...]
    out: Path
    more: tuple[str, ...] = ()

    def words(self, root: Path, shared: Sequence[str]) -> list[str]:
        """Its command line."""
        data = [word for name in self.folders for word in ("--data", str(root / name))]
        start = [sys.executable, "-m", "training.evaluate", self.table]
        return [*start, *data, "--out", str(self.out), *self.more, *shared]

    @property
    def done(self) -> bool:
        """Whether its results are there; they are written last."""
        return any(self.out.rglob("results.json"))


def calls(chosen: argparse.Namespace, there: Sequence[str]) -> Iterator[Call]:
    """Every call that can be made with the data that are there."""
    limit, results = ("--limit", str(chosen.limit)), chosen.results
    smaller = ("--limit", str(min(SMALLER, chosen.limit)))
    adapters = _flagged("--adapter", chosen.adapter)
    for name in there:
        yield Call("source", (name,), results / "source" / name, (*limit, *DATA[name], *adapters))
    for name in there if chosen.encoder else ():
        more = (*limit, *DATA[name], *adapters, "--encoder", str(chosen.encoder))
        yield Call("trainable", (name,), results / "trainable" / name, more)
    for name in there:
        yield Call("readable", (name,), results / "readable" / name, smaller)
    shops = tuple(name for name in SHOPS if name in there)
    if len(shops) > 1:
        yield Call("transfer", shops, results / "transfer" / "shops", (*limit, *adapters))
    if "amazon_food_kitchen" in there:
        out = results / "transfer" / "food_kitchen"
        yield Call("transfer", ("amazon_food_kitchen",), out, (*limit, *adapters))
    for name in (name for name in QUESTIONS if name in there):
        yield Call("qa", (name,), results / "qa" / name, (*smaller, *adapters))
        yield Call("interpretability", (name,), results / "interpretability" / name, (*smaller, *adapters))
    for name in there[:1]:
        yield Call("ablation", (name,), results / "ablation" / name, (*limit, *adapters))
        yield Call("cost", (name,), results / "cost" / name, _flagged("--run", chosen.run))


def _flagged(flag: str, pairs: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for pair in pairs for word in (flag, pair))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what is missing; a table that fails is said at the end and does not stop the others."""
    chosen = _parser().parse_args(arguments)
    there = [name for name in DATA if (chosen.data_root / name).is_dir()]
    for name in DATA.keys() - set(there):
        say(f"{chosen.data_root / name} is not there: its tables are left out")
    if not there:
        print(f"error: {chosen.data_root} holds none of {', '.join(DATA)}.", file=sys.stderr)
        return 2
    shared = ("--profiler", str(chosen.profiler)) if chosen.profiler else ()
    failed = []
    for call in calls(chosen, there):
        if call.done and not chosen.again:
            say(f"{call.out} is there already")
        elif subprocess.run(call.words(chosen.data_root, shared), check=False).returncode:
            failed.append(str(call.out))
    if failed:
        print(f"error: these were not made: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate.evaluate_all",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--data-root", type=Path, required=True, metavar="DIR")
    add("--results", type=Path, default=Path("results"), metavar="DIR")
    add("--limit", type=int, default=1000, metavar="N", help="test users a table (%(default)s)")
    add("--profiler", type=Path, metavar="PATH", help="default: the shipped adapter")
    add("--encoder", type=Path, metavar="PATH", help="a fine-tuned embedder, for the table trainable")
    add("--adapter", action="append", default=[], metavar="NAME=DIR", help="as for training.evaluate")
    add("--run", action="append", default=[], metavar="NAME=DIR", help="as for training.evaluate")
    add("--again", action="store_true", help="make tables anew that are there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
