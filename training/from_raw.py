"""From raw files to a trained profiler and its table: one command, which goes on where it was stopped.

    python -m training.from_raw csv --raw raw/ --out runs/mine            # an evening on two cores
    python -m training.from_raw csv --raw raw/ --out runs/mine --smoke    # a quarter of an hour

SOURCE and the files in RAW are those of `training.data.prepare`. Four steps, each a command that works alone
too, in a process of its own, whose command line is printed:

    OUT/data         the one schema                  training.data.prepare
    OUT/warm-start   as a person would write them    training.warm_start.train
    OUT/grpo         by rewards                      training.grpo.train
    OUT/tables       unseen users, beside baselines  training.evaluate source

A step whose result is there is not made again; training goes on from its last checkpoint. OUT/options.json
keeps what was asked: with other options the folder is refused, so that nothing of two runs is mixed.
"""

import argparse
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.data import SOURCES
from training.runs import say

CONFIGS = Path(__file__).parent / "configs"
ADAPTER = Path("adapter") / "adapter_model.safetensors"
OPTIONS = "options.json"
NAME = "mine"  # of the data set, as the configurations for own data call it


@dataclass(frozen=True)
class Step:
    """One command, and the file that it writes last."""

    name: str
    words: tuple[str, ...]
    result: Path

    @property
    def done(self) -> bool:
        """Whether its result is there."""
        return self.result.is_file()


def steps(chosen: argparse.Namespace) -> Iterator[Step]:
    """The steps in their order, each with the results of those before it."""
    out, smoke = chosen.out, ("--smoke",) if chosen.smoke else ()
    data, warm, rewarded, tables = (out / name for name in ("data", "warm-start", "grpo", "tables"))
    trained_on = ("--data", f"{NAME}={data}")
    prepare = ("--raw", str(chosen.raw), "--out", str(data), "--k", str(chosen.k))
    yield Step("prepare", ("training.data.prepare", chosen.source, *prepare), data / "manifest.json")

    supervised = ("--config", str(chosen.warm_start_config), "--out", str(warm), "--resume")
    yield Step("warm start", ("training.warm_start.train", *supervised, *smoke), warm / ADAPTER)

    start = ("--start", str(warm / "adapter"), "--out", str(rewarded), "--resume")
    words = ("training.grpo.train", "--config", str(chosen.grpo_config), *trained_on, *start, *smoke)
    yield Step("GRPO", words, rewarded / ADAPTER)

    # the search would write a profile for every validation user
    limit = ("--limit", "20", "--no-search") if chosen.smoke else ("--limit", str(chosen.limit))
    where = ("--data", f"{NAME}={data}", "--profiler", str(rewarded), "--out", str(tables))
    table = ("training.evaluate", "source", *where, "--methods", chosen.methods, *limit)
    yield Step("table", table, tables / "results.json")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make what is missing; the first step that fails ends it with its status."""
    chosen = _parser().parse_args(arguments)
    if differing := _kept_otherwise(chosen):
        what = f"{chosen.out} holds a run with another {', '.join(differing)}"
        print(f"error: {what}. Name another folder with --out.", file=sys.stderr)
        return 2
    for step in steps(chosen):
        if step.done:
            say(f"{step.name}: {step.result} is there already")
            continue
        say(f"{step.name}: python -m {shlex.join(step.words)}")
        status = subprocess.run([sys.executable, "-m", *step.words], check=False).returncode
        if status:
            print(f"error: {step.name} failed. The same command goes on from here.", file=sys.stderr)
            return status
    say(f"The adapter is {chosen.out / 'grpo' / 'adapter'}, the table {chosen.out / 'tables'}.")
    return 0


def _kept_otherwise(chosen: argparse.Namespace) -> list[str]:
    """The options in which a run that `out` holds differs; those of a new run are written there."""
    asked = {name: str(value) for name, value in vars(chosen).items() if name != "out"}
    path = chosen.out / OPTIONS
    if path.is_file():
        kept = json.loads(path.read_text(encoding="utf-8"))
        return sorted(name for name, value in asked.items() if kept.get(name) != value)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asked, indent=1) + "\n", encoding="utf-8")
    return []


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.from_raw",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("source", choices=list(SOURCES), help="what the raw files are")
    add("--raw", type=Path, required=True, metavar="DIR", help="folder of the files as they were published")
    add("--out", type=Path, required=True, metavar="DIR")
    add("--k", type=int, default=5, help="least interactions of every user and item (%(default)s)")
    own = CONFIGS / "own-data.yaml"
    add("--warm-start-config", type=Path, default=own, metavar="YAML", help="its mixture names 'mine'")
    own = CONFIGS / "grpo" / "own-data.yaml"
    add("--grpo-config", type=Path, default=own, metavar="YAML", help="its mixture names 'mine'")
    add("--limit", type=int, default=300, metavar="N", help="test users of the table (%(default)s)")
    methods = "training-free,untrained,blue-single,blue-facets"
    add("--methods", default=methods, metavar="A,B", help="rows of the table (%(default)s)")
    add("--smoke", action="store_true", help="a few steps of each stage, 20 test users")
    return parser


if __name__ == "__main__":
    sys.exit(main())
