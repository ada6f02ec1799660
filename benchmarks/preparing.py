"""Raw reviews of Amazon's 2023 form -> prepared data, beside a pandas script that does the same steps.

`python -m benchmarks.preparing RAW OUT` is that script. Data are generated as in `benchmarks.prepare`.
"""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from benchmarks.measuring import Line, Report, Timing, at_least, faster
from benchmarks.prepare import generate

REVIEWS = 150_000
MORE = 600_000  # reviews, to see whether memory grows
ROUNDS = 2
CORE = 5
GOAL = 5.0


def measure() -> Report:
    """Time beside pandas, memory at two sizes."""
    with tempfile.TemporaryDirectory() as folder:
        raw, large = Path(folder, "raw"), Path(folder, "large")
        generate(raw, REVIEWS)
        generate(large, MORE)
        out = Path(folder, "out")  # of ours; that of pandas stands beside it
        ways = {
            "pandas": ["-m", "benchmarks.preparing", str(raw), f"{out}-pandas"],
            "ours": _ours(raw, out),
        }
        runs: dict[str, list[tuple[float, float, float]]] = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, command in ways.items():
                runs[name].append(_run(command))
        grown = _run(_ours(large, out))
        pandas_grown = _run(["-m", "benchmarks.preparing", str(large), f"{out}-pandas"])
    found = {
        name: Timing(tuple(r[0] for r in some), tuple(r[1] for r in some)) for name, some in runs.items()
    }
    ratio = faster(found["pandas"], found["ours"])
    lines = REVIEWS + REVIEWS // 20
    memory = {name: max(r[2] for r in some) for name, some in runs.items()}
    growth = (grown[2] - memory["ours"]) / memory["ours"]
    return Report(
        (
            Line(
                f"{REVIEWS:,} reviews",
                f"{lines / found['ours'].median:,.0f} lines/s",
                f"a pandas script: {lines / found['pandas'].median:,.0f} lines/s",
                *ratio,
                f"≥ {GOAL:g} ×",
                at_least(ratio, GOAL),
            ),
            Line(
                f"memory at {REVIEWS:,} and {MORE:,} reviews",
                f"{memory['ours']:,.0f} and {grown[2]:,.0f} MB",
                f"a pandas script: {memory['pandas']:,.0f} and {pandas_grown[2]:,.0f} MB",
                goal="flat in the number of lines",
                reached=growth <= 0.25,
            ),
        ),
        ("Both read gzipped lines, drop repeats, keep the 5-core, order by time and write Parquet files.",),
    )


def _ours(raw: Path, out: Path) -> list[str]:
    return [
        "-m",
        "training.data.prepare",
        "amazon-reviews-2023",
        "--raw",
        str(raw),
        "--out",
        str(out),
        "--k",
        str(CORE),
    ]


def _run(arguments: list[str]) -> tuple[float, float, float]:
    """(seconds on the clock, of the processor, peak of resident memory in MB) of a process of its own."""
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        watched = _Watched(process.pid)
        error = process.communicate()[1]
    if process.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed: {error.decode()[-2000:]}")
    return time.perf_counter() - start, watched.cpu, watched.peak


class _Watched(threading.Thread):
    """Reads a process's memory and processor time until it ends."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._process = psutil.Process(pid)
        self.peak = self.cpu = 0.0
        self.start()

    def run(self) -> None:
        try:
            while self._process.is_running() and self._process.status() != psutil.STATUS_ZOMBIE:
                with self._process.oneshot():
                    self.peak = max(self.peak, self._process.memory_info().rss / 1e6)
                    times = self._process.cpu_times()
                    self.cpu = times.user + times.system
                time.sleep(0.02)
        except psutil.NoSuchProcess:
            return


def main() -> None:
    """The pandas script: what one writes in an afternoon."""
    import pandas as pd

    raw, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(exist_ok=True)
    reviews = pd.read_json(raw / "Made_Up.jsonl.gz", lines=True)[
        ["user_id", "parent_asin", "rating", "timestamp"]
    ]
    items = pd.read_json(raw / "meta_Made_Up.jsonl.gz", lines=True)
    items = items[["parent_asin", "title", "main_category", "description", "store"]]
    items["key"] = items["title"].str.lower().str.replace(r"\W+", " ", regex=True)
    first = items.drop_duplicates("key").set_index("key")["parent_asin"]
    reviews = reviews.merge(items[["parent_asin", "key"]], on="parent_asin")
    reviews["parent_asin"] = reviews["key"].map(first)
    reviews = reviews.sort_values("timestamp", kind="stable").drop_duplicates(["user_id", "parent_asin"])
    while True:
        before = len(reviews)
        for column in ("user_id", "parent_asin"):
            reviews = reviews[reviews.groupby(column)[column].transform("size") >= CORE]
        if len(reviews) == before:
            break
    reviews["position"] = reviews.groupby("user_id").cumcount()
    reviews.drop(columns="key").to_parquet(out / "interactions.parquet")
    items[items["parent_asin"].isin(reviews["parent_asin"])].to_parquet(out / "items.parquet")


if __name__ == "__main__":
    main()
