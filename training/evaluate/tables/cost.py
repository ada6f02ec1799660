"""What things cost on this machine: per profile, per ranking, per training step. Lower is better everywhere.

Profiles are written anew, in batches, whatever the store holds. Memory is the process's peak after a system's
work: it can only grow from row to row, so that the first row of a language model is its own.
"""

import csv
import json
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from blue.profile import TasteWriter, about_taste, shipped_support
from training.evaluate.baselines.profiles import as_profile, profile_scores
from training.evaluate.context import EvaluationContext
from training.evaluate.data import EvaluationData, EvaluationError
from training.evaluate.methods import MethodBuilder, system_of
from training.evaluate.profile_store import BATCH
from training.evaluate.protocol import HISTORY, Benchmark
from training.evaluate.run import Run
from training.evaluate.tables.results import PairedBootstrap, Row, Table
from training.evaluate.tables.source import available
from training.runs import say

METHODS = (
    "best-match",
    "rule-based",
    "untrained",
    "rlaif",
    "rlpf",
    "langptune",
    "blue-single",
    "blue-facets",
)
USERS = 32  # whose profiles are written anew


def tables(run: Run) -> list[Table]:
    """One table a data set."""
    return [_table(run, data) for data in run.everything]


def _table(run: Run, data: EvaluationData) -> Table:
    benchmark, builder = run.benchmark(data), run.builder(data)
    benchmark = Benchmark(benchmark.items, benchmark.trials[:USERS])
    run.evaluation(data).vectors.sum()  # embedding the catalogue is no part of a ranking
    notes = [f"{len(benchmark.items):,} items are ranked; profiles in batches of {BATCH}."]
    rows: list[Row] = []
    for method in available(builder, run.chosen(METHODS), notes):
        say(f"{data.name}: {method}")
        rows += _rows_of(method, benchmark, builder, run.options.seed)
    for name, folder in run.options.runs.items():
        rows += training_rows(name, folder)
    if not run.options.runs:
        notes.append("No training run is shown: give its folder with --run NAME=DIR.")
    number = len(set(benchmark.users))
    return Table("cost", data.name, number, run.options.seed, tuple(rows), notes=tuple(notes))


def _rows_of(method: str, benchmark: Benchmark, builder: MethodBuilder, seed: int) -> list[Row]:
    values = {}
    if method == "best-match":
        values["seconds-per-ranking"] = _timed(benchmark.cases, builder.scorer(method))
    else:
        texts, values = _written(system_of(method), benchmark, builder)
        scoring = "single" if method == "blue-single" else "facets"
        values["seconds-per-ranking"] = _ranking_seconds(builder.evaluation, texts, scoring)
    bootstrap = PairedBootstrap(benchmark.users, seed)
    rows = [
        Row(method, "full", metric, *map(float, bootstrap.intervals(found[:, None])[0]))
        for metric, found in values.items()
    ]
    return [*rows, _exact(method, "peak-memory-mb", peak_memory_mb())]


def _written(system: str, benchmark: Benchmark, builder: MethodBuilder) -> tuple[list[str], dict]:
    """(the texts, metric -> one value a user); the seconds of a batch are shared by its users."""
    if system == "rule-based":
        began = time.perf_counter()
        texts = builder.write(system)(benchmark.cases)
        each = (time.perf_counter() - began) / len(texts)
        return texts, {"seconds-per-profile": np.full(len(texts), each)}
    generator = builder.profilers.writer(system).generator
    evaluation = builder.evaluation
    items = evaluation.data.dataset.items
    writer = TasteWriter(generator, shipped_support())
    texts, seconds, read = [], [], []
    for case in benchmark.cases:  # one after the other, as in the app: a profile's tastes are what is batched
        history = case.history[-HISTORY:]
        began = time.perf_counter()
        tastes = evaluation.tastes(history)
        texts.append("\n".join(sentence.text for sentence in writer.write(tastes, history, items)))
        seconds.append(time.perf_counter() - began)
        asked = [message for taste in tastes for message in about_taste(taste, history, items).messages]
        read.append(sum(generator.count_tokens(message["content"]) for message in asked))
    return texts, {
        "seconds-per-profile": np.array(seconds),
        "tokens-read-per-profile": np.array(read, dtype=float),
        "tokens-written-per-profile": np.array([generator.count_tokens(text) for text in texts], dtype=float),
    }


def _ranking_seconds(evaluation: EvaluationContext, texts: Sequence[str], scoring) -> np.ndarray:
    """Embedding a profile and scoring the catalogue, one user at a time."""
    seconds = []
    for profile in (as_profile(text) for text in texts):
        began = time.perf_counter()
        np.argsort(-profile_scores(evaluation, profile, scoring))
        seconds.append(time.perf_counter() - began)
    return np.array(seconds)


def _timed(cases, scorer) -> np.ndarray:
    seconds = []
    for case in cases:
        began = time.perf_counter()
        np.argsort(-scorer.scores([case])[0])
        seconds.append(time.perf_counter() - began)
    return np.array(seconds)


def training_rows(name: str, folder: Path) -> list[Row]:
    """Seconds and tokens a step, from what a run left: run.json, or training_log.csv with its times.

    Raises:
        EvaluationError: the folder holds neither.
    """
    if (folder / "run.json").is_file():
        record = json.loads((folder / "run.json").read_text())
        steps = max(1, record["steps"])
        return [
            _exact(name, "seconds-per-training-step", record["seconds"] / steps),
            _exact(name, "tokens-sampled-per-training-step", record["tokens_sampled"] / steps),
            _exact(name, "training-steps", record["steps"]),
        ]
    if (folder / "training_log.csv").is_file():
        with (folder / "training_log.csv").open(newline="") as file:
            points = [(int(row["step"]), float(row["unix_time"])) for row in csv.DictReader(file)]
        (first, began), (last, ended) = points[0], points[-1]
        return [
            _exact(name, "seconds-per-training-step", (ended - began) / max(1, last - first)),
            _exact(name, "training-steps", last),
        ]
    raise EvaluationError(f"--run {name}: {folder} holds neither run.json nor training_log.csv.")


def _exact(method: str, metric: str, value: float) -> Row:
    """A figure that was read once: its interval is the point."""
    return Row(method, "full", metric, float(value), float(value), float(value))


def peak_memory_mb() -> float:
    """The most that this process has held, in MB; Linux counts in kB, macOS in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3
