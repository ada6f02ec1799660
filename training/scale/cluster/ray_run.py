"""The missing shards on a Ray cluster, by Ray Data: one row a shard in, one report a shard out.

A worker is an actor that loads the models once and writes whole shards. Where a worker or its machine is
killed, Ray starts another and gives it the same shard; what the lost one wrote has another name, or the same
rows. Only numbers travel through Ray: histories and profiles stay in the folder that every machine sees.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from training.runs import Progress
from training.scale.cluster.plan import WORK, BulkError
from training.scale.cluster.results import ShardReport, write_result
from training.scale.cluster.staging import read_shard
from training.scale.cluster.worker import Shards

MINUTES_TO_START = 30.0  # models are fetched and loaded by the first worker of a machine


class ShardActor:
    """A worker: Ray Data makes one an actor and calls it with a batch of shard numbers."""

    def __init__(self, shards: Shards) -> None:
        self._shards, self._writer = shards, shards.writer()

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        reports = [self._write(int(number)) for number in batch["shard"]]
        return {
            name: np.array([getattr(report, name) for report in reports])
            for name in ShardReport.__annotations__
        }

    def _write(self, number: int) -> ShardReport:
        out = self._shards.out
        rows = self._writer.write(read_shard(out / WORK, number))
        return write_result(out, number, rows, self._shards.plan.making)


def run_on_ray(
    chosen: argparse.Namespace, shards: Shards, missing: Sequence[int], progress: Progress
) -> None:
    """Write the missing shards on the cluster that the command line names.

    Raises:
        BulkError: Ray is not installed, the cluster cannot be reached, or it has no room for one worker.
    """
    with connected(chosen.ray):
        if chosen.engine == "cpu":
            workers = chosen.workers or most_workers(chosen.cpus_a_worker)
            run_actors(shards, missing, progress, workers, chosen.cpus_a_worker)
        else:
            from training.scale.cluster.ray_llm import run_processors

            run_processors(chosen, shards, missing, progress)


def run_actors(
    shards: Shards, missing: Sequence[int], progress: Progress, workers: int, cpus_a_worker: int
) -> None:
    """At most `workers` actors, each with its cores, share the shards."""
    import ray.data

    # one block a shard, and no second shard waiting in an actor: a lost machine delays one shard, not several
    numbers = ray.data.from_items([{"shard": number} for number in missing], override_num_blocks=len(missing))
    reports = numbers.map_batches(
        ShardActor,
        fn_constructor_kwargs={"shards": shards},
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(
            min_size=1,
            max_size=min(workers, len(missing)),
            initial_size=min(workers, len(missing)),
            max_tasks_in_flight_per_actor=1,
        ),
        num_cpus=cpus_a_worker,
    )  # Ray Data restarts lost actors and repeats their tasks without end
    for report in reports.iter_rows():
        progress.advance(report["users"])


def most_workers(cpus: int) -> int:
    """How many workers of so many cores the cluster's machines hold together; BulkError if none."""
    import ray

    count = sum(int(node["Resources"].get("CPU", 0) // cpus) for node in ray.nodes() if node["Alive"])
    if not count:
        raise BulkError(f"No machine of the cluster has {cpus} cores. Give a smaller --cpus-a-worker.")
    return count


@contextmanager
def connected(address: str) -> Iterator[None]:
    """A connection to a running cluster, or ("local") to one that is started here and ended after use."""
    # nothing is reported to Ray's makers; progress is reported by us
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise BulkError(
            f"--ray needs Ray, which is not installed ({error}). pip install -r training/requirements-ray.txt"
        ) from error
    started_here = not ray.is_initialized()
    if started_here:
        _connect(ray, address)
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.wait_for_min_actors_s = int(MINUTES_TO_START * 60)
    try:
        yield
    finally:
        if started_here:
            ray.shutdown()


def _connect(ray: object, address: str) -> None:
    options = {"log_to_driver": False, "configure_logging": False, "include_dashboard": False}
    if address != "local":
        del options["include_dashboard"]  # the cluster's own affair
    try:
        ray.init(address=address, **options)
    except (ConnectionError, ValueError, RuntimeError, TimeoutError) as error:
        raise BulkError(
            f"--ray {address}: the cluster cannot be reached ({str(error).splitlines()[0][:200]}). Start it "
            "with 'ray start --head' and give its HOST:6379, or write --ray local."
        ) from error
