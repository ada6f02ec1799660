"""One optimiser step of GRPO with the `embedded` models: ours beside TRL as it comes.

Both run the real command on the same histories, assembled of shipped books, from the shipped adapter, with
every reward and the same judge. TRL samples with transformers, and reads a history once for each sample;
ours samples with openvino-genai and reads a group's prompt once. Neither changes what is computed:
`tests/training/test_shared_prompt.py` compares values and gradients, the lag of the samples is measured here.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.grpo_step import CONFIG, measured
from benchmarks.measuring import Line, Report, Spread, Timing, faster

STEPS = 3  # the first, which warms up, is left out
HISTORIES, SAMPLES, TOKENS = 4, 4, 96  # of a step; tokens are the most of a profile
REFRESH = 4  # steps between two refreshes of the weights that sample
GOAL = 12.0  # seconds
MOST_REWARDS = 0.05  # of a step
START = Path(__file__).parents[1] / "assets" / "profiler"
_SIZES = {
    "num_generations": SAMPLES, "per_device_train_batch_size": SAMPLES,
    "gradient_accumulation_steps": HISTORIES, "max_completion_length": TOKENS,
    "may_start_perfect": ["format", "length", "copy", "grounding", "repetition"],  # the adapter is trained
}  # fmt: skip


def measure() -> Report:
    """Both in turn, in processes of their own."""
    arguments = argparse.Namespace(config=CONFIG, start=START, steps=STEPS, data=[])
    with tempfile.TemporaryDirectory() as folder:
        plain = measured("transformers", 1, arguments, Path(folder, "trl"), share_prompts=False, **_SIZES)
        ours = measured("openvino", REFRESH, arguments, Path(folder, "ours"), **_SIZES)
    steps = Spread.of([one["step_time"] for one in ours])
    ratio, _ = faster(_times(plain), _times(ours))
    rewards = [one["seconds/rewards"] / one["step_time"] for one in ours]
    share = Spread.of([100 * part for part in rewards])
    lag = [one["lag/kl"] for one in ours if "lag/kl" in one]
    return Report(
        (
            Line(
                f"{HISTORIES} histories x {SAMPLES} samples of at most {TOKENS} tokens",
                f"{steps} s",
                f"TRL, samples by transformers: {_times(plain).median:.1f} s",
                ratio,
                goal=f"≤ {GOAL:g} s",
                reached=steps.median <= GOAL,
            ),
            Line("rewards, of a step", f"{share} %", goal=f"≤ {100 * MOST_REWARDS:g} %",
                 reached=share.median <= 100 * MOST_REWARDS),
            *_parts(ours),
        ),
        (
            f"{STEPS - 1} steps each after one that warms up, one run after the other; float32 unless the "
            "processor has bfloat16 instructions. The samples are not the same, their number is.",
            f"The weights that sample are {REFRESH} steps old at most: KL(sampled from || policy) "
            f"{max(lag, default=0.0):.4f} a token at most, corrected by importance ratios.",
        ),
    )  # fmt: skip


def _times(steps: list[dict[str, float]]) -> Timing:
    wall = tuple(step["step_time"] for step in steps)
    return Timing(wall, wall)  # other processes: their processor time is not this one's


def _parts(steps: list[dict[str, float]]) -> list[Line]:
    names = {"sampling": "seconds/generation", "refreshing the weights that sample": "seconds/refresh"}
    found = {what: [step[key] for step in steps if key in step] for what, key in names.items()}
    return [Line(f"of it {what}", f"{Spread.of(some)} s") for what, some in found.items() if some]
