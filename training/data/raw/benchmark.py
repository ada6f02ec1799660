"""Benchmark sets: `items.jsonl.gz` and `users.jsonl.gz`, one user a line with the history, oldest first.

A history holds ids, or objects {item_id[, rating, time, review]}; `time` is Unix time in seconds or in
milliseconds: what is below 100,000,000,000 counts seconds.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.data.raw.reading import MalformedError, json_records
from training.data.raw.rows import (
    InteractionRow,
    RawFiles,
    Source,
    described,
    identifier,
    milliseconds,
    number,
    one_of,
)


def find(folder: Path) -> RawFiles:
    """The two files. Raises RawDataError if one is missing."""
    return RawFiles([one_of(folder, "items.jsonl.gz")], [one_of(folder, "users.jsonl.gz")])


def interactions(record: Mapping[str, Any]) -> list[InteractionRow]:
    """One user's history, in its order."""
    user_id = identifier(record, "user_id")
    history = record.get("history")
    if not isinstance(history, list):
        raise MalformedError("no history")
    entries = (entry if isinstance(entry, dict) else {"item_id": entry} for entry in history)
    return [
        InteractionRow(
            user_id,
            identifier(entry, "item_id"),
            number(entry, "rating"),
            milliseconds(entry, "time", unit=None),
        )
        for entry in entries
    ]


SOURCE = Source(find, json_records, described, interactions, numbers_its_users=True)
