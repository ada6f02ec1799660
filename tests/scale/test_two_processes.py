"""Training on two CPU processes (gloo): what one process learns from the same rows, two learn together."""

import csv
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import load_file

ROOT = Path(__file__).resolve().parents[2]


def torchrun(processes: int) -> list[str]:
    """The launcher of PyTorch: on CPUs accelerate's own starts one process alone, unless there is MPI."""
    port = str(random.randint(20_000, 40_000))
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", str(processes)]
    return [*launcher, "--master_port", port]


def run(command: list[str]) -> None:
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_grpo_on_two_processes_learns_what_one_learns(tmp_path):
    for name, processes, rows in (("one", 1, 8), ("two", 2, 4)):
        script = ["-m", "tests.scale.two_processes", str(tmp_path / name), "3", str(rows)]
        run([*torchrun(processes), *script])
    one, two = (torch.load(tmp_path / name / "trained.pt") for name in ("one", "two"))
    assert (one["processes"], two["processes"]) == (1, 2)
    losses = [logged(tmp_path / name / "log.jsonl", "loss") for name in ("one", "two")]
    assert len(losses[0]) == 3
    assert losses[1] == pytest.approx(losses[0], abs=1e-4)
    for name, weights in one["trained"].items():
        assert torch.allclose(weights, two["trained"][name], atol=1e-4), name
    assert any(weights.abs().max() > 1e-3 for name, weights in one["trained"].items() if "lora_B" in name)


def logged(path: Path, figure: str) -> list[float]:
    entries = [json.loads(line) for line in path.read_text().splitlines()]
    return [entry[figure] for entry in entries if figure in entry]


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_the_warm_start_on_two_processes_has_the_losses_of_one(tmp_path):
    settings = yaml.safe_load((ROOT / "training" / "configs" / "embedded.yaml").read_text())
    settings |= {
        "mixture": {"books": 0.1}, "validation_examples": 2, "most_tokens": 110, "max_steps": 2,
        "warmup_steps": 0, "bf16": False, "logging_steps": 1,
        "lr_scheduler_type": "constant", "lr_scheduler_kwargs": {}, "train_sampling_strategy": "random",
    }  # fmt: skip
    base = tmp_path / "base"
    for name, processes, rows in (("one", 1, 2), ("two", 2, 1)):
        config = tmp_path / f"{name}.yaml"
        config.write_text(yaml.safe_dump(settings | {"per_device_train_batch_size": rows}))
        out = tmp_path / name
        out.mkdir()
        if base.exists():
            (out / "base").symlink_to(base)  # it is made by the first run, and takes half a minute
        stage = ["-m", "training.warm_start.train", "--config", str(config), "--out", str(out)]
        run([*torchrun(processes), *stage])
        if not base.exists():
            (out / "base").rename(base)
    one, two = (warm_losses(tmp_path / name / "training_log.csv") for name in ("one", "two"))
    assert len(one) == 3, "two steps and one validation"
    assert two == pytest.approx(one, rel=1e-3)
    weights = [
        load_file(tmp_path / name / "adapter" / "adapter_model.safetensors") for name in ("one", "two")
    ]
    for name, value in weights[0].items():
        assert torch.allclose(value, weights[1][name], atol=2e-3), name


def warm_losses(path: Path) -> list[float]:
    with path.open(newline="") as file:
        return [float(row["loss"] or row["eval_loss"]) for row in csv.DictReader(file)]
