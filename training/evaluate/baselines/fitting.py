"""How far the training of a sequence model is, kept after every epoch: a killed one goes on."""

from dataclasses import dataclass
from pathlib import Path

import torch


@dataclass
class Fitting:
    """A network, what trains it, and the best epoch so far.

    `dice` draws order and negatives; dropout draws from torch's own generator, which is kept as well.
    """

    network: torch.nn.Module
    optimiser: torch.optim.Optimizer
    dice: torch.Generator
    epoch: int = 0
    best: float = float("-inf")
    since: int = 0  # epochs since the best
    weights: dict[str, torch.Tensor] | None = None  # of the best epoch

    def judge(self, score: float) -> None:
        """An epoch has ended with this score on the validation users."""
        self.epoch += 1
        self.since += 1
        if score > self.best:
            self.best, self.since = score, 0
            self.weights = {name: value.clone() for name, value in self.network.state_dict().items()}

    def keep(self, path: Path) -> None:
        """Write everything the next epoch depends on, whole or not at all."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        torch.save(
            {
                "network": self.network.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "generators": [self.dice.get_state(), torch.get_rng_state()],
                "epochs": [self.epoch, self.best, self.since],
                "weights": self.weights,
            },
            part,
        )
        part.replace(path)

    def resume(self, path: Path) -> None:
        """Go on from what `keep` wrote; tensors and numbers alone are read, no code."""
        held = torch.load(path, weights_only=True)
        self.network.load_state_dict(held["network"])
        self.optimiser.load_state_dict(held["optimiser"])
        dice, dropout = held["generators"]
        self.dice.set_state(dice)
        torch.set_rng_state(dropout)
        self.epoch, self.best, self.since = held["epochs"]
        self.weights = held["weights"]
