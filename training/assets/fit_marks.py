"""What a reader would give a draft: fit the weights of `blue.profile.marks`, and measure them.

    python -m training.assets.fit_marks --data beauty=DIR toys=DIR

`training/assets/marks.jsonl` has drafts that the profiler wrote about the lines of one taste, the most
probable one first, each with the mark from 1 to 5 that a reader gave it. Measured in six folds over
tastes: the mean mark of the draft that is chosen, beside the most probable one, any of them, and the best.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from blue.datatypes import Interaction, Item
from blue.profile import line_words, shipped_support
from blue.profile.marks import AGREEMENT, FEATURES, MARKS, draft_features
from training.data import MARKED, WORKS, data_folders, known_items
from training.runs import parser_of

PENALTY, FOLDS, SEED = 10.0, 6, 0
POOR, GOOD = 2.0, 4.0  # marks


@dataclass(frozen=True)
class Read:
    """The drafts of one taste: (N, F) features and (N,) marks."""

    features: np.ndarray
    marks: np.ndarray


def read_marks(path: Path, items: Mapping[str, Mapping[str, Item]]) -> list[Read]:
    """The tastes of the kinds that `items` has."""
    support, found = shipped_support(), []
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        if record["kind"] not in items:
            continue
        known = [items[record["kind"]][item_id] for item_id in record["item_ids"]]
        lines = [line_words(_interaction(item), item) for item in known]
        texts = [draft["text"] for draft in record["drafts"]]
        marks = np.array([draft["mark"] for draft in record["drafts"]], float)
        found.append(Read(draft_features(texts, lines, support), marks))
    return found


def _interaction(item: Item) -> Interaction:
    return Interaction(item.title, kind=item.kind, year=item.year, item_id=item.item_id)


def fit(read: Sequence[Read]) -> tuple[np.ndarray, float]:
    """Weights (F,) of the raw features, and the intercept."""
    features = np.concatenate([one.features for one in read])
    model = make_pipeline(StandardScaler(), Ridge(PENALTY))
    model.fit(features, np.concatenate([one.marks for one in read]))
    scaler, ridge = model[0], model[1]
    weights = ridge.coef_ / scaler.scale_
    return weights, float(ridge.intercept_ - weights @ scaler.mean_)


def measure(read: Sequence[Read]) -> dict[str, float]:
    """Marks of what is chosen among drafts that were not fitted on; see the head of this module."""
    order = np.random.default_rng(SEED).permutation(len(read))
    chosen = np.zeros(len(read))
    for fold in range(FOLDS):
        held = set(order[fold::FOLDS].tolist())
        weights, _ = fit([one for place, one in enumerate(read) if place not in held])
        for place in held:
            chosen[place] = read[place].marks[int((read[place].features @ weights).argmax())]
    first = np.array([one.marks[0] for one in read])
    gain = chosen - first
    drawn = gain[np.random.default_rng(SEED).integers(0, len(gain), (4_000, len(gain)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return {
        "tastes": len(read), "drafts": sum(len(one.marks) for one in read),
        "the most probable draft": first.mean(), "any draft": np.mean([one.marks.mean() for one in read]),
        "the chosen draft": chosen.mean(),
        "  above the most probable": gain.mean(), "  from": low, "  to": high,
        "the best draft": np.mean([one.marks.max() for one in read]),
        "poor, the most probable": np.mean(first <= POOR), "poor, the chosen": np.mean(chosen <= POOR),
        "good, the most probable": np.mean(first >= GOOD), "good, the chosen": np.mean(chosen >= GOOD),
    }  # fmt: skip


def main() -> None:
    """Measure in folds, then fit on everything and write."""
    parser = parser_of(__doc__)
    parser.add_argument("--data", nargs="*", default=(), metavar="[NAME=]DIR", help="the shops")
    arguments = parser.parse_args()
    shops = [folder.name for folder in data_folders(arguments.data)]
    items = known_items((*WORKS, *shops), arguments.data)
    for name, kinds in (("works", WORKS), ("products", shops), ("all", items)):
        if read := read_marks(MARKED, {kind: items[kind] for kind in kinds}):
            print(
                f"{name}\n" + "".join(f"  {value:.3f} {told}\n" for told, value in measure(read).items()),
                end="",
            )
    read = read_marks(MARKED, items)
    weights, intercept = fit(read)
    stored = {
        "weights": {name: round(float(weight), 5) for name, weight in zip(FEATURES, weights, strict=True)},
        "intercept": round(intercept, 5),
        "agreement": round(float(np.concatenate([one.features[:, AGREEMENT] for one in read]).mean()), 4),
    }
    MARKS.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
