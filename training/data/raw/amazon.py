"""Amazon Reviews 2023: `<Category>.jsonl` and `meta_<Category>.jsonl`, each plain or .gz.

An item is a `parent_asin`: colours and sizes of one product share their reviews. A folder may hold several
categories.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from training.data.raw.at_once import ReviewFields
from training.data.raw.reading import RawDataError, json_records
from training.data.raw.rows import (
    InteractionRow,
    ItemRow,
    RawFiles,
    Source,
    identifier,
    milliseconds,
    number,
    one_of,
    text,
    title,
)


def find(folder: Path) -> RawFiles:
    """Every category of the folder. Raises RawDataError if there is none, or one lacks a file."""
    names = {
        path.name.split(".")[0] for pattern in ("*.jsonl", "*.jsonl.gz") for path in folder.glob(pattern)
    }
    categories = sorted({name.removeprefix("meta_") for name in names})
    if not categories:
        raise RawDataError(
            f"{folder}: no reviews. Put <Category>.jsonl.gz and meta_<Category>.jsonl.gz there."
        )
    return RawFiles(
        items=[one_of(folder, f"meta_{name}.jsonl.gz", f"meta_{name}.jsonl") for name in categories],
        interactions=[one_of(folder, f"{name}.jsonl.gz", f"{name}.jsonl") for name in categories],
    )


def item(record: Mapping[str, Any]) -> ItemRow:
    """One line of a meta file; the features stand in where there is no description."""
    return ItemRow(
        item_id=identifier(record, "parent_asin"),
        title=title(record, "title"),
        category=text(record.get("categories"), " > ") or text(record.get("main_category")),
        description=text(record.get("description")) or text(record.get("features")),
        brand=text(record.get("store")),
    )


def interactions(record: Mapping[str, Any]) -> tuple[InteractionRow]:
    """One review."""
    return (
        InteractionRow(
            user_id=identifier(record, "user_id"),
            item_id=identifier(record, "parent_asin"),
            rating=number(record, "rating", required=True),
            time=milliseconds(record, "timestamp", required=True),
        ),
    )


REVIEWS = ReviewFields("user_id", "parent_asin", "rating", "timestamp")
SOURCE = Source(find, json_records, item, interactions, at_once=REVIEWS.rows)
