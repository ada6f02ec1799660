"""Your own data in one UTF-8 file, a row a review or purchase, fields quoted where they hold a comma.

    reviews.csv   user_id,item_id,title,rating,timestamp[,category,description,brand]

`title` is the item's. Of an item's rows the first one describes it. `rating` may be empty, and is kept on
your scale. `timestamp` is Unix time in seconds or milliseconds, or a date such as 2024-03-01 or
2024-03-01T18:30 (UTC where it names no zone); it may be empty too: such rows stand before the user's dated
ones, in the order of the file. Any other column is passed over.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from training.data.raw.reading import FileReport, MalformedError, csv_records
from training.data.raw.rows import (
    InteractionRow,
    RawFiles,
    Records,
    Source,
    described,
    identifier,
    milliseconds,
    number,
    one_of,
)

NAME = "reviews.csv"
NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
COLUMNS = ("user_id", "item_id", "title", "rating", "timestamp")


def find(folder: Path) -> RawFiles:
    """The file, read for its items and then for its interactions. Raises RawDataError if it is missing."""
    path = one_of(folder, NAME)
    return RawFiles([path], [path])


def records(path: Path, report: FileReport) -> Records:
    """The rows."""
    return csv_records(path, report, COLUMNS)


def interactions(record: Mapping[str, str]) -> tuple[InteractionRow]:
    """One interaction."""
    return (
        InteractionRow(
            user_id=identifier(record, "user_id"),
            item_id=identifier(record, "item_id"),
            rating=number(record, "rating"),
            time=_time(record),
        ),
    )


def _time(record: Mapping[str, str]) -> int | None:
    written = record["timestamp"].strip()
    if not written or NUMBER.fullmatch(written):
        return milliseconds(record, "timestamp", unit=None)
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        raise MalformedError("timestamp is neither Unix time nor a date such as 2024-03-01") from None
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)


SOURCE = Source(find, records, described, interactions)
