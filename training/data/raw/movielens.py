"""MovieLens: `ratings.csv` (userId,movieId,rating,timestamp) and `movies.csv` (movieId,title,genres).

A timestamp counts seconds. Ids become "ml:1", as in the shipped catalogue, so that a user's split is the
same wherever they are read.
"""

from collections.abc import Mapping
from pathlib import Path

from training.data.raw.reading import FileReport, csv_records
from training.data.raw.rows import (
    InteractionRow,
    ItemRow,
    RawFiles,
    Records,
    Source,
    identifier,
    milliseconds,
    number,
    one_of,
    title,
)

COLUMNS = {"movies": ("movieId", "title", "genres"), "ratings": ("userId", "movieId", "rating", "timestamp")}
NO_GENRES = "(no genres listed)"


def find(folder: Path) -> RawFiles:
    """The two files. Raises RawDataError if one is missing."""
    return RawFiles([one_of(folder, "movies.csv")], [one_of(folder, "ratings.csv")])


def records(path: Path, report: FileReport) -> Records:
    """The rows of either file."""
    return csv_records(path, report, COLUMNS[path.stem])


def item(record: Mapping[str, str]) -> ItemRow:
    """One film; the year stays in the title, it tells a film from its remake."""
    genres = record["genres"].replace(NO_GENRES, "").replace("|", ", ")
    return ItemRow(f"ml:{identifier(record, 'movieId')}", title(record, "title"), genres or None)


def interactions(record: Mapping[str, str]) -> tuple[InteractionRow]:
    """One rating, on a scale of 0.5 to 5."""
    return (
        InteractionRow(
            user_id=f"ml:{identifier(record, 'userId')}",
            item_id=f"ml:{identifier(record, 'movieId')}",
            rating=number(record, "rating", required=True),
            time=milliseconds(record, "timestamp", unit=1000, required=True),
        ),
    )


SOURCE = Source(find, records, item, interactions)
