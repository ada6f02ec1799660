"""Which checkpoint a killed run goes on from, and whether it still has to.

The trainer writes weights, optimiser, schedule and random states first and `trainer_state.json` last, so a
checkpoint whose state can be read is whole; one that was being deleted lacks files.
"""

import errno
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STATE = "trainer_state.json"
WEIGHTS = ("adapter_model.safetensors", "model.safetensors", "model.safetensors.index.json")
OPTIMISER = (("optimizer.pt", "scheduler.pt"), ("latest",))  # of torch, or DeepSpeed's folder
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_SAYS_FULL = re.compile(
    r"No space left|Disk quota|File too large|PytorchStreamWriter failed|unexpected pos|iostream error"
)


def last_whole(out: Path) -> Path | None:
    """The newest whole checkpoint of a run, or None."""
    whole = [path for path in out.glob("checkpoint-*") if is_whole(path)]
    return max(whole, key=step_of, default=None)


def clear_broken(out: Path) -> None:
    """Delete what a kill left half written."""
    for path in out.glob("checkpoint-*"):
        if not is_whole(path):
            shutil.rmtree(path)


def is_whole(folder: Path) -> bool:
    """Whether everything that resuming reads is there."""
    try:
        step_of(folder)
    except (FileNotFoundError, json.JSONDecodeError):
        return False
    optimised = any(all((folder / name).is_file() for name in names) for names in OPTIMISER)
    weights = any((folder / name).is_file() for name in WEIGHTS)
    return weights and optimised and any(folder.glob("rng_state*.pth"))


def state_of(folder: Path) -> dict:
    """The trainer's state, as it wrote it."""
    return json.loads((folder / STATE).read_text(encoding="utf-8"))


def step_of(folder: Path) -> int:
    """The optimiser steps that a checkpoint has behind it."""
    return state_of(folder)["global_step"]


def is_over(folder: Path, patience: int) -> bool:
    """Whether the run had ended with this checkpoint: all steps done, or stopped early."""
    state = state_of(folder)
    stop = state["stateful_callbacks"].get("EarlyStoppingCallback", {})
    waited = stop.get("attributes", {}).get("early_stopping_patience_counter", 0)
    return state["global_step"] >= state["max_steps"] or (bool(patience) and waited >= patience)


def best_of(folder: Path) -> Path:
    """The checkpoint with the best validation so far, or this one where none was measured."""
    best = state_of(folder)["best_model_checkpoint"]
    # by name: the run's folder may have moved since
    return folder.parent / Path(best).name if best else folder


@contextmanager
def explained_full_disk(out: Path) -> Iterator[None]:
    """A disk that fills up while training writes ends in one line that says how to go on: a SystemExit."""
    try:
        yield
    except Exception as error:
        if not is_full_disk(error):
            raise
        raise SystemExit(
            f"error: {out} cannot be written any further: the disk is full, or a quota is reached ({error}). "
            "The whole checkpoints there are kept. Free some space and go on with --resume."
        ) from error


def is_full_disk(error: BaseException | None) -> bool:
    """Whether an error says that nothing more can be written.

    Libraries wrap what the system said, or say it in a sentence of their own.
    """
    while error is not None:
        if getattr(error, "errno", None) in _FULL or _SAYS_FULL.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False
