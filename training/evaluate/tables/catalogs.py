r"""NDCG@10 of the same baselines with an earlier catalogue's item texts and with the present ones.

    git archive cfa1f7e assets | tar x -C runs/earlier
    python -m training.evaluate.tables.catalogs --data movies=ml-latest-small --earlier runs/earlier/assets

Test users, their last TARGETS films, the full catalogue of the data set. Both sides use the embeddings that
were shipped: what an item's text said of it at the time, read by the same embedder. The prior adds
`PRIOR log(1 + count)`, count being how many training users rated the film; nothing is chosen on test users.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from safetensors.numpy import load_file

from blue.retrieval import ndcg_at_k, normalise
from blue.shipped import ASSETS
from training.evaluate.baselines.plain import BestMatch, Length, MeanHistory
from training.evaluate.context import EvaluationContext
from training.evaluate.data import EvaluationData, EvaluationError, read_data
from training.evaluate.protocol import Benchmark, make_benchmark
from training.evaluate.tables.item_texts import TARGETS, WithPrior
from training.evaluate.tables.results import PairedBootstrap

PRIOR = 0.06
LAST = Length(10)


@dataclass(frozen=True)
class ShippedRows:
    """A `TextEncoder` whose texts are item ids: the embeddings that a folder of assets ships."""

    assets: Path

    @property
    def name(self) -> str:
        """The folder: rows are never encoded again."""
        return str(self.assets)

    @property
    def dimension(self) -> int:
        """D."""
        return self._rows.shape[1]

    @cached_property
    def _rows(self) -> np.ndarray:
        """(I, D) in the order of the catalogue."""
        parts = sorted((self.assets / "catalog-embeddings").glob("*.safetensors"))
        if not parts:
            raise EvaluationError(f"{self.assets} ships no embeddings. Give the assets folder of a commit.")
        return normalise(np.concatenate([load_file(part)["embeddings"] for part in parts]).astype(np.float32))

    @cached_property
    def _row_of(self) -> dict[str, int]:
        ids = pl.read_parquet(self.assets / "catalog.parquet", columns=["item_id"])["item_id"]
        return {item_id: row for row, item_id in enumerate(ids)}

    def encode_items(self, texts: Sequence[str]) -> np.ndarray:
        """n item ids -> (n, D).

        Raises:
            EvaluationError: this catalogue lacks one.
        """
        rows = self._rows
        if missing := [item_id for item_id in texts if item_id not in self._row_of]:
            raise EvaluationError(f"{self.assets / 'catalog.parquet'} has no item {missing[0]}.")
        return rows[[self._row_of[item_id] for item_id in texts]]

    encode_queries = encode_items


def values(data: EvaluationData, benchmark: Benchmark, assets: Path) -> dict[str, np.ndarray]:
    """Method -> (T,) NDCG@10 of every trial in the full catalogue."""
    with TemporaryDirectory() as cache:
        evaluation = EvaluationContext(data, ShippedRows(assets), Path(cache), text=lambda item: item.item_id)
        found = {}
        for name, scorer in (
            ("mean of the last ten", MeanHistory(evaluation, LAST)),
            ("best match of the last ten", BestMatch(evaluation, LAST)),
        ):
            with_prior = WithPrior(scorer, evaluation.popularity, PRIOR)
            for method, one in ((name, scorer), (f"{name}, with the prior", with_prior)):
                found[method] = ndcg_at_k(benchmark.ranks(one).full)
    return found


def records(
    before: Mapping[str, np.ndarray], now: Mapping[str, np.ndarray], bootstrap: PairedBootstrap
) -> list[dict]:
    """One record a method: before, now and their paired difference, each with its interval."""
    made = []
    for method, earlier in before.items():
        columns = np.stack((earlier, now[method], now[method] - earlier), axis=1)
        figures = bootstrap.intervals(columns).round(5).tolist()
        made.append({"method": method} | dict(zip(("before", "now", "difference"), figures, strict=True)))
    return made


def page(about: str, made: Sequence[Mapping]) -> str:
    """The table in Markdown."""
    lines = [
        "# Item texts before and now",
        "",
        about,
        "",
        "| method | before | now | difference |",
        "|---|---|---|---|",
    ]
    for one in made:
        cells = (f"{mean:.4f} [{low:.4f}, {high:.4f}]" for mean, low, high in (one["before"], one["now"]))
        mean, low, high = one["difference"]
        lines.append(f"| {one['method']} | {' | '.join(cells)} | {mean:+.4f} [{low:+.4f}, {high:+.4f}] |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure, write the figures and the page, and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", required=True, help="NAME=DIR, see training.evaluate")
    parser.add_argument("--earlier", type=Path, required=True, help="the assets folder of an earlier commit")
    parser.add_argument("--split", default="test", choices=("validation", "test"))
    parser.add_argument("--kept", type=Path, default=Path("results/item-texts/before-and-now.json"))
    parser.add_argument("--out", type=Path, default=Path("docs/results/before-and-now.md"))
    options = parser.parse_args()
    data = read_data(options.data)
    benchmark = make_benchmark(data, options.split, cuts=TARGETS)
    bootstrap = PairedBootstrap(benchmark.users)
    made = records(values(data, benchmark, options.earlier), values(data, benchmark, ASSETS), bootstrap)
    about = (
        f"Made by `python -m training.evaluate.tables.catalogs`: NDCG@10 of {bootstrap.n_users} "
        f"{options.split} users of {data.name}, {len(benchmark.trials)} targets, among all "
        f"{len(benchmark.items):,} items without the history; 95 % intervals over users (seed 0). *Before* "
        f"are the item texts of commit `cfa1f7e`; the prior is {PRIOR} log(1 + count of training users)."
    )
    options.kept.parent.mkdir(parents=True, exist_ok=True)
    options.kept.write_text(json.dumps({"about": about, "rows": made}, indent=1) + "\n", encoding="utf-8")
    options.out.write_text(page(about, made), encoding="utf-8")
    print(options.out.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
