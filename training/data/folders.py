"""A data set as a command line names it, `--data [NAME=]DIR`: its name, and the kind of its folder."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from blue.errors import BlueError

FILES_OF_KIND = {
    "benchmark": ("items.jsonl.gz", "users.jsonl.gz"),
    "prepared": ("items.parquet", "interactions.parquet"),  # what `training.data.prepare` writes
    "movielens": ("ratings.csv",),
}


class DataError(BlueError):
    """A data set cannot be read: no such folder, no kind that is known, a damaged file."""


@dataclass(frozen=True)
class DataFolder:
    """One data set of the command line.

    `name` is NAME, or else the last word of the folder's name: `amazon14_beauty` is beauty. The id of a
    benchmark's user begins with it (`beauty:17`), and a hash of the id is the user's split.
    """

    name: str
    label: str  # what a table calls it: NAME, or the folder's whole name
    kind: str
    folder: Path


def data_folder(source: str) -> DataFolder:
    """Read "DIR" or "NAME=DIR"; the kind is told by the files.

    Raises:
        DataError: the name is empty, there is no such folder, or it holds no data that is known.
    """
    named, equals, place = source.rpartition("=")
    if equals and not named:
        raise DataError(f"--data {source!r}: the name is empty. Write NAME=DIR, or the folder alone.")
    folder = Path(place).expanduser()
    if not folder.is_dir():
        raise DataError(f"--data {source!r}: there is no folder {folder}. Write NAME=DIR.")
    own = folder.resolve().name
    return DataFolder(named or own.split("_")[-1], named or own, _kind_of(folder), folder)


def data_folders(sources: Iterable[str]) -> list[DataFolder]:
    """The data sets of a training command; SystemExit says what is wrong with one."""
    try:
        return [data_folder(source) for source in sources]
    except DataError as error:
        raise SystemExit(str(error)) from None


def _kind_of(folder: Path) -> str:
    for kind, names in FILES_OF_KIND.items():
        if all((folder / name).is_file() for name in names):
            return kind
    known = "; ".join(f"{' and '.join(names)} ({kind})" for kind, names in FILES_OF_KIND.items())
    raise DataError(f"{folder} holds no data that is known. It needs {known}.")
