r"""Where does support for a sentence begin, and how good is a likely rating?

    python -m training.evaluate.calibrate_evidence --data movies=movielens:ml-latest-small

Evidence: every sentence of a profile is held against the history it was written from ("real") and against
that of another user ("shuffled"). A sentence is flagged where nothing in the history is among the items of
the catalogue that lie nearest to it; the flag is right on shuffled histories and wrong on real ones. The
number of nearest items is the one with the highest balanced accuracy on rule-written profiles of train
users; precision and recall of the flag are those on validation users, for rule-written profiles and, with
`--written`, for those of the loaded profiler. A shuffled history of films often does hold a film of the
kind, so that recall has a ceiling below 1.

Ratings: the last items of each user are estimated from what came before (`blue.answering.rating`), and the
mean absolute error is set beside that of the user's own mean.
"""

import argparse
import random
from collections.abc import Callable
from itertools import product

import numpy as np

from blue.answering import NEIGHBOURS, POWER, SHRINKAGE, estimate
from blue.catalog import load_retriever
from blue.datatypes import Profile
from blue.inspection import NEAREST_SHARE, ROUNDING, HistoryVectors
from blue.inspection.evidence import evidence
from blue.profile import rule_profile, stance
from blue.profiler import load_profiler
from blue.retrieval import Retriever
from training.data import Dataset, information_of, load_all, users_of

HISTORY = 25
TARGETS = 5  # last items of a user whose ratings are estimated
GRID = tuple(product((5, 10, 20), (1.0, 2.0, 3.0, 4.0), (0.25, 0.5, 1.0, 2.0)))
DEPTHS = (5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000)


def ranks(
    dataset: Dataset, users: list[str], retriever: Retriever, write: Callable, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """(real, shuffled): the rank of each sentence's nearest interaction among all items, 1 is nearest."""
    draw, vectors = random.Random(seed), HistoryVectors(retriever)
    everything = retriever.index.embeddings()
    histories = {user: dataset.histories[user][-HISTORY:] for user in users}
    real, shuffled = [], []
    for user in users:
        profile = write(histories[user])
        if not profile.sentences:
            continue
        other = draw.choice([one for one in users if one != user])
        for found, history in ((real, histories[user]), (shuffled, histories[other])):
            for one in evidence(retriever, profile, history, vectors(history)):
                part = stance(profile.sentences[one.sentence].text)
                vector = retriever.encoder.encode_queries([part.liked or part.disliked])[0]
                best = one.support[0].similarity if one.support else -1.0
                found.append(int((everything @ vector > best + ROUNDING).sum()) + 1)
    return np.array(real), np.array(shuffled)


def best_depth(real: np.ndarray, shuffled: np.ndarray) -> int:
    """How many nearest items support a sentence, for the highest balanced accuracy."""
    return max(DEPTHS, key=lambda depth: (real <= depth).mean() + (shuffled > depth).mean())


def quality(real: np.ndarray, shuffled: np.ndarray, depth: int) -> str:
    """Of the flag "nothing supports this": precision, recall, share of real sentences that are flagged."""
    wrong, right = (real > depth).sum(), (shuffled > depth).sum()
    return (
        f"beyond {depth} nearest items: precision {right / max(1, right + wrong):.2f}, "
        f"recall {right / len(shuffled):.2f}, flags {wrong / len(real):.0%} of {len(real)} real sentences"
    )


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
            ratings = np.array([one.rating for one in interactions[before]])
            similarities = embeddings[before] @ embeddings[n]
            truth = interactions[n].rating
            estimated.append(abs(estimate(similarities, ratings, *settings) - truth))
            baseline.append(abs(ratings.mean() - truth))
    return np.array(estimated), np.array(baseline)


def main() -> None:
    """Print the thresholds that are best, and how good those in use are."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", required=True, metavar="NAME=KIND:DIR")
    parser.add_argument("--users", type=int, default=200, help="train users that are looked at")
    parser.add_argument("--written", type=int, default=0, help="validation users that the profiler reads too")
    parser.add_argument(
        "--no-ratings", action="store_true", help="only the evidence, which is much sooner done"
    )
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    profiler = load_profiler() if arguments.written else None
    retriever = profiler.retriever if profiler else load_retriever()
    in_use = round(NEAREST_SHARE * len(retriever.catalog))
    for name, dataset in load_all(arguments.data).items():
        information = information_of(dataset)
        train = users_of(dataset, "train")
        random.Random(arguments.seed).shuffle(train)
        train, validation = train[: arguments.users], users_of(dataset, "validation")

        def by_rules(history, items=dataset.items, information=information) -> Profile:
            return rule_profile(history, items, information)

        fitted = best_depth(*ranks(dataset, train, retriever, by_rules, arguments.seed))
        held_out = ranks(dataset, validation, retriever, by_rules, arguments.seed)
        print(f"{name}: {len(train)} train and {len(validation)} validation users, profiles by rules")
        for depth in dict.fromkeys((fitted, in_use, 20, 50, 200)):
            print(f"  {quality(*held_out, depth)}")
        if profiler:
            written = ranks(
                dataset, validation[: arguments.written], retriever, profiler.write, arguments.seed
            )
            print(f"{name}: profiles by {profiler.generator.name}")
            for depth in dict.fromkeys((best_depth(*written), fitted, in_use, 20, 50, 200)):
                print(f"  {quality(*written, depth)}")
        if arguments.no_ratings:
            continue
        best = min(GRID, key=lambda settings: errors(dataset, train, retriever, settings)[0].mean())
        for settings in (best, (NEIGHBOURS, POWER, SHRINKAGE)):
            estimated, baseline = errors(dataset, validation, retriever, settings)
            print(
                f"  ratings with {settings}: mean absolute error {estimated.mean():.3f} stars, "
                f"the user's mean {baseline.mean():.3f} ({len(estimated)} ratings)"
            )


if __name__ == "__main__":
    main()
