"""What a call of the evaluation leaves on disk, and what is needed to make it again."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from blue.models import write_whole
from training.evaluate.tables.results import Table, markdown
from training.runs import machine

PROJECT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Provenance:
    """The command as it was given, when, at which commit, on what."""

    command: str
    date: str
    commit: str
    machine: str


def provenance(words: Sequence[str]) -> Provenance:
    """Of this process, called with these arguments; paths keep their last part alone."""
    shown = [_shortened(word) for word in words]
    about = machine()
    return Provenance(
        " ".join(["python -m training.evaluate", *shown]),
        datetime.now(UTC).isoformat(timespec="seconds"),
        _commit(),
        f"{about['processor']}, {about['cores']} cores, {about['memory_gb']} GB; GPUs: {about['gpus']}",
    )


def _shortened(word: str) -> str:
    """
    >>> _shortened("beauty=/home/somebody/data/beauty"), _shortened("--limit"), _shortened("a,b")
    ('beauty=beauty', '--limit', 'a,b')
    """
    name, given, place = word.rpartition("=")
    return f"{name}{given}{Path(place).name}" if "/" in place else word


def _commit() -> str:
    asked = ["git", "-C", str(PROJECT), "rev-parse", "--short", "HEAD"]
    try:
        found = subprocess.run(asked, capture_output=True, text=True, check=False)
    except FileNotFoundError:  # the project runs without git, too
        return "unknown"
    return found.stdout.strip() or "unknown"


def write(tables: Sequence[Table], out: Path, made: Provenance) -> None:
    """results.json and Markdown; a folder a data set where there are several."""
    for table in tables:
        folder = out if len(tables) == 1 else out / table.dataset.replace("/", "-").replace(" ", "-")
        _write_json(folder / "results.json", table.record() | {"made": asdict(made)})
        write_whole(folder / "results.md", markdown(table))
    if len(tables) > 1:
        _write_json(out / "results.json", [table.record() for table in tables])
        write_whole(out / "results.md", "\n".join(markdown(table) for table in tables))


def _write_json(path: Path, content: object) -> None:
    write_whole(path, json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
