"""Reports on the disk, one JSON file a row, and BENCHMARKS.md made from them."""

import json
import os
import platform
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.machine import processor
from benchmarks.measuring import Line, Report, Spread

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "results" / "benchmarks"
PAGE = PROJECT / "BENCHMARKS.md"
MEASURED = ("blue", "training", "benchmarks", "assets", "app.py", "requirements.txt")
_INTRODUCTION = """\
# Benchmarks

Each path of BLUE Studio beside what one would use instead, measured in turns in the same run: `make bench`,
or one row with `python -m benchmarks NAME`. A ratio above 1 means that BLUE Studio is better; behind it
stand the least and the largest of the rounds. *Processor* is the same ratio in processor time: on a machine
that does other work, the clock says how busy it was, the processor time what the work costs, and then that
decides whether a goal is reached. No row is a test: figures of another machine differ, ratios less so. What
was tried, what was expected of it and what it gave stands in [docs/speed-log.md](docs/speed-log.md).
"""


@dataclass(frozen=True)
class Record:
    """A report with when, where and of which commit it was made."""

    name: str
    report: Report
    when: str  # UTC, to the minute
    commit: str  # short hash; with "+" where files differ from it
    machine: str
    load: float  # processes that wanted to run, on average over the row's last minute
    seconds: float  # that the whole row took


def recorded(name: str, report: Report, seconds: float) -> Record:
    """The record of a report that was made just now, here."""
    machine = f"{os.cpu_count()} x {processor()}, {platform.system()}, Python {platform.python_version()}"
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M")
    return Record(name, report, when, commit(), machine, os.getloadavg()[0], seconds)


def commit() -> str:
    """The last commit that changed what is measured, with "+" if the files differ from it."""
    last = _git("log", "-1", "--abbrev=8", "--format=%h", "--", *MEASURED)
    return last + ("+" if _git("status", "--porcelain", "--", *MEASURED) else "") if last else "unknown"


def _git(*arguments: str) -> str:
    found = subprocess.run(["git", *arguments], cwd=PROJECT, capture_output=True, text=True, check=False)
    return found.stdout.strip()


def save(record: Record, folder: Path = FOLDER) -> None:
    """Write one record."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(record), indent=2, ensure_ascii=False) + "\n"
    (folder / f"{record.name}.json").write_text(text, encoding="utf-8")


def load(name: str, folder: Path = FOLDER) -> Record | None:
    """The record of a row, or None if it was never measured."""
    path = folder / f"{name}.json"
    if not path.is_file():
        return None
    content = json.loads(path.read_text(encoding="utf-8"))
    lines = tuple(
        Line(**line | {"ratio": Spread(**line["ratio"]) if line["ratio"] else None})
        for line in content["report"]["lines"]
    )
    return Record(**content | {"report": Report(lines, tuple(content["report"]["notes"]))})


def write_page(titles: Sequence[tuple[str, str]], folder: Path = FOLDER, page: Path = PAGE) -> None:
    """BENCHMARKS.md from the records of these rows, (name, title) each; missing ones are named."""
    parts = [_INTRODUCTION]
    for name, title in titles:
        record = load(name, folder)
        if record is None:
            parts.append(f"## {title}\n\nNot measured yet: `python -m benchmarks {name}`.\n")
        else:
            parts.append(_section(title, record))
    page.write_text("\n".join(parts), encoding="utf-8")


def _section(title: str, record: Record) -> str:
    rows = [
        "| | BLUE Studio | beside | ratio | processor | goal | |\n|---|---|---|---|---|---|---|",
        *(_row(line) for line in record.report.lines),
    ]
    notes = "".join(f"- {note}\n" for note in record.report.notes)
    measured = (
        f"{record.when} UTC, commit `{record.commit}`, {record.machine}, load {record.load:.1f}; "
        f"{record.seconds:.0f} s for the row."
    )
    return f"## {title}\n\n" + "\n".join(rows) + f"\n\n{notes}\n{measured}\n"


def _row(line: Line) -> str:
    ratio = "" if line.ratio is None else f"{line.ratio} ×"
    processor_ratio = "" if line.cpu_ratio is None else f"{line.cpu_ratio:.2f} ×"
    verdict = {True: "reached", False: "**not reached**", None: ""}[line.reached]
    cells = (line.what, line.ours, line.beside, ratio, processor_ratio, line.goal, verdict)
    return "| " + " | ".join(cells) + " |"
