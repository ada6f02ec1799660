"""A data set as the evaluation reads it: the split of every user and the domain of every item."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from blue.errors import BlueError
from training.data import Dataset, Split, data_folder, load


class EvaluationError(BlueError):
    """The evaluation cannot be done as asked: no such folder, no such method, too few users, a leak."""


@dataclass(frozen=True)
class EvaluationData:
    """A data set with what only the evaluation needs to know of it."""

    dataset: Dataset
    splits: Mapping[str, Split]  # of every user of the data set
    domains: Mapping[str, str]  # item_id -> domain; the data set's name where the items carry none

    @staticmethod
    def of(dataset: Dataset) -> "EvaluationData":
        """One domain where the data name none; of assembled histories every kind is a domain."""
        splits = {user: dataset.split(user) for user in dataset.histories}
        domains = {
            item_id: dataset.domains.get(item_id) or (item.kind if dataset.synthetic else dataset.name)
            for item_id, item in dataset.items.items()
        }
        return EvaluationData(dataset, splits, domains)

    @property
    def name(self) -> str:
        """The data set's name."""
        return self.dataset.name

    def users(self, split: Split) -> list[str]:
        """The user ids of one split, sorted."""
        return sorted(user for user, its in self.splits.items() if its == split)


def read_data(source: str) -> EvaluationData:
    """Read "[NAME=]DIR" (`training.data.folders`): training and evaluation split the users of a folder alike.

    Raises:
        DataError: the folder, its kind or one of its lines cannot be read.
        EvaluationError: no user is in the test split.
    """
    named = data_folder(source)
    data = EvaluationData.of(replace(load(named), name=named.label))
    if "test" not in data.splits.values():
        raise EvaluationError(
            f"None of the {len(data.splits)} users of {named.folder} is in the test split. "
            "Give more users, or a 'split' to each user of users.jsonl.gz."
        )
    return data
