"""What each part is worth: of training (an adapter each), of the history, of the profile, of the scoring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from blue.datatypes import Scoring
from training.data import Case
from training.evaluate.baselines.profiles import (
    ProfileScorer,
    Write,
    as_profile,
    by_model,
    profile_scores,
)
from training.evaluate.context import EvaluationContext
from training.evaluate.data import EvaluationData, EvaluationError
from training.evaluate.protocol import HISTORY, Benchmark, Ranks
from training.evaluate.run import Run
from training.evaluate.tables.interpretability import rows_of
from training.evaluate.tables.readability import COPIED_AS_WRITTEN, copied
from training.evaluate.tables.results import Row, Table
from training.evaluate.tables.source import ranking_table, size_notes
from training.runs import say

HISTORIES = (3, 5, 10)  # most recent interactions, against all 25
SENTENCES = (1, 2, 3, 4)  # first ones of the profile, against all five
PUBLISHED = ("blue", "rlaif", "rlpf", "langptune")  # systems of the source table, not parts of ours


@dataclass(frozen=True)
class ShorterHistory:
    """A profiler that reads the last `length` interactions alone."""

    write: Write
    length: int

    def __call__(self, cases: Sequence[Case]) -> list[str]:
        """Profiles of the shortened histories."""
        return self.write([replace(case, history=case.history[-self.length :]) for case in cases])


@dataclass(frozen=True)
class FewerSentences:
    """Profiles of which the first `count` sentences are kept, scored by sentence."""

    evaluation: EvaluationContext
    write: Write
    count: int
    scoring: Scoring = "facets"

    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I)."""
        profiles = [as_profile(text) for text in self.write(cases)]
        cut = [replace(profile, sentences=profile.sentences[: self.count]) for profile in profiles]
        return np.array([profile_scores(self.evaluation, profile, self.scoring) for profile in cut])


def tables(run: Run) -> list[Table]:
    """One table a data set; every row differs from `blue-facets` in what its name says."""
    if reason := run.profilers.missing("blue"):
        raise EvaluationError(f"The ablation takes parts from a trained profiler, but {reason}.")
    return [_table(run, data) for data in run.everything]


def _table(run: Run, data: EvaluationData) -> Table:
    benchmark, evaluation = run.benchmark(data), run.evaluation(data)
    say(f"{data.name}: blue")
    write = by_model(evaluation, run.profilers.writer("blue"))
    scorers = {
        "blue-facets": ProfileScorer(evaluation, write, "facets"),
        "blue-single": ProfileScorer(evaluation, write, "single"),
    }
    for count in SENTENCES:
        scorers[f"sentences-{count}"] = FewerSentences(evaluation, write, count)
    for length in HISTORIES:
        scorers[f"history-{length}"] = ProfileScorer(evaluation, ShorterHistory(write, length), "facets")
    trained = [name for name in run.profilers.folders if name not in PUBLISHED and "@" not in name]
    writers = {"blue-facets": write}
    for name in trained:
        part = by_model(evaluation, run.profilers.writer(name))
        writers[f"{name}-facets"] = part
        scorers[f"{name}-facets"] = ProfileScorer(evaluation, part, "facets")
        scorers[f"{name}-single"] = ProfileScorer(evaluation, part, "single")
    ranks: dict[str, Ranks] = {}
    for name in run.chosen(tuple(scorers)).methods:
        say(f"{data.name}: {name}")
        ranks[name] = benchmark.ranks(scorers[name])
    notes = [] if trained else ["No other training is shown: give its adapter with --adapter NAME=DIR."]
    table = ranking_table(run, data.name, benchmark, ranks, notes + size_notes(benchmark))
    copying = copying_rows(benchmark, {name: writers[name] for name in ranks if name in writers}, table.seed)
    return replace(table, rows=(*table.rows, *copying))


def copying_rows(benchmark: Benchmark, writers: Mapping[str, Write], seed: int) -> list[Row]:
    """How much of what each profiler wrote copies a title: what a reader pays for retrieval."""
    rows = []
    for name, write in writers.items():
        texts = write(benchmark.cases)
        shares = [
            copied(as_profile(text), [line.title for line in case.history[-HISTORY:]])
            for text, case in zip(texts, benchmark.cases, strict=True)
        ]
        rows += rows_of(name, {COPIED_AS_WRITTEN: np.array(shares)}, benchmark.users, seed)
    return rows
