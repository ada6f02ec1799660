"""What can be said of a profile without a reader: the guards of `blue.profile.guards`, one value a user.

Every sentence is held against the lines it was written from; one that knows none, against those of the whole
history that say most of it. Beside the profilers stands "swapped": the shipped profiler's own sentences held
against the history of the next user, which says what the check of support is worth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np

from blue.datatypes import Profile
from blue.profile import Guarded, Words, guarded, line_words, rule_profile, said_twice, shipped_support
from training.data import Case
from training.evaluate.baselines.profiles import written
from training.evaluate.context import EvaluationContext
from training.evaluate.data import EvaluationData
from training.evaluate.protocol import HISTORY
from training.evaluate.run import Run
from training.evaluate.tables.interpretability import rows_of
from training.evaluate.tables.results import Row, Table
from training.evaluate.tables.source import available
from training.runs import say

METHODS = ("rule-based", "untrained", "blue-facets")
SWAPPED = "swapped"


def tables(run: Run) -> list[Table]:
    """One table a data set."""
    return [_table(run, data) for data in run.everything]


def _table(run: Run, data: EvaluationData) -> Table:
    benchmark, builder = run.benchmark(data), run.builder(data)
    evaluation, cases, seed = builder.evaluation, benchmark.cases, run.options.seed
    notes: list[str] = []
    rows: list[Row] = []
    for method in available(builder, run.chosen(METHODS), notes):
        say(f"{data.name}: {method}")
        if method == "rule-based":
            profiles = [_by_rules(evaluation, case) for case in cases]
        else:
            writer = builder.profilers.writer(method.removesuffix("-facets"))
            profiles = written(evaluation, writer, cases)
        rows += rows_of(method, readable(evaluation, cases, profiles), benchmark.users, seed)
        if method == METHODS[-1]:
            other = [*profiles[1:], *profiles[:1]]
            swapped = {"unsupported": readable(evaluation, cases, other)["unsupported"]}
            rows += rows_of(SWAPPED, swapped, benchmark.users, seed)
    number = len(set(benchmark.users))
    return Table("readable", data.name, number, seed, tuple(rows), notes=tuple(notes))


def _by_rules(evaluation: EvaluationContext, case: Case) -> Profile:
    history = case.history[-HISTORY:]
    return rule_profile(history, evaluation.data.dataset.items, evaluation.grouper)


def readable(
    evaluation: EvaluationContext, cases: Sequence[Case], profiles: Sequence[Profile]
) -> Mapping[str, np.ndarray]:
    """Metric -> (U,): of each user's sentences the share that breaks a guard, NaN without a sentence."""
    found = [_of_one(evaluation, *pair) for pair in zip(cases, profiles, strict=True)]
    texts = [profile.text for profile in profiles]
    distinct = [float(texts.count(text) == 1) if text else np.nan for text in texts]
    values = {metric: np.array([shares[metric] for shares in found]) for metric in found[0]}
    return {**values, "distinct": np.array(distinct)}


def _of_one(evaluation: EvaluationContext, case: Case, profile: Profile) -> dict[str, float]:
    history = case.history[-HISTORY:]
    items = evaluation.data.dataset.items
    lines = {line.key: line_words(line, items.get(line.item_id)) for line in history}
    titles = [line.title for line in history]
    verdicts = [
        _verdict(sentence.text, sentence.written_from, titles, lines) for sentence in profile.sentences
    ]
    shares = {
        guard.name.replace("_", "-"): _mean([getattr(verdict, guard.name) for verdict in verdicts])
        for guard in fields(Guarded)
    }
    return {
        "sentences": float(len(verdicts)),
        **shares,
        "same-taste-twice": float(any(said_twice(profile))) if verdicts else np.nan,
        "words-a-sentence": _mean([len(sentence.text.split()) for sentence in profile.sentences]),
    }


def _verdict(
    text: str, written_from: Sequence[str], titles: Sequence[str], lines: Mapping[str, Words]
) -> Guarded:
    own = [lines[key] for key in written_from if key in lines]
    return guarded(text, titles, own or list(lines.values()), shipped_support(), found=not own)


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
