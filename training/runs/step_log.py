"""Every figure that a trainer logs, in OUT/log.jsonl: one line of JSON a step."""

import json
from pathlib import Path

from transformers import TrainerCallback


class StepLog(TrainerCallback):
    """Appends, so that a resumed run goes on in the same file (`training.runs.log.rewind`)."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def on_log(self, args, state, control, logs=None, **kwargs):
        if state.is_world_process_zero:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps({"step": state.global_step, **logs}) + "\n")
