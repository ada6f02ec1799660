"""The log of a run, `OUT/log.jsonl`: read, and taken back to a step. Imports nothing heavy."""

import json
from collections.abc import Iterator
from pathlib import Path

from blue.models import write_whole


def entries(path: Path) -> Iterator[dict]:
    """The lines of a log; the last one may be half a line, where the run was killed while writing it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            yield json.loads(line)
        except json.JSONDecodeError as error:
            if number == len(lines):
                return
            raise SystemExit(f"{path}, line {number}: {error}. Delete the line.") from error


def rewind(path: Path, step: int) -> None:
    """Forget what was written after a step: a resumed run will write it again."""
    if not path.is_file():
        return
    kept = [entry for entry in entries(path) if entry["step"] <= step]
    write_whole(path, "".join(json.dumps(entry) + "\n" for entry in kept))
