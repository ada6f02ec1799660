"""Memory of the preparation's filters and tables on more interactions than anybody waits to see read.

python -m benchmarks.filters --millions 66 --items 3700000 --users 23000000     # Amazon 2023's largest

1. write typed chunks, as the reading of raw files leaves them      (not measured)
2. filter them and write the tables, in a process of its own        (peak of resident memory)

Reading holds one batch at a time, whatever the files' size: benchmarks.prepare has both.
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

A_CHUNK = 1_000_000
START = 1_500_000_000_000
WORDS = [f"{a}{b}" for a in ("ba", "co", "du", "fe", "gi", "lo", "na", "pi") for b in ("ron", "sk", "tle")]


def main() -> None:
    """Generate, filter, print."""
    parser = argparse.ArgumentParser(description="Memory of the filters on generated interactions.")
    parser.add_argument("--millions", type=float, default=5.0, help="interactions, in millions")
    parser.add_argument("--items", type=int, default=250_000)
    parser.add_argument("--users", type=int, default=1_700_000)
    parser.add_argument("--filter", type=Path, help=argparse.SUPPRESS)  # the process of its own
    options = parser.parse_args()
    if options.filter:
        filter_chunks(options.filter)
        return
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder), round(options.millions * 1e6), options.items, options.users)
        start = time.perf_counter()
        subprocess.run([sys.executable, "-m", "benchmarks.filters", "--filter", folder], check=True)
        seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024  # Linux counts in KiB
    print(f"{options.millions:g} million interactions in {seconds:.0f} s")
    print(f"peak of resident memory: {peak:,.0f} MiB")


def generate(folder: Path, interactions: int, items: int, users: int) -> None:
    """`items/` and `interactions/`: chunks of training.data.raw.staging; few items and users have most."""
    draw = np.random.default_rng(0)
    for name in ("items", "interactions"):
        (folder / name).mkdir()
    for start in range(0, items, A_CHUNK):
        _items(start, min(A_CHUNK, items - start), draw).write_parquet(
            folder / "items" / f"{start:09}.parquet"
        )
    for start in range(0, interactions, A_CHUNK):
        frame = _interactions(start, min(A_CHUNK, interactions - start), items, users, draw)
        frame.write_parquet(folder / "interactions" / f"{start:09}.parquet", compression="lz4")


def _items(start: int, count: int, draw: np.random.Generator) -> pl.DataFrame:
    titles = [" ".join(row) for row in np.array(WORDS)[draw.integers(len(WORDS), size=(count, 14))]]
    numbers = pl.Series(range(start, start + count))
    return pl.DataFrame({"title": titles}).select(
        item_id=pl.format("B{}", numbers.cast(pl.String).str.zfill(9)),
        title="title",
        category=pl.lit("Made Up"),
        description=pl.lit(None, dtype=pl.String),
        brand=pl.lit(None, dtype=pl.String),
        key="title",
        row=numbers.cast(pl.UInt32),
    )


def _interactions(start: int, count: int, items: int, users: int, draw: np.random.Generator) -> pl.DataFrame:
    def id_of(prefix: str, many: int, digits: int) -> pl.Expr:
        numbers = pl.Series((many * draw.random(count) ** 2).astype(np.int64))
        return pl.format(prefix + "{}", numbers.cast(pl.String).str.zfill(digits))

    return pl.select(
        user_id=id_of("A", users, 27),
        item_id=id_of("B", items, 9),
        rating=pl.Series(draw.integers(1, 6, count).astype(np.float32)),
        time=pl.Series(START + draw.integers(10**11, size=count)),
        row=pl.int_range(start, start + count, dtype=pl.UInt32),
    )


def filter_chunks(folder: Path) -> None:
    """What training.data.prepare does after reading."""
    from rich.console import Console

    from training.data import Staged, Steps, filtered, steps_table, write_tables

    chunks = pl.scan_parquet(folder / "interactions" / "*.parquet")
    items = pl.scan_parquet(folder / "items" / "*.parquet")
    staged = Staged(items, folder / "interactions", chunks.select(pl.len()).collect().item(), ())
    steps = Steps()
    prepared = filtered(staged, 5, steps, folder)
    Console().print(steps_table(steps))
    write_tables(prepared, staged, folder, folder)


if __name__ == "__main__":
    main()
