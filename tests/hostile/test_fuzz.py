"""Fuzzed histories through the real path in one process: no crash, no hang, no growing memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.hostile.fuzzing import Walk, histories

PROJECT = Path(__file__).resolve().parents[2]
GROWTH_BYTES = 150_000_000  # caches of query embeddings fill up; nothing else may stay
CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large]


def resident_bytes() -> int:
    """What this process holds; 0 where the system does not say."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") if statm.exists() else 0


def fuzz(profiler, examples: int) -> Walk:
    """So many histories through read, prompt and rank."""
    walk = Walk(profiler)

    @settings(max_examples=examples, deadline=None, suppress_health_check=CHECKS, database=None)
    @given(histories)
    def check(source):
        walk.walk(source)

    walk.walk("Heat | 5")  # what is built at the first use
    before = resident_bytes()
    check()
    assert resident_bytes() - before < GROWTH_BYTES
    assert walk.read > examples // 10  # the noise does not drown the path
    assert walk.refused > 0
    return walk


def test_300_histories(profiler):
    fuzz(profiler, 300)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_10_000_histories(profiler):
    walk = fuzz(profiler, 10_000)
    assert walk.read + walk.refused >= 10_000


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="atheris is built for Linux alone")
@pytest.mark.timeout(1200)
def test_coverage_guided_fuzzing_finds_nothing(tmp_path):
    """Atheris steers by what of `blue` each input reaches; a crash, a hang or a leak fails it."""
    run = subprocess.run(
        [sys.executable, "-m", "tests.hostile.atheris_histories", "-runs=20000", "-timeout=10",
         "-rss_limit_mb=4096", f"-artifact_prefix={tmp_path}/", str(tmp_path)],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    assert "Done 20000 runs" in run.stderr
    assert json.loads(run.stdout.splitlines()[-1])["read"] > 100
