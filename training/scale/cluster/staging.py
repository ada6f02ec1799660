"""The input, streamed once into shards of equal size: OUT/work/users-00000.parquet, each user in exactly one.

What a folder may hold, recognised by its files (a file may be named instead of its folder):

    interactions.parquet + items.parquet     what training.data.prepare wrote
    users.jsonl or users.jsonl.gz            {"user_id": "u17", "history": [...]}, oldest first: item ids
                                             where items.jsonl(.gz) stands beside it, else titles
    any other .parquet files                 the columns user_id and history, in the same forms

Memory holds one shard of users and the items of the data set or catalogue; the ids that were seen are on the
disk. A line that gives no user is counted with its reason and listed in rejected.parquet.
"""

import gzip
import json
import shutil
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from blue.datatypes import Interaction, Item
from blue.errors import BlueError, HistoryError
from blue.history import TitleMatcher
from blue.items import Catalog
from training.data import prepared_items, product_items
from training.scale.cluster.records import (
    HistoryReader,
    StagedTitle,
    StagedUser,
    UserRecordError,
    staged_title,
    staged_user,
    user_id_of,
)
from training.scale.cluster.rejected import Rejected, RejectedFile, SeenIds

INTERACTIONS, ITEMS = "interactions.parquet", "items.parquet"
ROWS_A_BATCH = 20_000
_TEXTS = pa.list_(pa.string())
_ITEM = pa.struct([
    ("item_id", pa.string()), ("title", pa.string()), ("kind", pa.string()), ("year", pa.int32()),
    ("makers", _TEXTS), ("series", pa.string()), ("genres", _TEXTS), ("themes", _TEXTS), ("tones", _TEXTS),
    ("description", pa.string()),
])  # fmt: skip
_TITLE = pa.struct([
    ("title", pa.string()), ("rating", pa.float32()), ("year", pa.int32()), ("creator", pa.string()),
    ("kind", pa.string()), ("item", _ITEM),
])  # fmt: skip
STAGED = pa.schema([("user_id", pa.string()), ("titles", pa.list_(_TITLE)), ("error", pa.string())])


class UsersInputError(BlueError):
    """The input as a whole cannot be used: not there, of no known form, or not sorted."""


@dataclass(frozen=True)
class UsersInput:
    """Where the users are: the files that are read, and how."""

    form: str  # "prepared", "jsonl" or "parquet"
    users: tuple[Path, ...]
    items: Path | None

    @property
    def files(self) -> tuple[Path, ...]:
        """Every file whose content decides the result."""
        return (*self.users, *((self.items,) if self.items else ()))


def find_input(path: Path) -> UsersInput:
    """What a folder or file holds; raises UsersInputError if it is nothing known."""
    path = Path(path).expanduser()
    if path.is_file():
        if path.suffix == ".parquet":
            return UsersInput("parquet", (path,), None)
        return UsersInput("jsonl", (path,), _items_beside(path.parent))
    if not path.is_dir():
        raise UsersInputError(f"--input {path}: there is no such folder or file. Name one with users.")
    if (path / INTERACTIONS).is_file():
        if not (path / ITEMS).is_file():
            raise UsersInputError(f"{path} holds {INTERACTIONS} but no {ITEMS}. Prepare the data set again.")
        return UsersInput("prepared", (path / INTERACTIONS,), path / ITEMS)
    for name in ("users.jsonl", "users.jsonl.gz"):
        if (path / name).is_file():
            return UsersInput("jsonl", (path / name,), _items_beside(path))
    if files := tuple(sorted(path.glob("*.parquet"))):
        return UsersInput("parquet", files, None)
    raise UsersInputError(
        f"{path} holds no users. It needs {INTERACTIONS} and {ITEMS} (from training.data.prepare), "
        "users.jsonl or users.jsonl.gz, or Parquet files with the columns user_id and history."
    )


def _items_beside(folder: Path) -> Path | None:
    return next((folder / n for n in ("items.jsonl", "items.jsonl.gz") if (folder / n).is_file()), None)


@dataclass(frozen=True)
class Staged:
    """What staging came to."""

    users: int
    shards: int
    rejected: int
    reasons: tuple[tuple[str, int], ...]  # of rejected lines, the most frequent first


def stage_users(
    source: UsersInput,
    work: Path,
    *,
    users_a_shard: int,
    hold_out: int,
    catalog: Callable[[], Catalog],
    progress: Callable[[int], None] = lambda users: None,
) -> Staged:
    """Write every user into the shards below `work`; whatever an interrupted call left there is replaced.

    `catalog` is asked for only where histories are titles. Raises UsersInputError.
    """
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    shards, users = 0, 0
    with RejectedFile(work / "rejected.parquet") as rejected:
        found = _read(source, hold_out, catalog, rejected, work)
        for shard in _in_groups(found, users_a_shard):
            _write_shard(shard_path(work, shards), shard)
            shards, users = shards + 1, users + len(shard)
            progress(users)
        if not users:
            first = next(iter(rejected.reasons), "It is empty.")
            raise UsersInputError(f"{source.users[0]} gives no user. The first line's trouble: {first}")
    return Staged(users, shards, rejected.count, tuple(rejected.reasons.most_common()))


def shard_path(work: Path, number: int) -> Path:
    """Where the users of a shard are staged."""
    return work / f"users-{number:05}.parquet"


def read_shard(work: Path, number: int) -> list[StagedUser]:
    """The users of one shard, in their order."""
    return [_user(row) for row in pq.read_table(shard_path(work, number), schema=STAGED).to_pylist()]


def _user(row: dict) -> StagedUser:
    return StagedUser(row["user_id"], tuple(map(_title, row["titles"])), row["error"])


def _title(row: dict) -> StagedTitle:
    item = row["item"]
    texts = {name: tuple(item[name]) for name in ("makers", "genres", "themes", "tones")} if item else {}
    return StagedTitle(**row | {"item": Item(**item | texts) if item else None})


def _write_shard(path: Path, users: list[StagedUser]) -> None:
    rows = [
        {"user_id": user.user_id, "titles": [_row(title) for title in user.titles], "error": user.error}
        for user in users
    ]
    pq.write_table(pa.Table.from_pylist(rows, STAGED), path, compression="zstd")


def _row(title: StagedTitle) -> dict:
    return vars(title) | {"item": vars(title.item) if title.item else None}  # only STAGED's columns are kept


def _read(
    source: UsersInput,
    hold_out: int,
    catalog: Callable[[], Catalog],
    rejected: "RejectedFile",
    work: Path,
) -> Iterator[StagedUser]:
    if source.form == "prepared":
        for user_id, titles in _prepared(source):
            yield staged_user(user_id, titles, hold_out)
        return
    reader = _history_reader(source, catalog)
    with SeenIds(work / "seen.sqlite") as seen:
        for line, record in _records(source):
            user_id = None
            try:
                user_id = user_id_of(_object(record))
                if (first := seen.add(user_id, line)) is not None:
                    raise UserRecordError(
                        f"The user was given before, on line {first}. Keep one line a user."
                    )
            except UserRecordError as error:
                rejected.add(Rejected(line, user_id, str(error)))
                continue
            try:
                titles = reader.titles(record.get("history"))
                yield staged_user(user_id, titles, hold_out)
            except (UserRecordError, HistoryError) as error:
                yield StagedUser(user_id, (), str(error))


def _prepared(source: UsersInput) -> Iterator[tuple[str, list[StagedTitle]]]:
    """Users of training.data.prepare: their rows stand together, ids and positions ascending."""
    items = prepared_items(source.items)
    for user_id, rows in groupby(_interaction_rows(source.users[0]), key=lambda row: row[0]):
        known = ((items.get(item_id), rating) for _, _, item_id, rating in rows)
        yield (
            user_id,
            [
                staged_title(Interaction(item.title, rating, item_id=item.item_id), item)
                for item, rating in known
                if item is not None
            ],
        )


def _interaction_rows(path: Path) -> Iterator[tuple[str, int, str, float | None]]:
    last = ("", -1)
    for batch in _batches(path, ["user_id", "position", "item_id", "rating"]):
        for row in zip(*(batch.column(n).to_pylist() for n in range(4)), strict=True):
            if row[:2] <= last:
                raise UsersInputError(
                    f"{path}: user {row[0]!r}, position {row[1]} comes after {last[0]!r}, {last[1]}. Sort it "
                    "by user_id and position, as training.data.prepare does."
                )
            last = row[:2]
            yield row


def _batches(path: Path, columns: list[str]) -> Iterator[pa.RecordBatch]:
    try:
        file = pq.ParquetFile(path)
        missing = [name for name in columns if name not in file.schema_arrow.names]
        if missing:
            raise UsersInputError(f"{path} lacks the column {missing[0]!r}. It needs {', '.join(columns)}.")
        yield from file.iter_batches(ROWS_A_BATCH, columns=columns)
    except (pa.ArrowException, OSError) as error:
        raise UsersInputError(f"{path} is not a readable Parquet file ({error}). Write it again.") from error


def known_items(source: UsersInput) -> tuple[Item, ...]:
    """The items that the input brings; none where its histories are titles."""
    if source.items is None:
        return ()
    if source.form == "prepared":
        return tuple(prepared_items(source.items).values())
    records = (record for _, record in _json_lines(source.items))
    return tuple(product_items(_titled(records, source.items)).values())


def _history_reader(source: UsersInput, catalog: Callable[[], Catalog]) -> HistoryReader:
    if source.items is not None:
        return HistoryReader({item.item_id: item for item in known_items(source)})
    known = catalog()
    return HistoryReader(None, TitleMatcher(known.items), known.by_id)


def _titled(records: Iterable[Any], path: Path) -> list[dict]:
    """The items' records, each checked."""
    found = []
    for line, record in enumerate(records, start=1):
        if not isinstance(record, dict) or not {"item_id", "title"} <= record.keys():
            raise UsersInputError(f'{path}, line {line}: no item. Write {{"item_id": "i1", "title": "..."}}.')
        if not isinstance(record["title"], str):
            raise UsersInputError(f"{path}, line {line}: the title is no text.")
        found.append(record)
    return found


def _records(source: UsersInput) -> Iterator[tuple[int, Any]]:
    """(1-based line or row, what stands there)."""
    if source.form == "jsonl":
        yield from _json_lines(source.users[0])
        return
    number = 0
    for path in source.users:
        for batch in _batches(path, ["user_id", "history"]):
            for row in batch.to_pylist():
                number += 1
                yield number, row


def _json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    """A line that is not JSON comes as None."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, _json(line)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UsersInputError(f"{path} is a damaged gzip file ({error}). Pack it again.") from error


def _json(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _object(record: Any) -> dict:
    if not isinstance(record, dict):
        raise UserRecordError("It is not a whole JSON object. Write one object a line.")
    return record


def _in_groups(users: Iterator[StagedUser], size: int) -> Iterator[list[StagedUser]]:
    group: list[StagedUser] = []
    for user in users:
        group.append(user)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
