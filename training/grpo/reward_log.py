"""What a run of GRPO leaves behind to be read: every logged figure, and profiles with what they earned."""

import json
from collections.abc import Callable
from pathlib import Path

from transformers import TrainerCallback

from training.grpo.reward_functions import texts_of


class Diary(TrainerCallback):
    """Writes every logged figure and one group of profiles, with what each earned, as lines of JSON."""

    def __init__(self, path: Path, profiles: int) -> None:
        self.path, self.profiles = path, profiles
        self._heard: dict[str, list] = {}

    def listen(self, reward: Callable) -> Callable:
        """The same reward, overheard."""

        def overheard(prompts, completions, **columns):
            values = reward(prompts=prompts, completions=completions, **columns)
            self._heard["profile"] = texts_of(completions[: self.profiles])
            self._heard[reward.__name__] = [round(value, 4) for value in values[: self.profiles]]
            return values

        overheard.__name__ = reward.__name__
        return overheard

    def on_log(self, args, state, control, logs=None, **kwargs):
        if not state.is_world_process_zero:
            return
        group = {"group": self._heard} if "loss" in logs else {}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"step": state.global_step, **logs, **group}) + "\n")
