"""The rates that docs/scale.md plans with, in processor time, so that a busy machine says the same.

python -m benchmarks.bulk [--users 16] [--items items.parquet]
"""

import argparse
import gc
import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from blue.history import TitleMatcher
from blue.items import Catalog, load_catalog
from blue.profile import Rarity
from training.data import prepared_items
from training.scale import (
    Making,
    Models,
    ProfileEmbedder,
    ShardWriter,
    find_input,
    read_shard,
    stage_users,
    write_result,
)

T = TypeVar("T")
TITLES = 10  # of a history, about the mean of Amazon Reviews 2023: 571 million reviews of 54 million users


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=16)
    parser.add_argument(
        "--items", type=Path, help="an items.parquet of training.data.prepare, for its memory"
    )
    chosen = parser.parse_args()
    memory(chosen.items)  # first: what the others free would be counted as there
    with tempfile.TemporaryDirectory() as folder:
        staging(Path(folder))
        writing(Path(folder), chosen.users)


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
    before = resident()
    catalog = load_catalog()
    kept = [catalog, TitleMatcher(catalog.items), Rarity(catalog.items), catalog.position_of]
    say("an item that the app serves", f"{(resident() - before) / len(catalog):,.0f} bytes of memory")
    if items:
        before = resident()
        found = prepared_items(items)
        say("an item while users are staged", f"{(resident() - before) / len(found):,.0f} bytes of memory")
    kept.clear()


def resident() -> int:
    """Bytes of this process that are in memory, without what freed objects left."""
    gc.collect()
    with open("/proc/self/status") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith("RssAnon"))


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
