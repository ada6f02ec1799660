"""Your own data: two UTF-8 files with a header line, fields quoted where they hold a comma.

    interactions.csv   user_id,item_id,rating,timestamp[,review]
    items.csv          item_id,title[,category,description,brand]

`rating` may be empty, and is kept on your scale. `timestamp` is Unix time in seconds or in milliseconds: what
is below 100,000,000,000 counts seconds. It may be empty too: a user's interactions without a time stand
before those with one, in the order of the file. `review` and any other column are passed over.
"""

from collections.abc import Mapping
from pathlib import Path

from training.data.raw.reading import FileReport, csv_records
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

COLUMNS = {"items": ("item_id", "title"), "interactions": ("user_id", "item_id", "rating", "timestamp")}


def find(folder: Path) -> RawFiles:
    """The two files. Raises RawDataError if one is missing."""
    return RawFiles([one_of(folder, "items.csv")], [one_of(folder, "interactions.csv")])


def records(path: Path, report: FileReport) -> Records:
    """The rows of either file."""
    return csv_records(path, report, COLUMNS[path.stem])


def interactions(record: Mapping[str, str]) -> tuple[InteractionRow]:
    """One interaction."""
    return (
        InteractionRow(
            user_id=identifier(record, "user_id"),
            item_id=identifier(record, "item_id"),
            rating=number(record, "rating"),
            time=milliseconds(record, "timestamp", unit=None),
        ),
    )


SOURCE = Source(find, records, described, interactions)
