"""The configuration files of GRPO: our settings, and TRL's beside them.

An ablation is the lines in which it differs (`training.runs.config_files`). What a run really used is written
whole to `OUT/config.yaml`.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Literal

import yaml

from training.data import WindowSettings
from training.grpo.negatives import Counts
from training.grpo.reward_functions import NAMES, NEIGHBOURS
from training.grpo.rollouts import RolloutSettings
from training.runs import read_values

KEPT = 2  # checkpoints beside the best one: one of them may be half written when a run is killed


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
    scoring: Literal["single", "facets"]
    next_items: int  # what the user takes from the target on; the contrastive reward is the mean over them
    contrastive_temperature: float
    weights: dict[str, float]  # of the rewards, each normalised in its group first
    may_start_perfect: tuple[str, ...]  # guards that may be 1.0 everywhere before the run
    negatives: Counts
    choice_by: Literal["letters", "titles"]  # how the frozen model is asked for the next item
    choice_negatives: int  # odd: with an even number of options none keeps its place when they are reversed
    future_items: int  # what the user takes from the target on, asked for by `future_activity`
    rivals: int  # how many of its group `preference` compares a profile with on either side; 0 for all
    preflight_histories: int
    rollouts: RolloutSettings
    windows: WindowSettings
    share_prompts: (
        bool  # a group's prompt is read once (`training.grpo.shared_prompt`); one process, full attention
    )

    @property
    def rewards(self) -> tuple[str, ...]:
        """Names of the rewards that are computed: those that weigh, and those that cost next to nothing."""
        weighed = (name for name in (*NAMES, *NEIGHBOURS) if name in self.weights)
        return tuple(name for name in weighed if self.weights[name] > 0 or name not in ASKS_A_MODEL)


ASKS_A_MODEL = ("next_item_choice", "preference", "future_activity")


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
    known = {*NAMES, *NEIGHBOURS}
    if not set(NAMES) <= set(config.weights) <= known:
        raise SystemExit(
            f"{path}: give every reward a weight, 0 for none: {', '.join(NAMES)}; and, if wanted, one to "
            f"{', '.join(NEIGHBOURS)}."
        )
    if config.weights.get("future_activity", 0) > 0 and config.future_items < 1:
        raise SystemExit(f"{path}: future_activity weighs, so future_items must be 1 or more.")
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
