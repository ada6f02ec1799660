"""The histories that a stage of training reads: so many of each data set, real ones and assembled ones."""

from collections.abc import Callable
from typing import Protocol

from blue.items import load_catalog
from training.data.books import mixed_histories, synthetic_readers
from training.data.loaders import grouper_of, load_all
from training.data.schema import Dataset, Split
from training.data.windows import Example, WindowSettings, examples


class MixtureConfig(Protocol):
    """What a stage's configuration says of its histories."""

    mixture: dict[str, int]  # data set -> training examples
    synthetic_readers: int
    windows: WindowSettings


def gather(config: MixtureConfig, sources: list[str]) -> dict[str, Dataset]:
    """Every data set that the mixture names: the given ones, and the synthetic ones."""
    found = load_all(sources)
    found["books"] = synthetic_readers(load_catalog(), config.synthetic_readers)
    if "movies" in found:
        found["mixed"] = mixed_histories(found["movies"], found["books"], config.synthetic_readers)
    missing = sorted(set(config.mixture) - set(found))
    if missing:
        raise SystemExit(
            f"The mixture needs {missing[0]!r}. Give it: --data {missing[0]}=movielens:DIR (or benchmark:DIR)"
        )
    return found


def rows(
    config: MixtureConfig,
    found: dict[str, Dataset],
    split: Split,
    count_tokens: Callable[[str], int],
    share: float,
) -> list[Example]:
    """The mixture of one split; `share` scales the number of examples of every data set."""
    mixture: list[Example] = []
    for name, count in config.mixture.items():
        dataset, some = found[name], round(count * share)
        mixture += examples(dataset, grouper_of(dataset), split, some, count_tokens, config.windows)
    return mixture
