"""Every interaction with a known item in one file on disk, by user and time, sorted within bounded memory."""

import os
from dataclasses import dataclass
from glob import escape
from pathlib import Path

import duckdb
import numpy as np
import polars as pl

from training.data.by_user import parts

MEMORY = "1GB"  # what the join and the sort may hold; the rest of them is on disk
THREADS = 4  # at most: each wants its part of the memory
ROWS_A_GROUP = 100_000

# no time stands first: an unknown one must not become a target, which is the last of a history
IN_ORDER = """
    SELECT user_id, item, merged, rating, time
    FROM read_parquet($interactions) JOIN read_parquet($catalogue) USING (item_id)
    ORDER BY user_id, time NULLS FIRST, "row"
"""


@dataclass(frozen=True)
class Chronological:
    """N interactions on disk, and whose each is."""

    file: Path  # user_id, item, merged, rating, time; `item` and `merged` are rows of the source's items
    users: np.ndarray  # (N,) uint32, rising: the place of the row's user among the sorted ids

    def read(self, rows: slice, *columns: str) -> pl.DataFrame:
        """Some columns of some rows, in their order."""
        part = pl.scan_parquet(self.file, glob=False).slice(rows.start, rows.stop - rows.start)
        return part.select(columns).collect()


def chronological(interactions: Path, catalogue: pl.DataFrame, work: Path) -> Chronological:
    """Sort the chunks of (user_id, item_id, rating, time, row) in a folder; unknown items stay out.

    `catalogue` (item_id, item, merged) gives the codes; what is written goes into the folder `work`.
    """
    known, found = work / "catalogue.parquet", work / "chronological.parquet"
    catalogue.write_parquet(known)
    threads = min(THREADS, os.cpu_count() or 1)
    bounds = {"memory_limit": MEMORY, "threads": threads, "temp_directory": str(work / "spilled")}
    with duckdb.connect(config=bounds) as database:
        files = {"interactions": f"{escape(str(interactions))}/*.parquet", "catalogue": escape(str(known))}
        database.sql(IN_ORDER, params=files).write_parquet(
            str(found), row_group_size=ROWS_A_GROUP, compression="lz4"
        )
    return Chronological(found, _codes(found))


def _codes(file: Path) -> np.ndarray:
    """(N,) uint32 of a file that is sorted by user id: 0 for the first one, one more at each new one."""
    ids = pl.scan_parquet(file, glob=False).select("user_id")
    codes = np.empty(ids.select(pl.len()).collect().item(), dtype=np.uint32)
    last, code = None, -1
    for part in parts(len(codes)):
        some = ids.slice(part.start, part.stop - part.start).collect()["user_id"]
        codes[part] = some.rle_id().to_numpy() + (code if some[0] == last else code + 1)
        last, code = some[-1], int(codes[part.stop - 1])
    return codes
