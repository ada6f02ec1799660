"""The data sets that a stage of training reads: real ones and assembled ones."""

from collections.abc import Iterable

from blue.items import load_catalog
from training.data.books import mixed_histories, synthetic_readers
from training.data.loaders import load_all
from training.data.schema import Dataset


def gather(mixture: Iterable[str], synthetic: int, sources: list[str]) -> dict[str, Dataset]:
    """Every data set that the mixture names: the given ones, and those with `synthetic` assembled readers."""
    found = load_all(sources)
    found["books"] = synthetic_readers(load_catalog(), synthetic)
    if "movies" in found:
        found["mixed"] = mixed_histories(found["movies"], found["books"], synthetic)
    missing = sorted(set(mixture) - set(found))
    if missing:
        raise SystemExit(f"The mixture needs {missing[0]!r}. Give it: --data {missing[0]}=DIR")
    return {name: found[name] for name in mixture}
