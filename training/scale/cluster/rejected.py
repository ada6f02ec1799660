"""What is kept of the input besides its users: ids that came before, lines that gave no user and why."""

import sqlite3
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_A_GROUP = 20_000
REJECTED = pa.schema([("line", pa.int64()), ("user_id", pa.string()), ("reason", pa.string())])


@dataclass(frozen=True)
class Rejected:
    """A line of the input that gives no user."""

    line: int
    user_id: str | None
    reason: str


class SeenIds:
    """The ids so far, as 16-byte hashes in a file: memory does not grow with the users."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")  # staging starts anew after a kill
        self._database.execute("CREATE TABLE ids (id BLOB PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def add(self, user_id: str, line: int) -> int | None:
        """The line on which this id stood before, or None."""
        key = blake2b(user_id.encode(errors="surrogatepass"), digest_size=16).digest()
        added = self._database.execute("INSERT OR IGNORE INTO ids VALUES (?, ?)", (key, line)).rowcount
        if added:
            return None
        return self._database.execute("SELECT line FROM ids WHERE id = ?", (key,)).fetchone()[0]

    def __enter__(self) -> "SeenIds":
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()


class RejectedFile:
    """Rejected lines, written in groups as they come."""

    def __init__(self, path: Path) -> None:
        self._writer = pq.ParquetWriter(path, REJECTED, compression="zstd")
        self._rows: list[dict] = []
        self.count = 0
        self.reasons: Counter[str] = Counter()

    def add(self, one: Rejected) -> None:
        self._rows.append(vars(one))
        self.count += 1
        self.reasons[one.reason.partition(", on line")[0]] += 1
        if len(self._rows) >= ROWS_A_GROUP:
            self._flush()

    def _flush(self) -> None:
        self._writer.write_table(pa.Table.from_pylist(self._rows, REJECTED))
        self._rows = []

    def __enter__(self) -> "RejectedFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()
