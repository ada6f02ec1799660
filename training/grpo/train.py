r"""GRPO: the profiler learns from rewards, starting where the warm start ended.

    python -m training.grpo.train --config training/configs/grpo/embedded.yaml \
        --start runs/warm-start/adapter --out runs/grpo \
        --data movies=DIR beauty=DIR toys=DIR

A prompt is one taste of a training history, and a group of its sentence is sampled. What a sentence earns of
its profile's rewards (`training.grpo.credit`, `reward_functions`) is normalised within the group, the
weighted sum is the advantage, and a KL term holds the policy near the adapter it started from. A preflight
stops a run whose rewards cannot teach. `--resume` goes on after a kill.

    OUT/log.jsonl      every figure of every step
    OUT/completions/   the sampled sentences of every logged step, with what each earned
    OUT/validation/    the greedy sentences of the validation users
    OUT/run.json       what the run cost so far; OUT/config.yaml: everything it was told
    OUT/adapter        the checkpoint with the highest NDCG@10 on the validation users

`python -m training.runs.curves OUT` draws the log.
"""

import argparse
from pathlib import Path

from transformers import AutoTokenizer

from training.data import note_sources
from training.grpo.chosen_rewards import reward_functions
from training.grpo.config import configured, trl_settings, write_config
from training.grpo.data import embedder, prepare
from training.grpo.fitting import fit, trainer_of
from training.grpo.policy import judge_of, policy_of
from training.grpo.preflight import look_first
from training.runs import name_public_base, parser_of, trainable_base


def run(arguments: argparse.Namespace) -> None:
    """Configuration, data, policy, rewards, trainer, in this order."""
    out = new_folder(arguments.out, arguments.resume)
    config, values = configured(arguments)
    settings = trl_settings(config, values, out)
    write_config(out / "config.yaml", config, values)

    base = trainable_base(config.preset, out / "base")
    tokenizer = AutoTokenizer.from_pretrained(base)
    encoder = embedder(config.preset, arguments.embedder)
    training, validation, table = prepare(config, arguments, encoder)
    print(f"from {arguments.start or 'a fresh adapter'}, on {settings.device}: {len(training)} training and "
          f"{len(validation.prompts)} validation tastes, {len(table.items)} items")  # fmt: skip

    model = policy_of(config, base, arguments.start, settings)
    judge = judge_of(config, model, base, tokenizer, settings)
    rewards = reward_functions(config, encoder, table, judge)
    trainer = trainer_of(config, settings, model, rewards, training, validation, tokenizer)
    if not (out / "log.jsonl").exists():  # a run that was killed after its first step has passed it
        look_first(trainer, config, training, rewards, arguments.smoke)
    best = fit(trainer, config.early_stop, arguments.resume)
    name_public_base(out / "adapter", config.preset)
    print(f"best checkpoint: {best.name if best else 'the last'}, adapter in {out / 'adapter'}")


def new_folder(out: Path, resume: bool) -> Path:
    """The run's folder. Two runs in one would be one log: raises SystemExit."""
    if not resume and (out / "log.jsonl").exists():
        raise SystemExit(f"{out} holds a run already. Go on with --resume, or name another folder.")
    out.mkdir(parents=True, exist_ok=True)
    return out


def main() -> None:
    """Read the command line and train."""
    parser = parser_of(__doc__)
    add = parser.add_argument
    add("--config", type=Path, required=True)
    add("--start", type=Path, help="the adapter to continue; without one, a fresh adapter")
    add("--data", nargs="+", default=[], metavar="[NAME=]DIR")
    add("--out", type=Path, required=True)
    add("--resume", action="store_true", help="go on from the last checkpoint in OUT")
    add("--preset", help="other models than the configuration's")
    add("--embedder", type=Path, help="a trained embedder instead of the preset's")
    add("--smoke", action="store_true", help="2 steps on 2 histories x 4 profiles")
    arguments = parser.parse_args()
    note_sources(arguments.data, arguments.out)
    run(arguments)


if __name__ == "__main__":
    main()
