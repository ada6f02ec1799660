"""How fast many people are searched, and how much memory that takes beside the embedder's.

python -m benchmarks.people --people 10000

1. shards of made-up people: real item vectors, a little turned, stand for sentences        (not measured)
2. open them: the index is built                                                           (seconds)
3. the first page of 60 texts, half of them filtered, in a process that finds it built      (p50, p95, memory)
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from benchmarks.measuring import percentile
from blue.catalog import load_retriever
from blue.people import Filters, PeopleStore
from blue.people.sentences import kept_for
from blue.retrieval import normalise
from training.scale.cluster.plan import Making, Plan
from training.scale.cluster.results import ProfiledUser, finish, write_result

SEED = 0
SENTENCES = (3, 6)  # a person, from ... to below
TURNED = 0.5  # length of what is added to a unit vector
USERS_A_SHARD = 1_000
TEXTS = (
    "gentle skin care",
    "lonely astronauts",
    "crime in Los Angeles",
    "musicals full of dancing",
    "haunted houses",
    "animals that talk",
    "first love in summer",
    "films about chess",
    "courtroom dramas",
    "no horror",
)


def main() -> None:
    """Make the folder, build its index, measure in a process of its own."""
    parser = argparse.ArgumentParser(description="Time searches over many people.")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, help="a folder that is there, to be measured")
    options = parser.parse_args()
    if options.folder:
        measure(options.folder)
        return
    with tempfile.TemporaryDirectory() as kept:
        folder = Path(kept, "profiles")
        make(folder, options.people)
        start = time.perf_counter()
        store = PeopleStore.open(folder)
        print(f"{len(store):,} people, {len(store.sentences):,} sentences; "
              f"indexed in {time.perf_counter() - start:.1f} s")  # fmt: skip
        try:
            subprocess.run([sys.executable, "-m", "benchmarks.people", "--folder", folder], check=True)
        finally:
            shutil.rmtree(kept_for(store.folder))


def make(folder: Path, people: int) -> None:
    """Write the shards as the bulk command does."""
    folder.mkdir()
    retriever, draw = load_retriever(), np.random.default_rng(SEED)
    items, vectors = retriever.catalog.items, retriever.index.embeddings()
    making = Making(
        inputs=(), hold_out=0, users_a_shard=USERS_A_SHARD, profiler="made up", embedder="made up",
        dimension=vectors.shape[1], embeddings="both", prompt_version="1", decoding={},
    )  # fmt: skip
    for number, start in enumerate(range(0, people, USERS_A_SHARD)):
        rows = [_person(n, items, vectors, draw) for n in range(start, min(people, start + USERS_A_SHARD))]
        if number == 0:  # the one whose embedder is looked at
            text = "Loves quiet films."
            rows[0] = ProfiledUser("0", (text,), 1, *retriever.encoder.encode_queries([text]),
                                   retriever.encoder.encode_queries([text]))  # fmt: skip
        write_result(folder, number, rows, making)
    shards = -(-people // USERS_A_SHARD)
    finish(folder, Plan(making=making, users=people, shards=shards, rejected=0, rejected_reasons=()))


def _person(number: int, items, vectors: np.ndarray, draw: np.random.Generator) -> ProfiledUser:
    places = draw.integers(0, len(items), draw.integers(*SENTENCES))
    noise = normalise(draw.standard_normal((len(places), vectors.shape[1]))) * TURNED
    own = normalise(vectors[places] + noise)
    sentences = tuple(f"Loves works like {items[place].title}." for place in places)
    return ProfiledUser(str(number), sentences, int(draw.integers(1, 200)), normalise(own.mean(axis=0)), own)


def measure(folder: Path) -> None:
    """Print the time of first pages, and what was added to the memory of a process with the embedder."""
    retriever = load_retriever()
    retriever.encoder.encode_queries(TEXTS)
    before = psutil.Process().memory_info().rss
    store, times = PeopleStore.open(folder), []
    for round_ in range(6):
        for text in TEXTS:
            start = time.perf_counter()
            store.search(retriever.encoder, text, Filters(least_titles=20 * (round_ % 2)))
            times.append(time.perf_counter() - start)
    added = (psutil.Process().memory_info().rss - before) / 2**20
    p50, p95 = (1000 * percentile(times, share) for share in (0.5, 0.95))
    print(f"first page: p50 {p50:.0f} ms, p95 {p95:.0f} ms (60 searches); {added:,.0f} MiB of memory added")


if __name__ == "__main__":
    main()
