"""Raw files into typed Parquet chunks, a batch at a time: memory does not grow with the files."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl

from training.data.raw.reading import FileReport, MalformedError, RawDataError, blocks, json_records_of
from training.data.raw.rows import ItemRow, Records, Source

BATCH = 50_000  # rows held as Python objects at a time: about 50 MB of items with descriptions

ITEM_COLUMNS = {name: pl.String for name in ItemRow._fields}
INTERACTION_COLUMNS = {"user_id": pl.String, "item_id": pl.String, "rating": pl.Float32, "time": pl.Int64}
ROW = {"row": pl.UInt32}  # where it stood in the source, over all files: "first" means the smallest
KEY = {"key": pl.String}

Progress = Callable[[FileReport], None]
Frames = Iterator[pl.DataFrame]


@dataclass(frozen=True)
class Staged:
    """Chunks of one source: `items` with a title key, `interactions`; both with their row number."""

    items: pl.LazyFrame
    interactions: Path  # the folder of the chunks
    read: int  # interactions in them
    reports: Sequence[FileReport]


def stage(source: Source, folder: Path, work: Path, progress: Progress) -> Staged:
    """Read every file of the source in `folder` into chunks below `work`.

    Raises RawDataError if a file is missing or empty, or no line of it can be used.
    """
    files = source.find(folder)
    reports: list[FileReport] = []

    def of(paths: Sequence[Path], read: Callable[[FileReport], Frames]) -> Frames:
        for path in paths:
            report = FileReport(path)
            reports.append(report)
            yield from _usable(read(report), report, progress)

    items, interactions = work / "items", work / "interactions"
    _write(of(files.items, partial(_items, source)), ITEM_COLUMNS | KEY, items)
    read = _write(of(files.interactions, partial(_interactions, source)), INTERACTION_COLUMNS, interactions)
    return Staged(pl.scan_parquet(sorted(items.iterdir()), glob=False), interactions, read, reports)


def title_key(title: str) -> str:
    """What two titles share when they differ in case and punctuation alone.

    >>> title_key("Tea-Cake, 2 oz") == title_key("TEA CAKE 2 oz."), title_key("?!")
    (True, '?!')
    """
    return " ".join(re.findall(r"\w+", title.casefold())) or title  # "?" and "!" are two titles


def _items(source: Source, report: FileReport) -> Frames:
    def keyed(record: Mapping[str, Any]) -> list[tuple]:
        item = source.item(record)
        return [(*item, title_key(item.title))]

    return _framed(_rows(source.records(report.path, report), keyed, report), ITEM_COLUMNS | KEY)


def _interactions(source: Source, report: FileReport) -> Frames:
    """A block of lines at once where the source can and every line is plain, else line by line."""
    if source.at_once is None:
        records = source.records(report.path, report)
        yield from _framed(_rows(records, source.interactions, report), INTERACTION_COLUMNS)
        return
    for first, lines in blocks(report.path, report):
        frame = source.at_once(lines)
        if frame is not None:
            yield frame.cast(INTERACTION_COLUMNS)
        else:
            records = json_records_of(first, lines, report)
            yield from _framed(_rows(records, source.interactions, report), INTERACTION_COLUMNS)


def _rows(
    records: Records, parse: Callable[[Mapping[str, Any]], Iterable[tuple]], report: FileReport
) -> Iterator[tuple]:
    """The rows of the records that can be used; the report gets the others."""
    for line, record in records:
        try:
            yield from parse(record)
        except MalformedError as error:
            report.reject(line, str(error))


def _framed(rows: Iterable[tuple], columns: Mapping[str, type[pl.DataType]]) -> Frames:
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        yield pl.DataFrame(batch, schema=columns, orient="row")


def _usable(frames: Iterable[pl.DataFrame], report: FileReport, progress: Progress) -> Frames:
    """The frames of one file, with progress. Raises RawDataError if they hold nothing."""
    usable = 0
    for frame in frames:
        usable += frame.height
        yield frame
        progress(report)
    if not usable:
        first = f" Line {report.examples[0][0]}: {report.examples[0][1]}." if report.examples else ""
        raise RawDataError(f"{report.path}: no line can be used.{first} Is it the file that its name says?")


def _write(frames: Iterable[pl.DataFrame], columns: Mapping[str, type[pl.DataType]], folder: Path) -> int:
    """A chunk a frame, rows numbered over all of them; returns how many."""
    folder.mkdir(parents=True)
    written = 0
    nothing = pl.DataFrame(schema=columns)  # also a source whose rows are none has its columns
    for chunk, frame in enumerate(chain(frames, [nothing])):
        numbers = pl.int_range(written, written + frame.height, dtype=ROW["row"], eager=True)
        frame.with_columns(row=numbers).write_parquet(folder / f"{chunk:06}.parquet", compression="lz4")
        written += frame.height
    return written
