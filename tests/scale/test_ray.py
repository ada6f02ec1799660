"""The bulk run on a real Ray cluster of two worker machines, one of which is killed in the middle."""

import os
import signal
import threading
import time
from pathlib import Path

import polars as pl
import pytest

from training.scale.profile_users import main

ray = pytest.importorskip("ray", reason="Ray is not installed: pip install -r training/requirements-ray.txt")

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def cluster(monkeypatch):
    """A head that only schedules, and two machines with one core each."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("RAY_worker_niceness", "0")  # at Ray's 15 a busy machine would not let them start
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    for _ in range(2):
        cluster.add_node(num_cpus=1)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def workers_of(node) -> list[int]:
    """The process ids below a machine's raylet."""
    import psutil

    raylet = node.all_processes["raylet"][0].process.pid
    return [one.pid for one in psutil.Process(raylet).children(recursive=True)]


def kill_when(node, happened, done: threading.Event, killed: list[int]) -> None:
    """SIGKILL a machine: its raylet and every worker below it, as soon as something happened."""
    while not happened() and not done.is_set():
        time.sleep(0.05)
    if done.is_set():
        return
    raylet = node.all_processes["raylet"][0].process.pid
    for pid in [raylet, *workers_of(node)]:
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)


def rows(out: Path) -> pl.DataFrame:
    return pl.read_parquet(out / "profiles-*.parquet").sort("user_id")


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_a_killed_machine_loses_no_user_and_doubles_none(cluster, six_users, tmp_path):
    alone, together = tmp_path / "alone", tmp_path / "together"
    options = ["--input", str(six_users), "--users-a-shard", "1"]
    main([*options, "--out", str(alone)])

    victim = next(iter(cluster.worker_nodes))
    done, killed = threading.Event(), []
    killer = threading.Thread(
        target=kill_when,
        args=(victim, lambda: len(list(together.glob("profiles-*.parquet"))) >= 2, done, killed),
    )
    killer.start()
    try:
        main([*options, "--out", str(together), "--ray", cluster.address])
    finally:
        done.set()
        killer.join()

    assert killed, "the machine was to be killed before the run was over"
    expected, found = rows(alone), rows(together)
    assert found["user_id"].to_list() == sorted(f"u{n}" for n in range(6))
    columns = ["user_id", "profile", "sentences", "titles_read", "error"]
    assert found.select(columns).equals(expected.select(columns))
    difference = expected["embedding"].to_numpy() - found["embedding"].to_numpy()
    assert abs(difference).max() < 1e-5
