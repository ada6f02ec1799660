"""How good is a likely rating?

    python -m training.evaluate.calibrate_ratings --data movies=ml-latest-small

The last items of each user are estimated from what came before (`blue.answering.rating`), and the mean
absolute error is set beside that of the user's own mean. The settings are the best of a grid on train users,
the figures those of validation users.
"""

import random
from itertools import product

import numpy as np

from blue.answering import NEIGHBOURS, POWER, SHRINKAGE, estimate
from blue.catalog import load_retriever
from blue.retrieval import HistoryVectors, Retriever
from training.data import Dataset, load_all, users_of
from training.runs import parser_of

HISTORY = 25
TARGETS = 5  # last items of a user whose ratings are estimated
GRID = tuple(product((5, 10, 20), (1.0, 2.0, 3.0, 4.0), (0.25, 0.5, 1.0, 2.0)))


def errors(
    dataset: Dataset, users: list[str], retriever: Retriever, settings: tuple[int, float, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Absolute errors in stars, of the estimate and of the user's mean: (targets,), (targets,)."""
    vectors = HistoryVectors(retriever)
    estimated, baseline = [], []
    for user in users:
        interactions = dataset.histories[user]
        embeddings = vectors(interactions)
        for n in range(max(HISTORY, len(interactions) - TARGETS), len(interactions)):
            before = slice(n - HISTORY, n)
            ratings = np.array([interaction.rating for interaction in interactions[before]])
            similarities = embeddings[before] @ embeddings[n]
            truth = interactions[n].rating
            estimated.append(abs(estimate(similarities, ratings, *settings) - truth))
            baseline.append(abs(ratings.mean() - truth))
    return np.array(estimated), np.array(baseline)


def main() -> None:
    """Print the thresholds that are best, and how good those in use are."""
    parser = parser_of(__doc__)
    parser.add_argument("--data", nargs="+", required=True, metavar="[NAME=]DIR")
    parser.add_argument("--users", type=int, default=200, help="train users that are looked at")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    retriever = load_retriever()
    for name, dataset in load_all(arguments.data).items():
        train = users_of(dataset, "train")
        random.Random(arguments.seed).shuffle(train)
        train, validation = train[: arguments.users], users_of(dataset, "validation")
        print(f"{name}: {len(train)} train and {len(validation)} validation users")
        best = min(GRID, key=lambda settings: errors(dataset, train, retriever, settings)[0].mean())
        for settings in (best, (NEIGHBOURS, POWER, SHRINKAGE)):
            estimated, baseline = errors(dataset, validation, retriever, settings)
            print(
                f"  ratings with {settings}: mean absolute error {estimated.mean():.3f} stars, "
                f"the user's mean {baseline.mean():.3f} ({len(estimated)} ratings)"
            )


if __name__ == "__main__":
    main()
