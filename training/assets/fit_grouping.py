"""Which lines make a taste: fit the weights of `blue.profile.grouping`, or measure them.

    python -m training.assets.fit_grouping --data beauty=DIR toys=DIR
    python -m training.assets.fit_grouping --measure --reference reference.jsonl --data ...

Taught by the teaching profiles of training users: two liked lines are a pair where they support one sentence
together; a group of lines is a taste where exactly these lines support one sentence; low-rated lines are a
dislike where the profile's dislike rests on most of them. Titles that no catalogue knows are taught by the
same profiles with everything but the titles withheld. Measured on users that were not fitted on: how many of
the teacher's groups are found again (Jaccard at least one half), how many exactly, how many of the chosen
groups are the teacher's, F1 over pairs of lines, and how many of the groups of two or more share a trait that
has a name.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from blue.catalog import load_retriever
from blue.datatypes import Interaction, Item
from blue.items import item_text
from blue.profile.affinity import PAIR_FEATURES, Background, Linear, kind_of, pair_features
from blue.profile.candidates import GROUP_FEATURES, NAMED, candidate_groups
from blue.profile.grouping import (
    WEIGHTS,
    Compared,
    Grouper,
    GroupingWeights,
    Taste,
    dislike_features,
    polarity_of,
    shipped_weights,
)
from blue.profile.traits import Rarity, traits_of
from blue.retrieval import Retriever
from training.data import TEACHING, TeachingProfile, data_folders, known_items, read_teaching
from training.data.teaching import WORKS
from training.runs import parser_of

DISLIKE_FEATURES = ("one line", "mean affinity", "least affinity", "shared nats", "nearest liked line")
NAMEABLE = 3.0  # nats of a common trait from which a group has a name: one item in twenty has it
BACKGROUND = 500  # items whose pairs say what a cosine is worth
PENALTY = 1.0  # of the squared weights of standardised features


@dataclass(frozen=True)
class Case:
    """One teaching profile as the grouping sees it."""

    history: tuple[Interaction, ...]
    items: dict[str, Item]
    vectors: np.ndarray  # (H, D)
    tastes: tuple[frozenset[int], ...]  # the teacher's, 0-based rows
    rarity: Rarity
    background: Background

    def grouper(self, weights: GroupingWeights) -> Grouper:
        """The grouping of this case's catalogue."""
        return Grouper(self.rarity, self.background, weights)


def jaccard(one: frozenset[int], other: frozenset[int]) -> float:
    """Shared lines among all lines of two groups."""
    return len(one & other) / len(one | other)


def fit_linear(features: np.ndarray, labels: np.ndarray) -> Linear:
    """Ridge-penalised logistic regression: (N, F), (N,) of 0 and 1 -> weights of the raw features."""
    scaler = StandardScaler().fit(features)
    model = LogisticRegression(C=1 / PENALTY, solver="newton-cholesky", tol=1e-8)
    model.fit(scaler.transform(features), labels)
    raw = model.coef_[0] / scaler.scale_
    return Linear(raw, float(model.intercept_[0] - raw @ scaler.mean_))


def fit(cases: Sequence[Case], bare: Sequence[Case]) -> GroupingWeights:
    """All weights from cases, and from the same cases of which only the titles are left."""
    by_kind = {"works": [], "products": [], "titles": list(bare)}
    for case in cases:
        lines = [traits_of(line, case.items.get(line.item_id)) for line in case.history]
        by_kind[kind_of(lines)].append(case)
    pairs = {kind: fit_linear(*stacked(map(_pairs, some))) for kind, some in by_kind.items()}
    nothing = Linear(np.zeros(len(GROUP_FEATURES)), 0.0)
    partly = GroupingWeights(
        pairs, dict.fromkeys(pairs, nothing), Linear(np.zeros(len(DISLIKE_FEATURES)), 0.0)
    )
    groups = {
        kind: fit_linear(*stacked(_groups(case, partly) for case in some)) for kind, some in by_kind.items()
    }
    dislike = fit_linear(*stacked(_dislikes(case, partly) for case in by_kind["works"]))
    return GroupingWeights(pairs, groups, dislike)


def stacked(parts: Iterable[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of all cases below each other; cases without any are left out."""
    features, labels = zip(*((x, y) for x, y in parts if len(y)), strict=True)
    return np.concatenate(features).astype(float), np.concatenate(labels).astype(float)


def _pairs(case: Case) -> tuple[np.ndarray, np.ndarray]:
    liked, _ = polarity_of(case.history)
    lines = [traits_of(line, case.items.get(line.item_id)) for line in case.history]
    features = pair_features(lines, case.vectors, case.rarity, case.background)
    both = list(combinations(liked, 2))
    labels = [any(first in taste and other in taste for taste in case.tastes) for first, other in both]
    rows = np.array(both, dtype=int).reshape(-1, 2)
    return features[rows[:, 0], rows[:, 1]], np.array(labels)


def _groups(case: Case, weights: GroupingWeights) -> tuple[np.ndarray, np.ndarray]:
    compared = Compared.of(case.grouper(weights), case.history, case.items, case.vectors)
    if not len(compared.liked):
        return np.zeros((0, len(GROUP_FEATURES))), np.zeros(0)
    groups = candidate_groups(compared.affinity, compared.lines, case.rarity, compared.liked)
    labels = [frozenset(compared.rows_of(group)) in case.tastes for group in groups.members]
    return groups.features(compared.stars), np.array(labels)


def _dislikes(case: Case, weights: GroupingWeights) -> tuple[np.ndarray, np.ndarray]:
    compared = Compared.of(case.grouper(weights), case.history, case.items, case.vectors)
    if not len(compared.low) or not len(compared.liked):
        return np.zeros((0, len(DISLIKE_FEATURES))), np.zeros(0)
    groups = candidate_groups(compared.affinity, compared.lines, case.rarity, compared.low)
    labels = [
        max((jaccard(frozenset(compared.rows_of(group)), taste) for taste in case.tastes), default=0) > 0.5
        for group in groups.members
    ]
    return dislike_features(groups, compared.affinity, compared.liked), np.array(labels)


def measure(cases: Sequence[Case], weights: GroupingWeights) -> dict[str, float]:
    """How like the teacher's the groups are, over all cases together; see the head of this module."""
    found, exact, right, named, f1, dislikes = [], [], [], [], [], []
    for case in cases:
        liked = set(polarity_of(case.history)[0])
        chosen = case.grouper(weights)(case.history, case.items, case.vectors)
        mine = [frozenset(taste.rows) for taste in chosen if taste.liked]
        theirs = [taste for taste in case.tastes if taste <= liked]
        found += [max((jaccard(group, taste) for group in mine), default=0) >= 0.5 for taste in theirs]
        exact += [taste in mine for taste in theirs]
        right += [max((jaccard(group, taste) for taste in theirs), default=0) >= 0.5 for group in mine]
        named += [shares_a_name(case, taste) for taste in chosen if len(taste.rows) > 1]
        f1 += _pair_f1(mine, theirs)
        dislikes.append((len(chosen) > len(mine), len(case.tastes) > len(theirs)))
    stated = np.array(dislikes)
    return {
        "groups found again": np.mean(found), "exactly": np.mean(exact),
        "of the chosen right": np.mean(right),
        "pairwise F1": np.mean(f1), "share a name": np.mean(named),
        "dislike: precision": stated.all(axis=1).sum() / max(1, stated[:, 0].sum()),
        "dislike: recall": stated.all(axis=1).sum() / max(1, stated[:, 1].sum()),
    }  # fmt: skip


def _pair_f1(mine: Sequence[frozenset[int]], theirs: Sequence[frozenset[int]]) -> Iterator[float]:
    one, other = (
        {pair for group in some for pair in combinations(sorted(group), 2)} for some in (mine, theirs)
    )
    if one or other:
        yield 2 * len(one & other) / (len(one) + len(other))


def shares_a_name(case: Case, taste: Taste) -> bool:
    """Whether all lines of a taste have a trait in common that few items have."""
    lines = [traits_of(case.history[row], case.items.get(case.history[row].item_id)) for row in taste.rows]
    return any(
        case.rarity(field, trait) >= NAMEABLE
        for field in NAMED
        for trait in frozenset.intersection(*(line.of[field] for line in lines))
    )


def write(weights: GroupingWeights, path: Path) -> None:
    """Weights -> a JSON file that a person can read."""

    def told(one: Linear, names: Sequence[str]) -> dict:
        named = {name: round(float(weight), 4) for name, weight in zip(names, one.weights, strict=True)}
        return {"weights": named, "intercept": round(one.intercept, 4)}

    stored = {
        "pairs": {kind: told(linear, PAIR_FEATURES) for kind, linear in weights.pairs.items()},
        "groups": {kind: told(linear, GROUP_FEATURES) for kind, linear in weights.groups.items()},
        "dislike": {"works": told(weights.dislike, DISLIKE_FEATURES)},
    }
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


class Cases:
    """Teaching profiles -> cases, with the embeddings of one retriever."""

    def __init__(self, retriever: Retriever, items: Mapping[str, Mapping[str, Item]]) -> None:
        """`items` is kind of profile -> item_id -> item, as `known_items` gives it."""
        self._retriever = retriever
        self._rarity, self._background = {}, {}
        for kind, known in items.items():
            name = "works" if kind in WORKS else kind
            if name not in self._rarity:
                some = list(retriever.catalog.items if kind in WORKS else known.values())
                self._rarity[name] = Rarity(some)
                self._background[name] = Background.of(
                    self._encoded(some[:: max(1, len(some) // BACKGROUND)])
                )

    def __call__(self, profiles: Sequence[TeachingProfile], *, bare: bool = False) -> list[Case]:
        """One case a profile; `bare` ones know nothing but the titles."""
        items = {
            (profile.kind, item.item_id): item for profile in profiles for item in profile.items.values()
        }
        if bare:
            rows = self._retriever.encoder.encode_items([item.title for item in items.values()])
        else:
            rows = self._encoded(list(items.values()))
        vector_of = dict(zip(items, rows, strict=True))
        return [self._case(profile, vector_of, bare) for profile in profiles]

    def _case(
        self, one: TeachingProfile, vector_of: Mapping[tuple[str, str], np.ndarray], bare: bool
    ) -> Case:
        name = "works" if one.kind in WORKS else one.kind
        vectors = np.array([vector_of[one.kind, line.item_id] for line in one.history])
        tastes = tuple(frozenset(sentence.rows) for sentence in one.sentences)
        items = {} if bare else dict(one.items)
        return Case(one.history, items, vectors, tastes, self._rarity[name], self._background[name])

    def _encoded(self, items: Sequence[Item]) -> np.ndarray:
        """(I, D): rows of the index for works of the catalogue, the embedder's for a shop's items."""
        position_of = self._retriever.catalog.position_of
        if all(item.item_id in position_of for item in items):
            return self._retriever.index.embeddings([position_of[item.item_id] for item in items])
        return self._retriever.encoder.encode_items([item_text(item) for item in items])


def main() -> None:
    """Fit, write and measure; with --measure only measure."""
    parser = parser_of(__doc__)
    parser.add_argument("--data", nargs="*", default=(), metavar="[NAME=]DIR", help="the shops")
    parser.add_argument("--reference", type=Path, help="more profiles to measure on, of test users")
    parser.add_argument("--measure", action="store_true", help="leave the weights as they are")
    arguments = parser.parse_args()
    kinds = (*WORKS, *(folder.name for folder in data_folders(arguments.data)))
    items = known_items(kinds, arguments.data)
    cases = Cases(load_retriever(), items)
    if not arguments.measure:
        taught = list(read_teaching([TEACHING / "profiles.jsonl"], items, "train"))
        write(fit(cases(taught), cases(taught, bare=True)), WEIGHTS)
        shipped_weights.cache_clear()
    for name, profiles in held_out(items, arguments.reference).items():
        for bare in (False, True):
            measured = measure(cases(profiles, bare=bare), shipped_weights())
            print(f"{name}{', titles alone' if bare else ''}: {len(profiles)} profiles")
            print("".join(f"  {value:.3f} {metric}\n" for metric, value in measured.items()), end="")


def held_out(
    items: Mapping[str, Mapping[str, Item]], reference: Path | None
) -> dict[str, list[TeachingProfile]]:
    """Profiles of users that nothing was fitted on: of the teaching file, and of `reference`."""
    files = [TEACHING / "profiles.jsonl"]
    found = {"teaching": [*read_teaching(files, items, "validation"), *read_teaching(files, items, "test")]}
    if reference:
        asked = list(read_teaching([reference], items, "test"))
        found["reference, works"] = [profile for profile in asked if profile.kind in WORKS]
        found["reference, products"] = [profile for profile in asked if profile.kind not in WORKS]
    return {name: profiles for name, profiles in found.items() if profiles}


if __name__ == "__main__":
    main()
