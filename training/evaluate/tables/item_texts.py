"""Which text of an item retrieves best, by the baselines that need no profile, on users of one split.

    python -m training.evaluate.tables.item_texts --data ml=ml-latest-small --out item-texts.md

Every form of the text is embedded, and two baselines rank the catalogue of each user: the mean of the last
ten items' embeddings and the best match among them, each as it is and with `w log(1 + count)` added, where
count is how many training users took an item and w is the one of WEIGHTS that does best on these users.
"""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from blue.datatypes import Item
from blue.item_text import decade_words, genre_words, maker_words
from blue.models import DEFAULT_PRESET, get_preset
from blue.retrieval import load_encoder, ndcg_at_k
from training.evaluate.baselines.plain import BestMatch, Length, MeanHistory
from training.evaluate.context import EvaluationContext
from training.evaluate.data import EvaluationData, read_data
from training.evaluate.protocol import Benchmark, Scorer, make_benchmark

WEIGHTS = (0.03, 0.06, 0.12)
TARGETS = 5  # of each user


def _year(item: Item) -> str:
    return "" if item.year is None else f" ({decade_words(item.year)})"


def _by(item: Item) -> str:
    return f" by {maker_words(item)}" if item.makers else ""


def _of(item: Item) -> str:
    return "" if item.year is None else f" of the {decade_words(item.year)}"


def _themes(item: Item) -> str:
    return ", ".join(item.themes)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def before(item: Item) -> str:
    """Genres, kind, makers, tags, then title and year: the form until now."""
    opening = f"{', '.join(item.genres)} {item.kind}".strip()
    by = f" by {', '.join(item.makers[:2])}" if item.makers else ""
    about = f" about {_themes(item)}" if item.themes else ""
    year = f" ({item.year})" if item.year else ""
    return _upper(f"{opening}{by}{about}: {item.title}{year}.")


FORMS: dict[str, Callable[[Item], str]] = {
    "before": before,
    "title, genres, makers, themes": lambda i: (
        f"{i.title}{_year(i)}, {genre_words(i)}{_by(i)}: {_themes(i)}."
    ),
    "title, genres, themes": lambda i: f"{i.title}{_year(i)}, {genre_words(i)}: {_themes(i)}.",
    "genres, makers, themes": lambda i: _upper(f"{genre_words(i)}{_of(i)}{_by(i)}: {_themes(i)}."),
    "genres, themes": lambda i: _upper(f"{genre_words(i)}{_of(i)}: {_themes(i)}."),
    "themes, genres, makers, title": lambda i: _upper(
        f"{_themes(i)}: {genre_words(i)}{_of(i)}{_by(i)}, {i.title}."
    ),
    "genres, makers, themes, title": lambda i: _upper(
        f"{genre_words(i)}{_of(i)}{_by(i)} about {_themes(i)}: {i.title}."
    ),
    "genres, themes, title": lambda i: _upper(f"{genre_words(i)}{_of(i)} about {_themes(i)}: {i.title}."),
}


@dataclass(frozen=True)
class WithPrior:
    """A baseline's scores with how often training users took an item."""

    scorer: Scorer
    counts: np.ndarray  # (I,)
    weight: float

    def scores(self, cases: Sequence) -> np.ndarray:
        """(B, I)."""
        return self.scorer.scores(cases) + self.weight * np.log1p(self.counts)


def rows(evaluation: EvaluationContext, benchmark: Benchmark) -> list[str]:
    """The four cells of one form: NDCG@10 among 1 + 99 and in the full catalogue, averaged over trials."""
    cells = []
    for scorer in (MeanHistory(evaluation, Length(10)), BestMatch(evaluation, Length(10))):
        cells.append(_cell(benchmark, scorer))
        priors = [(_values(benchmark, WithPrior(scorer, evaluation.popularity, w)), w) for w in WEIGHTS]
        (sampled, full), weight = max(priors, key=lambda one: sum(one[0]))
        cells.append(f"{sampled:.3f} / {full:.4f} (w {weight})")
    return cells


def _values(benchmark: Benchmark, scorer: Scorer) -> tuple[float, float]:
    ranks = benchmark.ranks(scorer)
    return float(ndcg_at_k(ranks.sampled).mean()), float(ndcg_at_k(ranks.full).mean())


def _cell(benchmark: Benchmark, scorer: Scorer) -> str:
    sampled, full = _values(benchmark, scorer)
    return f"{sampled:.3f} / {full:.4f}"


def best_known(data: EvaluationData, most: int) -> EvaluationData:
    """The data set over its most rated items alone; every history loses the others."""
    items = sorted(data.dataset.items.values(), key=lambda item: -item.ratings)[:most]
    kept = {item.item_id: item for item in items}
    histories = {
        user: tuple(one for one in history if one.item_id in kept)
        for user, history in data.dataset.histories.items()
    }
    return replace(data, dataset=replace(data.dataset, items=kept, histories=histories))


def main() -> None:
    """Print the table and write it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, help="NAME=DIR, see training.evaluate")
    parser.add_argument("--split", default="validation", choices=("validation", "test"))
    parser.add_argument("--users", type=int, default=None, help="at most so many users")
    parser.add_argument("--items", type=int, default=None, help="only so many items, those most rated first")
    parser.add_argument("--forms", nargs="*", default=list(FORMS), choices=list(FORMS))
    parser.add_argument("--cache", type=Path, default=Path("runs/item-vectors"))
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    data = read_data(options.data)
    if options.items:
        data = best_known(data, options.items)
    benchmark = make_benchmark(data, options.split, options.users, cuts=TARGETS)
    encoder = load_encoder(get_preset(DEFAULT_PRESET).embedder).encoder
    lines = [
        f"{data.name}, {options.split}: {len(set(benchmark.users))} users, {len(benchmark.trials)} trials, "
        f"{len(benchmark.items):,} items; NDCG@10 among 1 + 99 / in the full catalogue; {encoder.name}.",
        "",
        "| text | mean of last 10 | with prior | best match of last 10 | with prior |",
        "|---|---|---|---|---|",
    ]
    for name in options.forms:
        evaluation = EvaluationContext(data, encoder, options.cache, text=FORMS[name])
        lines.append(f"| {name} | {' | '.join(rows(evaluation, benchmark))} |")
        print(lines[-1], flush=True)
    if options.out:
        options.out.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
