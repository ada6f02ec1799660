"""Raw lines, plain or gzipped, as records; what cannot be read is counted, and never ends the reading."""

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import orjson  # comes with gradio; four times as fast as json on reviews

from blue.errors import BlueError

EXAMPLES = 5  # malformed lines that a report names
BLOCK = 8 << 20  # bytes of lines, unpacked, that are held at a time
PIECE = 1 << 20  # bytes asked of a file at a time
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class RawDataError(BlueError):
    """The raw files cannot be used: one is missing, empty, or not what its name says."""


class MalformedError(ValueError):
    """One record cannot be used; the text is the reason, without the line number."""


@dataclass
class FileReport:
    """What reading one file came to. `examples` holds the first few (line number, reason)."""

    path: Path
    lines: int = 0
    malformed: Counter[str] = field(default_factory=Counter)  # reason -> lines
    examples: list[tuple[int, str]] = field(default_factory=list)
    truncated: str | None = None  # why the end of the file could not be read
    bytes_read: int = 0  # of the file as it lies on the disk, so gzipped bytes where it is gzipped

    def reject(self, line: int, reason: str) -> None:
        """Count one malformed line."""
        self.malformed[reason] += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append((line, reason))


def json_records(path: Path, report: FileReport) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, object) of every line that holds a JSON object; empty lines are passed over."""
    for first, lines in blocks(path, report):
        yield from json_records_of(first, lines, report)


def json_records_of(first: int, lines: bytes, report: FileReport) -> Iterator[tuple[int, dict[str, Any]]]:
    """The same of some whole lines, the `first` of which has that number."""
    for line, raw in enumerate(io.BytesIO(lines), first):
        try:
            record = orjson.loads(raw)
        except orjson.JSONDecodeError:
            if raw.strip():
                report.reject(line, "broken JSON" if _is_utf8(raw) else "not UTF-8")
            continue
        if isinstance(record, dict):
            yield line, record
        else:
            report.reject(line, "not a JSON object")


def csv_records(
    path: Path, report: FileReport, required: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """(line number of its end, row by column name) of every row that has as many fields as the header.

    Raises RawDataError if the header lacks a column of `required`.
    """
    rows = csv.reader(_decoded(path, report))
    header = [name.strip() for name in next(rows, [])]
    if missing := [name for name in required if name not in header]:
        raise RawDataError(f"{path}: the first line has no {', '.join(missing)}. It must name the columns.")
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            report.reject(report.lines, f"broken CSV: {error}")
            continue
        if len(row) == len(header):
            yield report.lines, dict(zip(header, row, strict=True))
        elif row:
            report.reject(report.lines, f"{len(header)} fields expected")


def _decoded(path: Path, report: FileReport) -> Iterator[str]:
    for line, raw in _lines(path, report):
        try:
            yield raw.decode()
        except UnicodeDecodeError:
            report.reject(line, "not UTF-8")


def _lines(path: Path, report: FileReport) -> Iterator[tuple[int, bytes]]:
    """(line number, bytes) of every line; the report counts those that were taken."""
    for first, lines in blocks(path, report):
        for report.lines, raw in enumerate(io.BytesIO(lines), first):
            yield report.lines, raw


def blocks(path: Path, report: FileReport) -> Iterator[tuple[int, bytes]]:
    """(number of the first line, whole lines) of about BLOCK bytes at a time, without a byte order mark.

    A damaged gzip gives the whole lines before the damage, and says so. Raises RawDataError for an empty
    file.
    """
    held, line = bytearray(), 1
    with _opened(path) as (file, on_disk):
        for piece in _pieces(file, report):
            held += piece
            report.bytes_read = on_disk.tell()
            end = held.rfind(b"\n") + 1 if len(held) >= BLOCK else 0
            if end:
                yield line, _numbered(held[:end], line, report)
                line, held = report.lines + 1, held[end:]
    if report.truncated:
        held = held[: held.rfind(b"\n") + 1]  # the damage is in the line after it
    if held:
        yield line, _numbered(held, line, report)
    if report.truncated:
        report.truncated = f"damaged after line {report.lines}: {report.truncated}"
    if not report.lines:
        raise RawDataError(f"{path}: the file is {report.truncated or 'empty'}. Download it again.")


def _pieces(file: BinaryIO, report: FileReport) -> Iterator[bytes]:
    try:
        while piece := file.read1(PIECE):
            yield piece
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        report.truncated = str(error)


def _numbered(lines: bytearray, first: int, report: FileReport) -> bytes:
    """The lines as bytes; the report counts them."""
    report.lines = first + lines.count(b"\n") - lines.endswith(b"\n")
    return bytes(lines.removeprefix(BYTE_ORDER_MARK) if first == 1 else lines)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    with path.open("rb") as on_disk:
        if path.suffix != ".gz":
            yield on_disk, on_disk
            return
        with gzip.GzipFile(fileobj=on_disk) as unpacked:
            yield unpacked, on_disk


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode()
    except UnicodeDecodeError:
        return False
    return True
