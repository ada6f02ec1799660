"""What a run of GRPO leaves behind to be read: every logged figure, and profiles with what they earned."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from transformers import TrainerCallback

from training.reward_functions import texts_of


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


def entries(path: Path) -> Iterator[dict]:
    """The lines of a diary; the last one may be half a line, where the run was killed while writing it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        try:
            yield json.loads(line)
        except json.JSONDecodeError as error:
            if number == len(lines):
                return
            raise SystemExit(f"{path}, line {number}: {error}. Delete the line.") from error


def rewind(path: Path, step: int) -> None:
    """Forget what was written after a step: a resumed run will write it again."""
    if not path.is_file():
        return
    kept = [entry for entry in entries(path) if entry["step"] <= step]
    part = path.with_suffix(".part")
    part.write_text("".join(json.dumps(entry) + "\n" for entry in kept), encoding="utf-8")
    os.replace(part, path)
