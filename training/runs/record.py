"""What a run cost, in OUT/run.json: steps, seconds, tokens, machine, versions."""

import json
import os
import platform
import time
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch
from transformers import TrainerCallback

from blue.models import write_whole

PACKAGES = (
    "torch", "transformers", "trl", "peft", "accelerate", "sentence-transformers", "openvino-genai",
    "huggingface-hub", "safetensors", "faiss-cpu", "numpy",
)  # fmt: skip


class RunRecord(TrainerCallback):
    """Writes the cost of a run after every log, so that a killed run has one too; resumed runs add up.

    `tokens_sampled` are the tokens of the sampled profiles, `tokens_trained` how often one was trained on:
    with one pass over every profile the two are equal. `tokens_read` counts prompts as well. `seconds`
    includes work that a kill undid; `processes` says how many there were.
    """

    def __init__(self, path: Path, completions_a_step: int = 0, passes: int = 1) -> None:
        self.path, self._completions, self._passes = path, completions_a_step, passes
        before = json.loads(path.read_text()) if path.is_file() else {}
        self._seconds = before.get("seconds", 0.0)
        self._processes = before.get("processes", 0) + 1
        self._sampled = before.get("tokens_sampled_at", {})
        self._start = time.monotonic()
        self._finished = False  # a validation after the end logs once more

    def on_log(self, args, state, control, logs=None, **kwargs):
        if not state.is_world_process_zero:
            return
        if "loss" in logs and "completions/mean_length" in logs:
            steps = state.global_step - max(map(int, self._sampled), default=0)
            tokens = logs["completions/mean_length"] * self._completions * max(steps, 0)
            self._sampled[str(state.global_step)] = round(tokens)
        self.write(state)

    def on_train_begin(self, args, state, control, **kwargs):
        # What was logged after the checkpoint will be done, and counted, again.
        self._sampled = {step: n for step, n in self._sampled.items() if int(step) <= state.global_step}

    def on_train_end(self, args, state, control, **kwargs):
        if state.is_world_process_zero:
            self._finished = True
            self.write(state)

    def write(self, state) -> None:
        """The record so far, replaced at once."""
        sampled = sum(self._sampled.values())
        record = {
            "finished": self._finished,
            "steps": state.global_step,
            "seconds": round(self._seconds + time.monotonic() - self._start, 1),
            "processes": self._processes,
            "tokens_sampled": sampled,
            "tokens_trained": sampled * self._passes,
            "tokens_read": int(state.num_input_tokens_seen),
            "best_validation": state.best_metric,
            "best_step": state.best_global_step,
            "machine": machine(),
            "versions": versions(),
            "tokens_sampled_at": self._sampled,
        }
        write_whole(self.path, json.dumps(record, indent=1) + "\n")


def versions() -> dict[str, str]:
    """Of the packages that matter, where they are installed: a GPU machine may do without an engine."""
    found = {}
    for name in PACKAGES:
        with suppress(PackageNotFoundError):
            found[name] = version(name)
    return found


def machine() -> dict[str, str | int | float]:
    """The processors and the memory of this machine."""
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    gpus = [torch.cuda.get_device_name(n) for n in range(torch.cuda.device_count())]
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "threads": torch.get_num_threads(),
        "memory_gb": round(pages / 1e9, 1),
        "gpus": ", ".join(gpus) or "none",
        "python": platform.python_version(),
    }


def _processor() -> str:
    """The model's name; Linux keeps it where `platform` does not look."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()
