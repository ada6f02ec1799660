"""The toy policy of tests/training/toy.py under torchrun: the same samples however many processes share them.

python -m torch.distributed.run --nproc_per_node 2 -m tests.scale.two_processes OUT STEPS ROWS_A_PROCESS
"""

import hashlib
import sys
from itertools import groupby
from pathlib import Path

import torch

from tests.training import toy
from training.grpo.rollouts import encode

WORDS, LENGTH = range(2, 20), 5


def fixed_samples(prompts, trainer) -> dict[str, list]:
    """Completions that depend on the prompt, the step and the number in the group alone."""
    prompt_ids, completions = encode(prompts, trainer), []
    for ids, equal in groupby(prompt_ids):
        for number, _ in enumerate(equal):
            digest = hashlib.sha256(repr((ids, trainer.state.global_step, number)).encode()).digest()
            completions.append([WORDS[byte % len(WORDS)] for byte in digest[:LENGTH]] + [0])
    return {
        "prompt_ids": prompt_ids,
        "completion_ids": completions,
        "logprobs": [[0.0] * len(one) for one in completions],
    }


def main(out: Path, steps: int, rows: int) -> None:
    """Train, and leave the trained adapter's tensors in OUT/trained.pt."""
    toy.SETTINGS["per_device_train_batch_size"] = rows
    trainer = toy.toy_trainer(out, steps, share_prompts=False)  # sharing is for one process
    trainer.rollout_func = fixed_samples
    trainer.train()
    if trainer.accelerator.is_main_process:
        model = trainer.accelerator.unwrap_model(trainer.model)
        trained = {name: value.detach() for name, value in model.named_parameters() if value.requires_grad}
        torch.save({"processes": trainer.accelerator.num_processes, "trained": trained}, out / "trained.pt")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
