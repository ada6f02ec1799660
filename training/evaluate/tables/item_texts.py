"""Which text of an item retrieves best, by the baselines that need no profile, on users of one split.

    python -m training.evaluate.tables.item_texts --data movies=ml-latest-small --items 2000

Every form of the text is embedded, and two baselines rank the catalogue of each user: the mean of the last
ten items' embeddings and the best match among them, each as it is and with `w log(1 + count)` added, where
count is how many training users took an item and w is the one of WEIGHTS that does best on these users. The
last column is how far a form lies above the shipped one in the full catalogue, paired, over all four.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from training.evaluate.tables.results import PairedBootstrap
from training.runs import parser_of

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


def _tones(item: Item) -> str:
    return f"{', '.join(item.tones)} " if item.tones else ""


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def before(item: Item) -> str:
    """Genres, kind, makers, tags, then title and year: the form until now."""
    opening = f"{', '.join(item.genres)} {item.kind}".strip()
    by = f" by {', '.join(item.makers[:2])}" if item.makers else ""
    about = f" about {_themes(item)}" if item.themes else ""
    year = f" ({item.year})" if item.year else ""
    return _upper(f"{opening}{by}{about}: {item.title}{year}.")


SHIPPED = "tones, genres, makers, themes, title"
FORMS: dict[str, Callable[[Item], str]] = {
    SHIPPED: lambda i: _upper(f"{_tones(i)}{genre_words(i)}{_of(i)}{_by(i)} about {_themes(i)}: {i.title}."),
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


@dataclass(frozen=True)
class Figure:
    """NDCG@10 of one method with one form: two (T,) arrays, and the prior's weight that was chosen."""

    sampled: np.ndarray
    full: np.ndarray
    weight: float = 0.0

    @property
    def cell(self) -> str:
        """The means, as the table shows them."""
        shown = f"{self.sampled.mean():.3f} / {self.full.mean():.4f}"
        return f"{shown} (w {self.weight})" if self.weight else shown


def figures(evaluation: EvaluationContext, benchmark: Benchmark) -> list[Figure]:
    """The four columns of one form."""
    found = []
    for scorer in (MeanHistory(evaluation, Length(10)), BestMatch(evaluation, Length(10))):
        found.append(_figure(benchmark, scorer))
        priors = [_figure(benchmark, WithPrior(scorer, evaluation.popularity, w), w) for w in WEIGHTS]
        found.append(max(priors, key=lambda one: one.sampled.mean() + one.full.mean()))
    return found


def _figure(benchmark: Benchmark, scorer: Scorer, weight: float = 0.0) -> Figure:
    ranks = benchmark.ranks(scorer)
    return Figure(ndcg_at_k(ranks.sampled), ndcg_at_k(ranks.full), weight)


def rows(
    tried: Mapping[str, Sequence[Figure]], bootstrap: PairedBootstrap, shipped: str
) -> Iterator[tuple[str, list[str], list[float]]]:
    """Of each form its name, its cells and how far it lies above the shipped one: mean, low, high."""
    full = {name: np.mean([figure.full for figure in ones], axis=0) for name, ones in tried.items()}
    for name, ones in tried.items():
        (gain,) = bootstrap.intervals((full[name] - full[shipped])[:, None])
        yield name, [figure.cell for figure in ones], gain.round(5).tolist()


def best_known(data: EvaluationData, most: int) -> EvaluationData:
    """The data set over its most rated items alone; every history loses the others."""
    items = sorted(data.dataset.items.values(), key=lambda item: -item.ratings)[:most]
    kept = {item.item_id: item for item in items}
    histories = {
        user: tuple(line for line in history if line.item_id in kept)
        for user, history in data.dataset.histories.items()
    }
    return replace(data, dataset=replace(data.dataset, items=kept, histories=histories))


def main() -> None:
    """Print the table and write it."""
    parser = parser_of(__doc__)
    parser.add_argument("--data", required=True, help="NAME=DIR, see training.evaluate")
    parser.add_argument("--split", default="validation", choices=("validation", "test"))
    parser.add_argument("--users", type=int, default=None, help="at most so many users")
    parser.add_argument("--items", type=int, default=None, help="only so many items, those most rated first")
    parser.add_argument("--forms", nargs="*", default=list(FORMS), choices=list(FORMS))
    parser.add_argument("--cache", type=Path, default=Path("runs/item-vectors"))
    parser.add_argument("--kept", type=Path, default=Path("results/item-texts/forms.json"))
    parser.add_argument("--out", type=Path, default=Path("docs/results/item-texts.md"))
    options = parser.parse_args()
    data = read_data(options.data)
    if options.items:
        data = best_known(data, options.items)
    benchmark = make_benchmark(data, options.split, options.users, cuts=TARGETS)
    encoder = load_encoder(get_preset(DEFAULT_PRESET).embedder).encoder
    tried = {}
    for name in dict.fromkeys((*options.forms, SHIPPED)):
        evaluation = EvaluationContext(data, encoder, options.cache, text=FORMS[name])
        tried[name] = figures(evaluation, benchmark)
        print(name, *(figure.cell for figure in tried[name]), sep=" | ", flush=True)
    made = list(rows(tried, PairedBootstrap(benchmark.users), SHIPPED))
    about = (
        f"Made by `python -m training.evaluate.tables.item_texts`: {len(set(benchmark.users))} "
        f"{options.split} users of {data.name}, {len(benchmark.trials)} targets, {len(benchmark.items):,} "
        f"items; NDCG@10 among 1 + 99 / in the full catalogue; {encoder.name}. Last column: full, mean of "
        f"the four, above the shipped form (*{SHIPPED}*), with its 95 % interval over users (seed 0)."
    )
    records = [{"form": form, "cells": cells, "above_shipped": gain} for form, cells, gain in made]
    options.kept.parent.mkdir(parents=True, exist_ok=True)
    options.kept.write_text(json.dumps({"about": about, "rows": records}, indent=1) + "\n", encoding="utf-8")
    options.out.write_text(page(about, made), encoding="utf-8")
    print(options.out.read_text(encoding="utf-8"))


def page(about: str, made: Sequence[tuple[str, list[str], list[float]]]) -> str:
    """The table in Markdown."""
    head = ("text", "mean of last 10", "with prior", "best match of last 10", "with prior", "above shipped")
    lines = ["# Forms of an item's text", "", about, "", f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for form, cells, (mean, low, high) in made:
        lines.append(f"| {form} | {' | '.join(cells)} | {mean:+.4f} [{low:+.4f}, {high:+.4f}] |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
