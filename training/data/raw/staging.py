"""Raw files into typed Parquet chunks, a batch at a time: memory does not grow with the files."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from training.data.raw.reading import FileReport, MalformedError, RawDataError
from training.data.raw.rows import ItemRow, Source

BATCH = 50_000  # rows held as Python objects at a time: about 50 MB of items with descriptions

ITEM_COLUMNS = {name: pl.String for name in ItemRow._fields}
INTERACTION_COLUMNS = {"user_id": pl.String, "item_id": pl.String, "rating": pl.Float32, "time": pl.Int64}
ROW = {"row": pl.UInt32}  # where it stood in the source, over all files: "first" means the smallest
KEY = {"key": pl.String}

Progress = Callable[[FileReport], None]


@dataclass(frozen=True)
class Staged:
    """Chunks of one source: `items` with a title key, `interactions`; both with their row number."""

    items: pl.LazyFrame
    interactions: pl.LazyFrame
    reports: Sequence[FileReport]


def stage(source: Source, folder: Path, work: Path, progress: Progress) -> Staged:
    """Read every file of the source in `folder` into chunks below `work`.

    Raises RawDataError if a file is missing or empty, or no line of it can be used.
    """
    files = source.find(folder)
    reports: list[FileReport] = []

    def rows(paths: Sequence[Path], parse: Callable[[Mapping[str, Any]], Iterable[tuple]]) -> Iterator[tuple]:
        for path in paths:
            report = FileReport(path)
            reports.append(report)
            yield from _rows(source, report, parse, progress)

    items = _write(
        rows(files.items, lambda record: _keyed(source.item(record))), ITEM_COLUMNS | KEY, work / "items"
    )
    interactions = _write(
        rows(files.interactions, source.interactions), INTERACTION_COLUMNS, work / "interactions"
    )
    return Staged(items, interactions, reports)


def title_key(title: str) -> str:
    """What two titles share when they differ in case and punctuation alone.

    >>> title_key("Tea-Cake, 2 oz") == title_key("TEA CAKE 2 oz."), title_key("?!")
    (True, '?!')
    """
    return " ".join(re.findall(r"\w+", title.casefold())) or title  # "?" and "!" are two titles


def _keyed(item: ItemRow) -> list[tuple]:
    return [(*item, title_key(item.title))]


def _rows(
    source: Source,
    report: FileReport,
    parse: Callable[[Mapping[str, Any]], Iterable[tuple]],
    progress: Progress,
) -> Iterator[tuple]:
    usable = 0
    for line, record in source.records(report.path, report):
        try:
            found = parse(record)
        except MalformedError as error:
            report.reject(line, str(error))
            continue
        usable += 1
        yield from found
        if usable % BATCH == 0:
            progress(report)
    progress(report)
    if not usable:
        first = f" Line {report.examples[0][0]}: {report.examples[0][1]}." if report.examples else ""
        raise RawDataError(f"{report.path}: no line can be used.{first} Is it the file that its name says?")


def _write(rows: Iterator[tuple], columns: Mapping[str, type[pl.DataType]], folder: Path) -> pl.LazyFrame:
    folder.mkdir(parents=True)
    batch: list[tuple] = []
    written = chunks = 0

    def flush() -> None:
        nonlocal batch, written, chunks
        chunk = pl.DataFrame(batch, schema=columns, orient="row")
        numbers = pl.int_range(written, written + chunk.height, dtype=ROW["row"], eager=True)
        chunk.with_columns(row=numbers).write_parquet(folder / f"{chunks:06}.parquet", compression="lz4")
        written, chunks, batch = written + chunk.height, chunks + 1, []

    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            flush()
    flush()  # also of nothing: a source whose rows are none still has its columns
    return pl.scan_parquet(sorted(folder.iterdir()))
