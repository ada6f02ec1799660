"""A run that is killed and resumed ends where an unbroken one does, and its log has every step once."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
import torch
from safetensors.torch import load_file

from tests.training.toy import toy_run, toy_trainer
from training.runs import checkpoints
from training.runs.log import entries, rewind

STEPS = 11  # two steps are an epoch: the order of the last epochs depends on all before
PATIENCE = 240  # seconds that a busy machine may need until the run to be killed has come so far


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "adapter" / "adapter_model.safetensors")


def steps_logged(out: Path) -> list[int]:
    return [entry["step"] for entry in entries(out / "log.jsonl") if "loss" in entry]


@pytest.fixture(scope="module")
def unbroken(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("unbroken") / "run"
    toy_run(out, STEPS)
    return out


def started(out: Path, *more: str, stderr: int = subprocess.DEVNULL) -> subprocess.Popen:
    """The same run in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.training.toy", str(out), str(STEPS), *more],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())},
        stdout=subprocess.DEVNULL, stderr=stderr, text=True,
    )  # fmt: skip


def kill_after(out: Path, step: int) -> None:
    """Start the same run elsewhere, and kill it once it has logged a step."""
    process = started(out)
    deadline = time.monotonic() + PATIENCE
    try:
        while not (out / "log.jsonl").is_file() or max(steps_logged(out), default=0) < step:
            assert process.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < deadline, "the run is too slow to be killed in time"
            time.sleep(0.05)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def assert_same_end(out: Path, unbroken: Path) -> None:
    """The same weights, and each step in the log once."""
    ours, theirs = weights(out), weights(unbroken)
    assert ours.keys() == theirs.keys()
    for name, expected in theirs.items():
        torch.testing.assert_close(ours[name], expected, rtol=1e-4, atol=1e-6)
    assert steps_logged(out) == list(range(1, STEPS + 1))


@pytest.mark.parametrize("step", [2, 10])  # before there is a checkpoint; after one in the middle of an epoch
def test_killed_and_resumed_is_as_unbroken(step, unbroken, tmp_path):
    out = tmp_path / "run"
    kill_after(out, step)
    toy_run(out, STEPS, resume=True)
    assert_same_end(out, unbroken)
    record = json.loads((out / "run.json").read_text())
    assert record["finished"]
    assert record["processes"] == 2
    whole = json.loads((unbroken / "run.json").read_text())
    for counted in (
        "steps",
        "tokens_sampled",
        "tokens_trained",
        "tokens_read",
        "best_step",
        "best_validation",
    ):
        assert record[counted] == whole[counted]
    assert record["tokens_sampled"] > 0


@pytest.mark.slow
def test_ten_kills_at_random_moments_change_nothing(unbroken, tmp_path):
    """Seconds after the start of the process: while it imports, samples, trains, validates or saves."""
    out, moments = tmp_path / "run", random.Random(0)
    began = time.monotonic()
    assert started(tmp_path / "timed").wait(PATIENCE) == 0
    whole_run = time.monotonic() - began
    for _ in range(10):
        process = started(out, "--resume")
        time.sleep(moments.uniform(0.3, 1.0) * whole_run)  # importing is a third of it, and writes nothing
        process.kill()
        process.wait()
    assert started(out, "--resume").wait(PATIENCE) == 0
    assert_same_end(out, unbroken)


def test_a_disk_that_fills_up_while_checkpointing_is_explained_and_resumed(unbroken, tmp_path):
    out = tmp_path / "run"
    largest = max(path.stat().st_size for path in unbroken.glob("checkpoint-*/*"))
    process = started(out, "--largest-file", str(largest - 1000), stderr=subprocess.PIPE)
    said = process.communicate(timeout=PATIENCE)[1]
    assert process.returncode == 1
    assert said.splitlines()[-1].startswith(f"error: {out} cannot be written any further: the disk is full")
    assert "go on with --resume" in said
    assert checkpoints.last_whole(out) is None  # none could be written whole
    toy_run(out, STEPS, resume=True)
    assert_same_end(out, unbroken)


def test_other_errors_of_training_are_not_called_a_full_disk(tmp_path):
    with pytest.raises(ValueError, match="shape"), checkpoints.explained_full_disk(tmp_path):
        raise ValueError("shape")


def test_the_best_checkpoint_is_kept_and_not_the_last(unbroken):
    last = checkpoints.last_whole(unbroken)
    best = checkpoints.best_of(last)
    kept = load_file(best / "adapter_model.safetensors")
    for name, value in weights(unbroken).items():
        assert torch.equal(kept[name], value)
    measured = {e["step"]: e["eval_ndcg@10"] for e in entries(unbroken / "log.jsonl") if "eval_ndcg@10" in e}
    assert measured[checkpoints.step_of(best)] == max(measured.values())


def test_a_run_that_is_over_trains_no_more(unbroken):
    before = (unbroken / "log.jsonl").read_text()
    trained = weights(unbroken)
    trainer = toy_run(unbroken, STEPS, resume=True)
    assert trainer.state.global_step == 0  # nothing was trained in this process
    assert (unbroken / "log.jsonl").read_text() == before
    assert all(torch.equal(value, trained[name]) for name, value in weights(unbroken).items())


def test_a_half_written_checkpoint_is_passed_over(unbroken, tmp_path):
    whole = checkpoints.last_whole(unbroken)
    older = sorted(unbroken.glob("checkpoint-*"), key=checkpoints.step_of)[-2]
    for lost in ("trainer_state.json", "optimizer.pt", "rng_state.pth", "adapter_model.safetensors"):
        file = whole / lost
        kept = file.read_bytes()
        file.unlink()
        assert checkpoints.last_whole(unbroken) == older
        file.write_bytes(kept)
    state = whole / "trainer_state.json"
    kept = state.read_text()
    state.write_text(kept[: len(kept) // 2])
    assert checkpoints.last_whole(unbroken) == older
    state.write_text(kept)
    assert checkpoints.last_whole(unbroken) == whole
    assert checkpoints.last_whole(tmp_path) is None


def test_the_early_stop_remembers_its_patience(tmp_path):
    """Two validations without a new best end the run; the one before a kill counts."""
    trainer = toy_trainer(tmp_path / "run", 30, early_stop=2)
    trainer.validation.measure = lambda texts: {"ndcg@10": 0.5}
    trainer.train()
    assert trainer.state.global_step == 9  # best at 3, none better at 6 and 9
    middle = tmp_path / "run" / "checkpoint-6"
    resumed = toy_trainer(tmp_path / "run", 30, early_stop=2)
    resumed.validation.measure = lambda texts: {"ndcg@10": 0.5}
    resumed.train(resume_from_checkpoint=str(middle))
    assert resumed.state.global_step == 9
    assert checkpoints.is_over(tmp_path / "run" / "checkpoint-9", patience=2)
    assert not checkpoints.is_over(middle, patience=2)


def test_sampled_profiles_are_kept_with_what_each_earned(unbroken):
    kept = pl.read_parquet(unbroken / "completions" / f"completions_{STEPS:05}.parquet")
    shares = [row["completion"][0]["content"].split().count("love") for row in kept.iter_rows(named=True)]
    assert max(shares) > 0
    earned = kept["love"].to_list()
    assert [value > 0 for value in earned] == [share > 0 for share in shares]
    assert kept.group_by("prompt").len()["len"].to_list() == [4] * (len(kept) // 4)  # whole groups


def test_a_log_is_rewound_and_half_a_line_is_forgotten(tmp_path):
    log = tmp_path / "log.jsonl"
    lines = [json.dumps({"step": n, "loss": 0.0}) for n in (1, 2, 3)]
    log.write_text("\n".join([*lines, '{"step": 4, "lo']))
    rewind(log, 2)
    assert [entry["step"] for entry in entries(log)] == [1, 2]
    log.write_text("\n".join([lines[0], "damaged", lines[1]]))
    with pytest.raises(SystemExit, match="line 2"):
        rewind(log, 2)
