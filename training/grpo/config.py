"""What a run of GRPO is told: its configuration file, what the command line changes of it, TRL's settings.

An ablation is the lines in which it differs (`training.runs.config_files`). What a run really used is written
whole to `OUT/config.yaml`.
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Literal

import torch
import yaml
from trl import GRPOConfig

from training.data import WindowSettings, data_folders
from training.grpo.credit import CREDITS, Credit
from training.grpo.negatives import Counts
from training.grpo.reward_functions import NAMES, OTHER_REWARDS
from training.grpo.rollouts import RolloutSettings
from training.runs import read_values, refuse_other_texts, with_precision

KEPT = 2  # checkpoints beside the best one: one of them may be half written when a run is killed
SMOKE = {
    "max_steps": 2, "per_device_train_batch_size": 4, "gradient_accumulation_steps": 2, "num_generations": 4,
    "eval_steps": 2, "save_steps": 2, "max_completion_length": 40, "warmup_steps": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Grpo:
    """The values of a configuration file that are not TRL's."""

    preset: str
    warm_start: bool  # false: from a fresh adapter, and --start is refused
    mixture: dict[str, int]  # data set -> training histories
    synthetic_readers: int
    validation_examples: int  # held-out users, shared among the data sets as the mixture is
    early_stop: int  # validations without a new best after which the run ends; 0 for never
    lora_rank: int  # of a fresh adapter; one that is continued keeps its own. 0: all weights are trained
    lora_alpha: int
    lora_dropout: float
    credit: Credit  # what of its profile's reward a sentence earns
    scoring: Literal["single", "facets"]
    next_items: int  # what the user takes from the target on; the contrastive reward is the mean over them
    contrastive_temperature: float
    weights: dict[str, float]  # of the rewards, each normalised in its group first
    may_start_perfect: tuple[str, ...]  # guards that may be 1.0 everywhere before the run
    negatives: Counts
    choice_by: Literal["letters", "titles"]  # how the frozen model is asked for the next item
    choice_negatives: int  # odd: with an even number of options none keeps its place when they are reversed
    future_items: int  # what the user takes from the target on, asked for by `future_activity`
    compared_with: int  # how many of its group `preference` compares a profile with on either side; 0 for all
    preflight_tastes: int
    rollouts: RolloutSettings
    windows: WindowSettings
    share_prompts: (
        bool  # a group's prompt is read once (`training.grpo.shared_prompt`); one process, full attention
    )

    @property
    def rewards(self) -> tuple[str, ...]:
        """Names of the rewards that are computed: those that weigh, and those that cost next to nothing."""
        weighed = (name for name in (*NAMES, *OTHER_REWARDS) if name in self.weights)
        return tuple(name for name in weighed if self.weights[name] > 0 or name not in ASKS_A_MODEL)


ASKS_A_MODEL = ("next_item_choice", "preference", "future_activity")


def configured(arguments: argparse.Namespace) -> tuple[Grpo, dict]:
    """The configuration file, with what the command line changes of it.

    Raises:
        SystemExit: they do not fit each other.
    """
    config, values = read_config(arguments.config)
    if arguments.start and not config.warm_start:
        raise SystemExit(f"{arguments.config} trains a fresh adapter (warm_start: false). Leave --start out.")
    if arguments.start and not (arguments.start / "adapter_config.json").is_file():
        raise SystemExit(f"{arguments.start} holds no adapter. Give --start the folder the warm start wrote.")
    if arguments.start:
        refuse_other_texts(arguments.start)
    if arguments.preset:
        config = replace(config, preset=arguments.preset)
    if arguments.smoke:
        config, values = in_miniature(config, arguments.data), values | SMOKE
    values = {"report_to": "none"} | values
    values["use_cpu"] = values.get("use_cpu", False) or not torch.cuda.is_available()
    return config, with_precision(values)


def trl_settings(config: Grpo, values: dict, out: Path) -> GRPOConfig:
    """TRL's own settings, with those that follow from ours."""
    return GRPOConfig(
        output_dir=str(out),
        run_name=out.name,
        disable_tqdm=True,
        reward_weights=[config.weights[name] for name in config.rewards],
        restore_callback_states_from_checkpoint=True,  # the patience of the early stop
        use_vllm=config.rollouts.engine == "vllm",
        log_completions=True,
        num_completions_to_print=0,  # they are in OUT/completions
        **values,
    )


def in_miniature(config: Grpo, sources: Sequence[str]) -> Grpo:
    """The same settings for a few histories of the data sets that were given."""
    return replace(
        config,
        mixture={folder.name: 12 for folder in data_folders(sources)},
        synthetic_readers=20,
        validation_examples=4,
        preflight_tastes=4,
        rollouts=replace(config.rollouts, refresh_steps=1),
    )


def read_config(path: Path) -> tuple[Grpo, dict]:
    """A YAML file -> our settings, and what is left for GRPOConfig.

    Raises:
        SystemExit: a value is missing or cannot be.
    """
    values = read_values(path)
    try:
        windows = WindowSettings(**{f.name: values.pop(f.name) for f in fields(WindowSettings)})
        counts, rollouts = Counts(**values.pop("negatives")), RolloutSettings(**values.pop("rollouts"))
        made = {"negatives": counts, "rollouts": rollouts, "windows": windows}
        ours = {f.name: values.pop(f.name) for f in fields(Grpo) if f.name not in made}
    except KeyError as error:
        raise SystemExit(f"{path}: write a value for {error}, or name a file in based_on.") from None
    config = Grpo(**ours | {"may_start_perfect": tuple(ours["may_start_perfect"])}, **made)
    _check(path, config, values)
    return config, values


def write_config(path: Path, config: Grpo, trl: Mapping) -> None:
    """Everything a run was told, in the form that `read_config` reads."""
    ours = asdict(config)
    windows = ours.pop("windows")
    path.write_text(yaml.safe_dump(ours | windows | dict(trl), sort_keys=False))


def _check(path: Path, config: Grpo, trl: Mapping) -> None:
    """Raises SystemExit for what would fail, or silently teach something else, hours later."""
    known = {*NAMES, *OTHER_REWARDS}
    if not set(NAMES) <= set(config.weights) <= known:
        raise SystemExit(
            f"{path}: give every reward a weight, 0 for none: {', '.join(NAMES)}; and, if wanted, one to "
            f"{', '.join(OTHER_REWARDS)}."
        )
    if config.weights.get("future_activity", 0) > 0 and config.future_items < 1:
        raise SystemExit(f"{path}: future_activity weighs, so future_items must be 1 or more.")
    if config.credit not in CREDITS:
        raise SystemExit(f"{path}: credit {config.credit!r}: write {', '.join(CREDITS)}.")
    if config.choice_by not in ("letters", "titles"):
        raise SystemExit(f"{path}: choice_by {config.choice_by!r}: write letters or titles.")
    if config.next_items < 1:
        raise SystemExit(f"{path}: next_items {config.next_items}: write 1 or more.")
    limit = trl.get("save_total_limit")
    if limit is not None and limit <= KEPT:
        raise SystemExit(
            f"{path}: save_total_limit {limit} loses a run that is killed while saving. Write 3."
        )
    if trl.get("save_steps", 0) % config.rollouts.refresh_steps:
        raise SystemExit(
            f"{path}: save_steps {trl['save_steps']} is no multiple of rollouts.refresh_steps "
            f"{config.rollouts.refresh_steps}, so a resumed run would sample from other weights."
        )
