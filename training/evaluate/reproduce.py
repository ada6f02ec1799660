"""Make the shipped profiler's published tables anew, on fewer users, and say where each figure lies.

    python -m training.evaluate.reproduce --data DIR --out runs/reproduced        # make reproduce DATA=DIR

DIR holds the folders named in SETS. What is published stands in results/source/: the newest table of each
data set with methods of BLUE. It is called again as it was then, with these methods alone, at most --limit
users, the profiler in assets/ and a cache of its own, so that every profile is written here. A figure is
inside if its mean lies in the published interval. A table that is there already is not made again; the status
is 1 if a figure lies outside.
"""

import argparse
import json
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from blue.models import write_whole
from training.evaluate.methods import PRIOR
from training.evaluate.tables.files import PROJECT
from training.evaluate.tables.results import Table, figure, markdown_lines

SETS = {"movies": "ml_latest_small", "beauty": "amazon14_beauty", "toys": "amazon14_toys"}
OURS = "blue-"  # how the methods that read the profiler's text begin
METRICS = ("ndcg@10", "recall@10")
KEPT = ("--cuts", "--seed", "--least")  # of the published call, with their values
KEPT_ALONE = ("--priors", "--no-search")


@dataclass(frozen=True)
class Published:
    """A table of the repository and the call that made it."""

    table: Table
    command: str
    date: str

    @classmethod
    def read(cls, path: Path) -> "Published":
        """From a results.json."""
        content = json.loads(path.read_text(encoding="utf-8"))
        return cls(Table.of_record(content), content["made"]["command"], content["made"]["date"])

    @property
    def methods(self) -> tuple[str, ...]:
        """Those of BLUE, without those that only add a prior."""
        ours = (method.removesuffix(PRIOR) for method in self.table.methods if method.startswith(OURS))
        return tuple(dict.fromkeys(ours))

    def again(self, limit: int) -> list[str]:
        """The arguments that decide its figures, for at most so many users."""
        words = shlex.split(self.command)
        kept = [word for word in words if word in KEPT_ALONE]
        for name in KEPT:
            kept += [name, words[words.index(name) + 1]] if name in words else []
        users = min(limit, self.table.n_users)
        return [*kept, "--limit", str(users), "--methods", ",".join(self.methods)]


def published(results: Path) -> dict[str, Published]:
    """Data set -> its newest source table with methods of BLUE."""
    found: dict[str, Published] = {}
    for one in map(Published.read, sorted((results / "source").rglob("*.json"))):
        name = one.table.dataset
        if name in SETS and one.methods and (name not in found or one.date > found[name].date):
            found[name] = one
    return found


def compared(before: Table, now: Table) -> list[list[str]]:
    """A line a figure: data set, method, pool, metric, published, here, "inside" or "outside"."""
    here = {(row.method, row.pool, row.metric): row for row in now.rows}
    lines = []
    for row in before.rows:
        found = here.get((row.method, row.pool, row.metric))
        if found is not None and row.method.startswith(OURS) and row.metric in METRICS:
            lies = "inside" if row.low <= found.value <= row.high else "outside"
            lines.append([before.dataset, row.method, row.pool, row.metric, figure(row), figure(found), lies])
    return lines


def report(pairs: Sequence[tuple[Table, Table]], minutes: float) -> tuple[str, int]:
    """The comparison as Markdown, and how many figures lie outside."""
    lines = [line for before, now in pairs for line in compared(before, now)]
    outside = sum(line[-1] == "outside" for line in lines)
    users = "; ".join(f"{now.dataset} {before.n_users}, here {now.n_users}" for before, now in pairs)
    header = ["data", "method", "pool", "metric", "published", "here", "here is"]
    told = (
        f"{len(lines) - outside} of {len(lines)} figures inside, {outside} outside; {minutes:.0f} minutes.\n"
        f"Users as published: {users}.\n"
    )
    return "\n".join([*markdown_lines(header, lines), "", told]), outside


def make(name: str, one: Published, chosen: argparse.Namespace) -> Table | None:
    """Call the evaluation, unless its table is there; None if it failed."""
    out = chosen.out / name
    command = [
        sys.executable, "-m", "training.evaluate", "source", "--data", f"{name}={chosen.data / SETS[name]}",
        "--out", str(out), "--cache", str(chosen.out / "cache"), *one.again(chosen.limit),
    ]  # fmt: skip
    if not (out / "results.json").is_file() and subprocess.run(command, check=False).returncode:
        return None
    return Table.of_record(json.loads((out / "results.json").read_text(encoding="utf-8")))


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the tables, print and write the comparison."""
    chosen = _parser().parse_args(arguments)
    missing = [folder for folder in SETS.values() if not (chosen.data / folder).is_dir()]
    before = published(chosen.results)
    if missing or not before:
        what = f"{chosen.data} lacks {', '.join(missing)}" if missing else f"{chosen.results} holds no table"
        print(f"error: {what}.", file=sys.stderr)
        return 2
    began = time.monotonic()
    made = [(one, make(name, one, chosen)) for name, one in before.items()]
    pairs = [(one.table, table) for one, table in made if table is not None]
    text, outside = report(pairs, (time.monotonic() - began) / 60)
    write_whole(chosen.out / "reproduced.md", text)
    print(text)
    return 1 if outside or len(pairs) < len(SETS) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate.reproduce",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--results", type=Path, default=PROJECT / "results", metavar="DIR")
    parser.add_argument("--limit", type=int, default=100, metavar="N", help="test users a set (%(default)s)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
