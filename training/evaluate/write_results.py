r"""Build RESULTS.md, docs/results/ and the figure from the results that are logged in the repository.

    python -m training.evaluate.write_results --results results --out RESULTS.md --each docs/results \
        --figure docs/results.png --summary README.md

`results/` holds the results.json of every run of `training.evaluate`, in any folders. Nothing is computed
again and nothing is typed by hand but the words in `results/<table>.md`: their first paragraph stands in
RESULTS.md above one table of the question, all of them in docs/results/ above the table of every run. What
the paired intervals decide is said in words, where BLUE loses as well. Files given as --summary receive a
table of what the source tables decide, between two marks.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from blue.errors import BlueError
from blue.models import DEFAULT_ADAPTER, write_whole
from training.evaluate.data import EvaluationError
from training.evaluate.tables.files import Provenance
from training.evaluate.tables.overview import overview
from training.evaluate.tables.plot import draw_overview
from training.evaluate.tables.results import Row, Table, cells, markdown_lines
from training.evaluate.tables.summary import put_between_marks, summary

ORDER = ("source", "trainable", "transfer", "qa", "ablation", "interpretability", "readable", "cost")
HEADINGS = {
    "source": "Next items, frozen embedder",
    "trainable": "Next items, fine-tuned embedder",
    "transfer": "Trained on one domain, tested on another",
    "qa": "Personalized questions",
    "ablation": "What each part is worth",
    "interpretability": "What a person reads",
    "readable": "What needs no reader to be seen",
    "cost": "What it costs",
}
SUMMARY = "a Markdown file with the two marks; may be repeated"
PREFACE = """# Results

Made by `make results` from the logged figures in `results/`; nothing here is typed by hand but the words. A
table a question; every run with its intervals, and how it was made, stands in [docs/results](docs/results/).

Test users are unseen in training, the last item is held out, targets that occur in the history are dropped
and near-duplicates of the target leave the history. `sampled` ranks the target among itself and 99 items of
its own domain (seeded), `full` among the whole catalogue without what the user had. Ties count against the
method. Each figure is a mean over users with its 95 % interval (2,000 paired bootstrap draws of users); a
difference is decided when its interval excludes zero. Baselines were run here, their settings chosen on
validation users. In the tables ▲ and ▼ mark what is decided above and below BLUE; a column names the data set
and its number of users.
"""
FROM_THE_PAPER = """
For orientation, from a public digest of the paper (other data and models, not comparable): BLUE on its source
domain NDCG@10 .173, Recall@10 .306; on Books as a target .329 and .516.
"""


@dataclass(frozen=True)
class Logged:
    """One table as it was logged, and where it comes from."""

    table: Table
    made: Provenance


def read_logged(folder: Path) -> list[Logged]:
    """Every table under a folder, in the order of ORDER and then of the data sets' names.

    Raises:
        EvaluationError: there is none, or a file is damaged.
    """
    found = [_read(path) for path in sorted(folder.rglob("results.json"))]
    if not found:
        raise EvaluationError(
            f"{folder} holds no logged results. Run python -m training.evaluate ... --out there."
        )
    return sorted(found, key=lambda run: (ORDER.index(run.table.table), run.table.dataset))


def _read(path: Path) -> Logged:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        table, made = Table.of_record(record), Provenance(**record["made"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise EvaluationError(f"{path} holds no results that can be read ({error!r}).") from error
    if table.table not in ORDER:
        raise EvaluationError(f"{path}: there is no table {table.table!r}.")
    return Logged(table, made)


def trained_on(profiler: Path) -> frozenset[str]:
    """The data sets that the configurations of an adapter's stages name, which lie beside and below it."""
    configs = [yaml.safe_load(path.read_text()) for path in profiler.rglob("config.yaml")]
    return frozenset(name for config in configs for name in config.get("mixture", ()))


def questions(logged: Sequence[Logged]) -> Iterator[tuple[str, list[Logged]]]:
    """The tables that were logged, in ORDER, each with its runs."""
    for name in ORDER:
        if ours := [run for run in logged if run.table.table == name]:
            yield name, ours


def findings(logged: Sequence[Logged], words: Path) -> str:
    """RESULTS.md: of each question the first words of `words`/<table>.md, and one table."""
    parts = [PREFACE]
    for name, runs in questions(logged):
        parts += [f"## {HEADINGS[name]}\n", *_words(words / f"{name}.md")[:1]]
        parts += [FROM_THE_PAPER.strip() + "\n"] if name == "source" else []
        parts += ["\n".join(overview([run.table for run in runs])), ""]
        parts += [f"[Every run, with its intervals](docs/results/{name}.md)\n"]
    return "\n".join(parts)


def every_run(name: str, runs: Sequence[Logged], words: Path) -> str:
    """docs/results/<table>.md: all the words, and the table of every run."""
    note = "<!-- made by make results; the words are those of results/ -->\n"
    parts = [note, f"# {HEADINGS[name]}\n", *_words(words / f"{name}.md")]
    return "\n".join([*parts, *(section(run) for run in runs)])


def _words(path: Path) -> list[str]:
    """The paragraphs of a text, each with an empty line behind it; none where there is no such file."""
    if not path.is_file():
        return []
    return [f"{part.strip()}\n" for part in path.read_text(encoding="utf-8").split("\n\n")]


def section(one: Logged) -> str:
    """One table: its verdict, its rows, what was left out or chosen, and how it was made."""
    table = one.table
    lines = [f"### {table.dataset}: {table.n_users} users, seed {table.seed}", ""]
    lines += [*verdicts(table), ""] if table.differences else []
    lines += markdown_lines(*cells(table))
    lines += ["", *(f"- {note}" for note in table.notes)] if table.notes else []
    made = one.made
    lines += ["", f"`{made.command}`", f"({made.date}, commit {made.commit}; {made.machine})", ""]
    return "\n".join(lines)


def verdicts(table: Table) -> list[str]:
    """What the paired differences decide, in words: one line a pool and metric."""
    lines = []
    for pool, metric in dict.fromkeys((row.pool, row.metric) for row in table.differences):
        rows = [row for row in table.differences if (row.pool, row.metric) == (pool, metric)]
        ours = rows[0].method.split(" minus ")[0]
        groups = {
            "beats": [row for row in rows if row.low > 0],
            "is not told apart from": [row for row in rows if row.low <= 0 <= row.high],
            "loses to": [row for row in rows if row.high < 0],
        }
        said = [f"{verb} {_enumerated(found)}" for verb, found in groups.items() if found]
        lines.append(f"- {pool}: {ours} {'; '.join(said)} ({metric.replace('ndcg', 'NDCG')}).")
    return lines


def _enumerated(rows: Sequence[Row]) -> str:
    return ", ".join(f"{row.method.split(' minus ')[1]} ({row.value:+.3f})" for row in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the logged tables, write the document and the figure; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m training.evaluate.write_results",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--results", type=Path, default=Path("results"))
    parser.add_argument("--out", type=Path, default=Path("RESULTS.md"))
    parser.add_argument("--each", type=Path, default=Path("docs/results"), metavar="DIR")
    parser.add_argument("--figure", type=Path, default=Path("docs/results.png"))
    parser.add_argument("--summary", type=Path, action="append", default=[], metavar="FILE", help=SUMMARY)
    chosen = parser.parse_args(arguments)
    try:
        logged = read_logged(chosen.results)
        tables, trained = [run.table for run in logged], trained_on(DEFAULT_ADAPTER)
        for path in chosen.summary:
            put_between_marks(path, summary(tables, trained))
    except BlueError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    write_whole(chosen.out, findings(logged, chosen.results))
    for name, runs in questions(logged):
        write_whole(chosen.each / f"{name}.md", every_run(name, runs, chosen.results))
    draw_overview(tables, trained, chosen.figure)
    print(f"{len(logged)} runs in {chosen.out} and {chosen.each}, the figure in {chosen.figure}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
