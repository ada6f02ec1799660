"""A folder named on the command line -> a data set, the split of its users and the domain of its items.

The kind of folder is recognised by its files: `items.jsonl.gz` and `users.jsonl.gz` (the benchmark's schema),
`items.parquet` and `interactions.parquet` (what `training.data.prepare` writes), or `ratings.csv`
(MovieLens).
"""

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from blue.errors import BlueError
from training.data import Dataset, Split, load, split_of

FILES_OF_KIND = {
    "benchmark": ("items.jsonl.gz", "users.jsonl.gz"),
    "prepared": ("items.parquet", "interactions.parquet"),
    "movielens": ("ratings.csv",),
}
SPLIT_WORDS: tuple[tuple[str, Split], ...] = (("test", "test"), ("val", "validation"), ("train", "train"))


class EvaluationError(BlueError):
    """The evaluation cannot be done as asked: no such folder, no such method, too few users, a leak."""


@dataclass(frozen=True)
class EvaluationData:
    """A data set with what only the evaluation needs to know of it."""

    dataset: Dataset
    splits: Mapping[str, Split]  # of every user of the data set
    domains: Mapping[str, str]  # item_id -> domain; the data set's name where the items carry none

    @staticmethod
    def of(dataset: Dataset) -> "EvaluationData":
        """Splits by the hash of the user's id, one domain; of assembled histories every kind is a domain."""
        splits = {user: split_of(user) for user in dataset.histories}
        domains = {
            item_id: item.kind if dataset.synthetic else dataset.name
            for item_id, item in dataset.items.items()
        }
        return EvaluationData(dataset, splits, domains)

    @property
    def name(self) -> str:
        """The data set's name."""
        return self.dataset.name

    def users(self, split: Split) -> list[str]:
        """The user ids of one split, sorted."""
        return sorted(user for user, its in self.splits.items() if its == split)


def read_data(source: str) -> EvaluationData:
    """Read "DIR" or "NAME=DIR"; a data set is called as its folder unless NAME is given.

    The split is a hash of the user's id, and the id of a benchmark's user begins with a name (`beauty:17`).
    Training and evaluation must use the same one: it is NAME where given, else the last word of the folder's
    name, so that `amazon14_beauty` has the users of `--data beauty=benchmark:.../amazon14_beauty` in
    training. A benchmark whose users carry a `split` keeps it.

    Raises:
        EvaluationError: the folder, its kind or one of its lines cannot be read.
    """
    named, given, place = source.rpartition("=")
    if given and not named:
        raise EvaluationError(f"--data {source!r}: the name is empty. Write NAME=DIR, or the folder alone.")
    folder = Path(place).expanduser()
    if not folder.is_dir():
        raise EvaluationError(f"--data {source!r}: there is no folder {folder}. Give a folder with data.")
    kind = _kind_of(folder)
    label = named or folder.resolve().name
    key = named or label.split("_")[-1]
    if kind == "benchmark":
        return _benchmark(label, key, folder)
    dataset = _renamed(_loaded(kind, key, folder), label)
    return _checked(EvaluationData.of(dataset), folder)


def _kind_of(folder: Path) -> str:
    for kind, names in FILES_OF_KIND.items():
        if all((folder / name).is_file() for name in names):
            return kind
    known = "; ".join(f"{' and '.join(names)} ({kind})" for kind, names in FILES_OF_KIND.items())
    raise EvaluationError(f"{folder} holds no data that is known. It needs {known}.")


def _loaded(kind: str, key: str, folder: Path) -> Dataset:
    try:
        return load(kind, key, folder)
    except (pl.exceptions.PolarsError, KeyError, ValueError) as error:
        files = " and ".join(FILES_OF_KIND[kind])
        raise EvaluationError(f"{folder}: {files} cannot be read as {kind} data ({error}).") from error


def _benchmark(label: str, key: str, folder: Path) -> EvaluationData:
    domains, splits = {}, {}
    for record in _records(folder / "items.jsonl.gz", {"item_id": str, "title": str}):
        domains[record["item_id"]] = str(record.get("domain") or label)
    for record in _records(folder / "users.jsonl.gz", {"user_id": str, "history": list}):
        user = f"{key}:{record['user_id']}"
        splits[user] = _split_named(record["split"]) if record.get("split") else split_of(user)
    dataset = _renamed(load("benchmark", key, folder), label)
    known = {user: splits[user] for user in dataset.histories}
    return _checked(
        EvaluationData(dataset, known, {item_id: domains[item_id] for item_id in dataset.items}), folder
    )


def _records(path: Path, required: Mapping[str, type]) -> Iterator[dict]:
    """The lines of a gzipped JSONL file, each checked for the fields that everything else relies on."""
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                record = json.loads(line)
                for field, kind in required.items():
                    if not isinstance(record, dict) or not isinstance(record.get(field), kind):
                        expected = "list" if kind is list else "text"
                        raise EvaluationError(
                            f"{path}, line {number}: {field!r} must be a {expected}. "
                            f"Write one JSON object a line with {', '.join(required)}."
                        )
                yield record
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path}, line {number}: {error}. Write one JSON object a line.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise EvaluationError(f"{path} cannot be read ({error}). Write it again with gzip.") from error


def _split_named(word: str) -> Split:
    """The split a benchmark gives a user: "test", "valid", "train_A" ..."""
    for start, split in SPLIT_WORDS:
        if str(word).startswith(start):
            return split
    raise EvaluationError(f"A user has the split {word!r}. Write train, validation or test.")


def _renamed(dataset: Dataset, label: str) -> Dataset:
    return Dataset(label, dataset.items, dataset.histories, dataset.synthetic)


def _checked(data: EvaluationData, folder: Path) -> EvaluationData:
    if not data.dataset.items or not data.dataset.histories:
        raise EvaluationError(f"{folder} holds no user with an item. Check that its ids belong together.")
    counts = Counter(data.splits.values())
    if not counts["test"]:
        raise EvaluationError(
            f"None of the {len(data.splits)} users of {folder} is in the test split. "
            "Give more users, or a 'split' to each user of users.jsonl.gz."
        )
    return data
