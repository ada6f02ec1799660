"""What a warm start is told: our values of its configuration file; the others are TRL's."""

from dataclasses import dataclass, fields
from pathlib import Path

from training.runs import read_values


@dataclass(frozen=True)
class WarmStart:
    """The values of a configuration file that are not TRL's."""

    preset: str
    mixture: dict[str, float]  # kind of teaching profile -> how often each of its pairs is in the data
    dislikes: float  # how much oftener the pairs of what was disliked
    validation_examples: int
    most_tokens: int  # of prompt and answer; longer ones are left out
    lora_rank: int
    lora_alpha: int
    lora_dropout: float
    lora_layers: int | None  # the last so many layers get an adapter; None: all


def read_config(path: Path) -> tuple[WarmStart, dict]:
    """A YAML file -> our settings, and what is left for SFTConfig."""
    values = read_values(path)
    ours = {field.name: values.pop(field.name) for field in fields(WarmStart)}
    return WarmStart(**ours), values
