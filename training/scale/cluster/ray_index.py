"""Steps of the index on a Ray cluster: actors that embed shards, tasks that index them."""

from pathlib import Path

import numpy as np

from training.runs import say
from training.scale.cluster.index_parts import EmbedderChoice, embed_shard, index_shard
from training.scale.cluster.ray_run import most_workers

CPUS_AN_EMBEDDER = 1


class EmbeddingActor:
    """A worker that loads the embedder once."""

    def __init__(self, out: Path, choice: EmbedderChoice) -> None:
        self._out, self._loaded = out, choice.load()

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        for number in batch["shard"]:
            embed_shard(self._out, int(number), self._loaded)
        return batch


def embed_on_ray(out: Path, shards: int, choice: EmbedderChoice, workers: int | None) -> None:
    """embeddings.npy of every shard; a lost worker's shard goes to another."""
    import ray.data

    size = min(workers or most_workers(CPUS_AN_EMBEDDER), shards)
    done = ray.data.from_items([{"shard": n} for n in range(shards)], override_num_blocks=shards).map_batches(
        EmbeddingActor,
        fn_constructor_args=(out, choice),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=size, max_tasks_in_flight_per_actor=1),
        num_cpus=CPUS_AN_EMBEDDER,
    )
    for number, _ in enumerate(done.iter_rows(), start=1):
        say(f"Embedded {number} of {shards} shards")


def index_on_ray(out: Path, shards: int, cells_path: Path | None) -> None:
    """index.faiss of every shard."""
    import ray

    task = ray.remote(max_retries=-1)(index_shard)
    running = [task.remote(out, number, cells_path) for number in range(shards)]
    for number in range(1, shards + 1):
        ready, running = ray.wait(running)
        ray.get(ready)
        say(f"Indexed {number} of {shards} shards")
