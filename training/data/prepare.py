"""Turn the raw files that a data set is published as into the one schema that training reads.

    python -m training.data.prepare SOURCE --raw DIR --out DIR

    amazon-reviews-2023   X.jsonl.gz, meta_X.jsonl.gz
    google-local          review-X.json.gz, meta-X.json.gz
    movielens             ratings.csv, movies.csv
    csv                   interactions.csv, items.csv: yours
    reviews               reviews.csv: yours, in one file
    benchmark             items.jsonl.gz, users.jsonl.gz

What the files of a source look like is said in its module, training/data/raw/<source>.py.

1. read the raw lines, a batch at a time, into typed chunks; count the lines that cannot be read
2. sort them by user and time, on disk; drop interactions of unknown items, then repeats of the same user and
   item (the first stays)
3. make items of equal titles one: their interactions go to the first
4. keep the k-core, and drop targets that the history holds, until neither drops anything
5. write, all at once when everything is done:

    items.parquet         item_id, title, category, description, brand
    interactions.parquet  user_id, item_id, rating (or null), time (ms since 1970, or null), position (from 0)
    users.parquet         user_id, split, length, target_item_id, target_in_history, near_duplicate_title
    manifest.json         counts, malformed lines, SHA-256 of every file

`target_in_history` is false in every row, because of step 4; `near_duplicate_title` says that the history
holds an item of nearly the target's title, which would give the answer away. Nothing is drawn at random: the
split is a hash of the user's id, after the set's name where a set numbers its own users (benchmark).
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from blue.errors import BlueError
from blue.models import sha256_of
from training.data.pipeline import Steps, filtered
from training.data.raw import SOURCES
from training.data.raw.reading import FileReport, RawDataError
from training.data.raw.report import file_record, files_table
from training.data.raw.staging import Progress as OnBatch
from training.data.raw.staging import stage
from training.data.tables import write_tables
from training.runs import is_full_disk, parser_of

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Prepare a data set from the command line; bad input ends with status 2 and one line."""
    parser = parser_of(__doc__)
    parser.add_argument("source", choices=list(SOURCES))
    parser.add_argument("--raw", type=Path, required=True, help="folder of the files as they were published")
    parser.add_argument("--out", type=Path, required=True, help="folder to write; a prepared one is replaced")
    parser.add_argument("--k", type=int, default=5, help="least interactions of every user and every item")
    parser.add_argument(
        "--name", help="of a benchmark set: part of its users' ids; the last word of OUT if not given"
    )
    options = parser.parse_args(arguments)
    if options.k < 1:
        parser.error("--k must be 1 or more")
    try:
        prepare(options.source, options.raw, options.out, options.k, data_set=options.name)
    except BlueError as error:
        parser.exit(BAD_INPUT, f"{error}\n")


def prepare(
    name: str,
    raw: Path,
    out: Path,
    k: int = 5,
    console: Console | None = None,
    data_set: str | None = None,
) -> dict:
    """Prepare the files of source `name` in folder `raw` into folder `out`; returns the manifest.

    A source that numbers its own users needs a name for the set, so that its user 17 is the one of the same
    set in its published form: `data_set`, or the last word of the folder's name (`amazon14_beauty`: beauty).

    Nothing stands in `out` before everything is written. Raises RawDataError if a file is missing, empty or
    holds no usable line, if `out` holds something else, or if the disk is full; NothingLeftError if the
    filters leave nothing.
    """
    console = console or Console()
    _check_replaceable(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))  # beside it: a rename, never a copy
    try:
        ready = work / "ready"
        ready.mkdir()
        numbered = SOURCES[name].numbers_its_users
        data_set = (data_set or out.resolve().name.split("_")[-1]) if numbered else None
        manifest = _prepare(name, raw, work, ready, k, console, data_set)
        if out.exists():
            out.rename(work / "replaced")
        ready.rename(out)
    except Exception as error:
        if not is_full_disk(error):
            raise
        raise RawDataError(
            f"{out.parent} cannot be written any further: the disk is full, or a quota is reached ({error}). "
            "Nothing was changed. Free some space and run the command again."
        ) from error
    finally:
        shutil.rmtree(work)
    console.print(f"Written to {out}")
    return manifest


def _prepare(name, raw, work, ready, k, console, data_set) -> dict:
    with _progress() as on_batch:
        staged = stage(SOURCES[name], raw, work / "staged", on_batch)
    console.print(files_table(staged.reports))
    steps = Steps()
    try:
        with console.status("Sorting by user and time, then filtering"):
            prepared = filtered(staged, k, steps, work)
    finally:
        console.print(steps_table(steps))  # also where nothing is left: it shows which filter took it
    with console.status("Writing the tables"):
        write_tables(prepared, staged, ready, work, data_set)
    manifest = {
        "source": name,
        "data_set": data_set,
        "k": k,
        "seed": None,  # nothing is drawn
        "versions": {"schema": SCHEMA_VERSION, "polars": pl.__version__, "duckdb": duckdb.__version__},
        "inputs": [file_record(report) for report in staged.reports],
        "filters": steps.as_record(),
        "outputs": {path.name: sha256_of(path) for path in sorted(ready.iterdir())},
    }
    (ready / MANIFEST).write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return manifest


def _check_replaceable(out: Path) -> None:
    """Raises RawDataError if `out` is a file, or a folder that something else was written to."""
    if out.exists() and not (out / MANIFEST).is_file() and (out.is_file() or any(out.iterdir())):
        raise RawDataError(f"{out} holds something else than a prepared data set. Name a new folder.")


@contextmanager
def _progress() -> Iterator[OnBatch]:
    """A bar over the bytes of the file that is being read, on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks = {}

        def on_batch(report: FileReport) -> None:
            if report.path not in tasks:
                tasks[report.path] = bar.add_task(report.path.name, total=report.path.stat().st_size)
            bar.update(tasks[report.path], completed=report.bytes_read)

        yield on_batch


def steps_table(steps: Steps) -> Table:
    """The filters in their order, with what each dropped and left."""
    items = ", ".join(f"{count:,} {name}" for name, count in steps.items.items())
    table = Table("filter", "dropped", "interactions left", "users", "items", caption=f"Items: {items}")
    for step in steps.interactions:
        table.add_row(
            step.name, *(f"{n:,}" for n in (step.dropped, step.interactions, step.users, step.items))
        )
    return table


if __name__ == "__main__":
    main()
