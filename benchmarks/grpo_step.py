r"""What a GRPO step costs by who samples the profiles: torch itself, or openvino-genai with older weights.

    python -m benchmarks.grpo_step --start assets/profiler --steps 8 \
        --data beauty=DIR --refresh 1 4 8

Runs the same configuration with each engine on the same histories, in an own process each, and prints the
seconds of a step (refreshes are spread over the steps between them, the first step is left out) and how far
the samples lag: KL(sampled from || policy) a token, and the largest importance ratio of a token.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import yaml

from training.runs import entries, read_values

CONFIG = Path(__file__).parents[1] / "training" / "configs" / "grpo" / "embedded.yaml"


def measured(
    engine: str, refresh: int, arguments: argparse.Namespace, folder: Path, **more: object
) -> list[dict[str, float]]:
    """The log of one run, a dictionary a step without the first; `more` are changes of the configuration.

    `arguments` has config, start, steps and data; without data the histories are assembled of shipped books.
    """
    names = [source.partition("=")[0] for source in arguments.data] or ["books"]
    changes = {
        "rollouts": {"engine": engine, "refresh_steps": refresh},
        "mixture": dict.fromkeys(names, 4 * arguments.steps),
        "max_steps": arguments.steps,
        "eval_strategy": "no",
        "save_strategy": "no",
        "load_best_model_at_end": False,
        "early_stop": 0,
        "validation_examples": 1,
        "preflight_tastes": 4,
    } | more
    folder.mkdir()
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(read_values(arguments.config) | changes | {"save_steps": refresh}))
    command = [sys.executable, "-m", "training.grpo.train", "--config", str(config)]
    command += ["--out", str(folder / "run"), "--start", str(arguments.start)]
    command += ["--data", *arguments.data] if arguments.data else []
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [entry for entry in entries(folder / "run" / "log.jsonl") if "loss" in entry][1:]


def summary(steps: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Medians over the steps, and the mean of what happens in some steps only."""
    found = {
        name: float(np.median([step[name] for step in steps]))
        for name in ("seconds/generation", "seconds/rewards")
    }
    found["step"] = float(
        np.mean([step["step_time"] for step in steps])
    )  # a refresh is spread over its steps
    for name, over in (("seconds/refresh", np.sum), ("lag/kl", np.mean), ("lag/ratio_max", np.max)):
        values = [step[name] for step in steps if name in step]
        total = float(over(values)) if values else 0.0
        found[name] = total / len(steps) if name == "seconds/refresh" else total
    return found


def main() -> None:
    """Read the command line, run, print a table and a line of JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, default=CONFIG)
    parser.add_argument("--start", type=Path, required=True)
    parser.add_argument("--data", nargs="+", required=True, metavar="[NAME=]DIR")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--refresh", type=int, nargs="+", default=[1, 4, 8], help="steps between refreshes")
    arguments = parser.parse_args()
    if arguments.steps <= max(arguments.refresh):
        parser.error(
            f"--steps {arguments.steps}: more than the longest --refresh, so that a refresh is measured"
        )
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for engine, refresh in [("transformers", 1), *(("openvino", n) for n in arguments.refresh)]:
            name = engine if engine == "transformers" else f"{engine}, every {refresh}"
            found[name] = summary(
                measured(engine, refresh, arguments, Path(folder) / name.replace(", ", "-"))
            )
            print(f"{name}: {found[name]}", flush=True)
    print(
        "| samples by | s/step | of it sampling | refreshing | rewards | lag KL | largest ratio |\n|"
        + "---|" * 7
    )
    for name, one in found.items():
        print(
            f"| {name} | {one['step']:.1f} | {one['seconds/generation']:.1f} | {one['seconds/refresh']:.1f} "
            f"| {one['seconds/rewards']:.1f} | {one['lag/kl']:.4f} | {one['lag/ratio_max']:.2f} |"
        )
    print(json.dumps(found))


if __name__ == "__main__":
    main()
