"""The rates that docs/scale.md plans with, in processor time, so that a busy machine says the same.

python -m benchmarks.bulk [--users 32] [--items items.parquet]
"""

import argparse
import json
import random
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from blue.catalog import Catalog, load_catalog
from blue.history import TitleMatcher
from blue.tastes import inverse_frequencies
from training.cluster.plan import Making
from training.cluster.results import write_result
from training.cluster.staging import find_input, read_shard, stage_users
from training.cluster.worker import Models, ProfileEmbedder, ShardWriter
from training.data.loaders import prepared_items

T = TypeVar("T")
TITLES = 10  # of a history, about the mean of Amazon Reviews 2023: 571 million reviews of 54 million users


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=32)
    parser.add_argument("--items", type=Path, help="an items.parquet of training.prepare, for its memory")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        staging(Path(folder))
        writing(Path(folder), chosen.users)
    memory(chosen.items)


def staging(folder: Path) -> None:
    users = 2_000
    source = written(folder / "many", users)
    catalog = load_catalog()
    staged, seconds = timed(lambda: stage(source, folder / "staged", catalog, 1_000))
    size = sum(path.stat().st_size for path in (folder / "staged").glob("users-*.parquet"))
    say("staging, titles looked up", f"{staged.users / seconds:,.0f} users a processor second")
    say("a staged user", f"{size / users:,.0f} bytes on the disk")


def writing(folder: Path, users: int) -> None:
    source = written(folder / "few", users)
    stage(source, folder / "work", load_catalog(), users)
    models = Models()
    encoder = models.encoder().encoder
    generator, seconds = timed(models.generator)
    say("loading the profiler", f"{seconds:.1f} processor seconds")
    staged = read_shard(folder / "work", 0)
    writer = ShardWriter(generator, encoder, models.settings, "none")
    writer.write(staged[:1])
    rows, seconds = timed(lambda: writer.write(staged))
    say("a profile", f"{seconds / users:.2f} processor seconds, {TITLES} titles read")
    rows, seconds = timed(lambda: ProfileEmbedder(encoder, "both").embed(rows))
    say("its embeddings", f"{seconds / users:.3f} processor seconds, {mean_sentences(rows):.1f} sentences")
    making = Making(
        inputs=(), hold_out=0, users_a_shard=users, profiler="p", embedder="e", dimension=encoder.dimension,
        embeddings="both", prompt_version="", decoding={},
    )  # fmt: skip
    write_result(folder, 0, rows, making)
    size = (folder / "profiles-00000.parquet").stat().st_size
    say("its row", f"{size / users:,.0f} bytes on the disk")


def memory(items: Path | None) -> None:
    catalog = load_catalog()
    tracemalloc.start()
    kept = [Catalog(load_catalog().items), TitleMatcher(catalog.items), inverse_frequencies(catalog.items)]
    kept.append(kept[0].position_of)
    say(
        "an item that the app serves",
        f"{tracemalloc.get_traced_memory()[0] / len(catalog):,.0f} bytes of memory",
    )
    tracemalloc.stop()
    if items:
        tracemalloc.start()
        found = prepared_items(items)
        now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        say(
            "an item while users are staged",
            f"{now / len(found):,.0f} bytes of memory, {most / len(found):,.0f} at most",
        )


def written(folder: Path, users: int) -> Path:
    films = sorted(load_catalog().items, key=lambda item: -item.popularity)[:2_000]
    dice = random.Random(0)
    folder.mkdir()
    with (folder / "users.jsonl").open("w", encoding="utf-8") as file:
        for number in range(users):
            titles = [f"{item.title} | {dice.randint(2, 5)}" for item in dice.sample(films, TITLES)]
            file.write(json.dumps({"user_id": f"u{number}", "history": titles}) + "\n")
    return folder


def stage(source: Path, work: Path, catalog: Catalog, size: int):
    return stage_users(find_input(source), work, users_a_shard=size, hold_out=0, catalog=lambda: catalog)


def mean_sentences(rows) -> float:
    return sum(len(row.sentences) for row in rows) / len(rows)


def timed(action: Callable[[], T]) -> tuple[T, float]:
    """(what it returns, processor seconds of this process, its threads together)."""
    began = time.process_time()
    found = action()
    return found, time.process_time() - began


def say(what: str, value: str) -> None:
    print(f"{what:<34} {value}")


if __name__ == "__main__":
    main()
