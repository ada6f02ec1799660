"""How fast raw reviews are prepared, and how much memory that takes, on generated data of Amazon's 2023 form.

python -m benchmarks.prepare --millions 1       # reviews; one item for every twenty of them

1. write reviews and items, gzipped, in a temporary folder   (not measured)
2. prepare them in a process of its own                      (lines a second, peak of resident memory)
"""

import argparse
import gzip
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import orjson

REVIEWS_AN_ITEM = 20
REVIEWS_A_USER = 8
WORDS = [
    f"{first}{last}" for first in ("ba", "co", "du", "fe", "gi", "lo") for last in ("ron", "sk", "tle", "x")
]


def main() -> None:
    """Generate, prepare, print."""
    parser = argparse.ArgumentParser(description="Time the preparation of generated reviews.")
    parser.add_argument("--millions", type=float, default=1.0, help="reviews, in millions")
    parser.add_argument("--k", type=int, default=5)
    options = parser.parse_args()
    reviews = round(options.millions * 1e6)
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder, "raw")
        generate(raw, reviews)
        size = sum(path.stat().st_size for path in raw.iterdir())
        command = [
            sys.executable,
            "-m",
            "training.data.prepare",
            "amazon-reviews-2023",
            "--k",
            str(options.k),
        ]
        start = time.perf_counter()
        subprocess.run([*command, "--raw", raw, "--out", Path(folder, "out")], check=True)
        seconds = time.perf_counter() - start
    lines = reviews + reviews // REVIEWS_AN_ITEM
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    print(f"{lines:,} lines, {size / 2**20:,.0f} MiB gzipped, in {seconds:.1f} s")
    print(f"{lines / seconds:,.0f} lines/s; {lines / cpu:,.0f} lines per second of processor time")
    print(f"peak of resident memory: {used.ru_maxrss / 1024:,.0f} MiB")  # Linux counts in KiB


def generate(folder: Path, reviews: int) -> None:
    """`Made_Up.jsonl.gz` and `meta_Made_Up.jsonl.gz`: few items and users have most of the reviews."""
    folder.mkdir()
    draw = random.Random(0)
    items, users = reviews // REVIEWS_AN_ITEM, reviews // REVIEWS_A_USER
    with gzip.open(folder / "meta_Made_Up.jsonl.gz", "wb", compresslevel=1) as file:
        for number in range(items):
            file.write(orjson.dumps(_item(number, draw), option=orjson.OPT_APPEND_NEWLINE))
    with gzip.open(folder / "Made_Up.jsonl.gz", "wb", compresslevel=1) as file:
        for _ in range(reviews):
            review = _review(int(users * draw.random() ** 2), int(items * draw.random() ** 2), draw)
            file.write(orjson.dumps(review, option=orjson.OPT_APPEND_NEWLINE))


def _item(number: int, draw: random.Random) -> dict:
    return {
        "main_category": "Made Up",
        "title": f"{_words(6, draw)} {number}",
        "average_rating": 4.2,
        "rating_number": 20,
        "features": [_words(12, draw) for _ in range(3)],
        "description": [_words(60, draw)],
        "price": None,
        "store": _words(1, draw),
        "categories": ["Made Up", _words(1, draw), _words(1, draw)],
        "parent_asin": f"B{number:09}",
    }


def _review(user: int, item: int, draw: random.Random) -> dict:
    return {
        "rating": float(draw.randint(1, 5)),
        "title": _words(4, draw),
        "text": _words(40, draw),
        "asin": f"B{item:09}",
        "parent_asin": f"B{item:09}",
        "user_id": f"A{user:027}",
        "timestamp": 1_500_000_000_000 + draw.randrange(10**11),
        "verified_purchase": True,
    }


def _words(count: int, draw: random.Random) -> str:
    return " ".join(draw.choices(WORDS, k=count))


if __name__ == "__main__":
    main()
