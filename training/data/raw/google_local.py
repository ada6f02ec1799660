"""Google Local 2021: `review-<State>.json.gz` and `meta-<State>.json.gz`.

An item is a place, its `gmap_id`. The published 10-core, `review-<State>_10.json.gz`, may stand in for the
reviews. A folder may hold several states.
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

TEN_CORE = "_10"  # how the published file of users and places with ten reviews or more ends


def find(folder: Path) -> RawFiles:
    """Every state of the folder. Raises RawDataError if there is none, or one lacks a file."""
    paths = [path for pattern in ("*.json", "*.json.gz") for path in folder.glob(pattern)]
    names = {path.name.split(".")[0] for path in paths if path.name.startswith(("review-", "meta-"))}
    states = sorted({name.split("-", 1)[1].removesuffix(TEN_CORE) for name in names})
    if not states:
        raise RawDataError(
            f"{folder}: no reviews. Put review-<State>.json.gz and meta-<State>.json.gz there."
        )
    return RawFiles(
        items=[one_of(folder, *_endings(f"meta-{state}")) for state in states],
        interactions=[
            one_of(folder, *_endings(f"review-{state}"), *_endings(f"review-{state}{TEN_CORE}"))
            for state in states
        ],
    )


def _endings(stem: str) -> tuple[str, str]:
    return f"{stem}.json.gz", f"{stem}.json"


def item(record: Mapping[str, Any]) -> ItemRow:
    """One place; its address stands behind the name: "Subway" alone would be a thousand places."""
    name = title(record, "name")
    address = text(record.get("address")) or ""
    return ItemRow(
        item_id=identifier(record, "gmap_id"),
        title=address if address.startswith(name) else f"{name}, {address}".removesuffix(", "),
        category=text(record.get("category"), ", "),
        description=text(record.get("description")),
    )


def interactions(record: Mapping[str, Any]) -> tuple[InteractionRow]:
    """One review."""
    return (
        InteractionRow(
            user_id=identifier(record, "user_id"),
            item_id=identifier(record, "gmap_id"),
            rating=number(record, "rating"),
            time=milliseconds(record, "time", required=True),
        ),
    )


REVIEWS = ReviewFields("user_id", "gmap_id", "rating", "time")
SOURCE = Source(find, json_records, item, interactions, at_once=REVIEWS.rows)
