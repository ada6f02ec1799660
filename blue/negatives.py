"""Items that a user did not choose next: what a profile must tell the next item from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Counts:
    """How many negatives of each kind a history gets."""

    random: int = 8
    popular: int = 4
    hard: int = 4
