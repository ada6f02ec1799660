"""What preference training is told: our values of its configuration file; the others are transformers'."""

from dataclasses import dataclass, fields
from pathlib import Path

from training.runs import read_values


@dataclass(frozen=True)
class Preference:
    """The values of a configuration file that are not transformers'."""

    preset: str
    nats_a_mark: float  # by which a draft becomes likelier, beside the reference, for each mark it is better
    beta: float  # how surely the model must order drafts: of the differences of log-ratios in the softmax
    supervised: float  # weight of the supervised loss, a token, on the best draft of a taste
    supervised_from: float  # mark that it must have
    least_spread: float  # marks between best and worst draft of a taste; one with less teaches nothing
    validation_share: float  # of the tastes, which are not trained on


def read_config(path: Path) -> tuple[Preference, dict]:
    """A YAML file -> our settings, and what is left for TrainingArguments."""
    values = read_values(path)
    ours = {field.name: values.pop(field.name) for field in fields(Preference)}
    return Preference(**ours), values
