"""What reading came to, as a record for the manifest and as a table for the reader."""

from collections.abc import Sequence

from rich.table import Table

from blue.models import sha256_of
from training.data.raw.reading import FileReport


def file_record(report: FileReport) -> dict:
    """One input file: its name, hash, lines, and the lines that could not be read."""
    return {
        "name": report.path.name,
        "sha256": sha256_of(report.path),
        "lines": report.lines,
        "truncated": report.truncated,
        "malformed": sum(report.malformed.values()),
        "reasons": dict(sorted(report.malformed.items())),
        "first": [{"line": line, "reason": reason} for line, reason in report.examples],
    }


def files_table(reports: Sequence[FileReport]) -> Table:
    """The files with their malformed lines, the first few by number."""
    table = Table("file", "lines", "malformed", "first of them")
    for report in reports:
        first = [f"line {line}: {reason}" for line, reason in report.examples]
        if report.truncated:
            first.append(report.truncated)
        malformed = f"{sum(report.malformed.values()):,}"
        table.add_row(report.path.name, f"{report.lines:,}", malformed, "\n".join(first))
    return table
