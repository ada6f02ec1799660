"""What a person gets: profiles that can be read, that hold to the history, that steer and that explain.

One value a user and metric, means with intervals over the users who have one. Lower is better for perplexity,
title-copy-rate-as-written, repetition-rate, unsupported-claim-rate, similarity-to-others and steer-negate.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from blue.datatypes import Profile, SamplingSettings, Scoring
from blue.profile import ONE_SENTENCE
from training.data import Case
from training.evaluate.baselines.profiles import as_profile, profile_scores, written
from training.evaluate.context import EvaluationContext
from training.evaluate.data import EvaluationData
from training.evaluate.fluency import Fluency
from training.evaluate.methods import MethodBuilder, system_of
from training.evaluate.run import Run
from training.evaluate.tables.readability import Values, readability
from training.evaluate.tables.results import PairedBootstrap, Row, Table
from training.evaluate.tables.source import available
from training.evaluate.tables.steering import Genres, attribution_fidelity, steerability
from training.runs import say

METHODS = ("rule-based", "untrained", "rlaif", "rlpf", "langptune", "blue-single", "blue-facets")
STABILITY_USERS = 50  # each costs three or four more profiles
RESAMPLED = replace(ONE_SENTENCE, temperature=0.7)
TOP = 10


def tables(run: Run) -> list[Table]:
    """One table a data set."""
    fluency = Fluency(run.profilers.writer("untrained").generator.about.base)
    return [_table(run, data, fluency) for data in run.everything]


def _table(run: Run, data: EvaluationData, fluency: Fluency) -> Table:
    benchmark, builder = run.benchmark(data), run.builder(data)
    genres = Genres.of(run.evaluation(data))
    notes = [
        f"Stability over the first {min(STABILITY_USERS, len(benchmark.cases))} users; "
        f"genres to steer by: {len(genres.members)}; perplexity under the untrained base model."
    ]
    if not genres.members:
        notes.append("The items carry no genre that is neither rare nor everywhere: nothing is steered.")
    rows: list[Row] = []
    for method in available(builder, run.chosen(METHODS), notes):
        say(f"{data.name}: {method}")
        values = _values(builder, method, benchmark.cases, genres, fluency, run.options.seed)
        rows += rows_of(method, values, benchmark.users, run.options.seed)
    number = len(set(benchmark.users))
    return Table("interpretability", data.name, number, run.options.seed, tuple(rows), notes=tuple(notes))


def rows_of(method: str, values: Values, users: Sequence[str], seed: int) -> list[Row]:
    """Means with intervals, each over the users who have a value; a metric that nobody has is left out."""
    rows = []
    for metric, found in values.items():
        there = np.flatnonzero(~np.isnan(found))
        if len(there):
            bootstrap = PairedBootstrap([users[place] for place in there], seed)
            (figures,) = bootstrap.intervals(found[there][:, None])
            rows.append(Row(method, "full", metric, *map(float, figures)))
    return rows


def _values(
    builder: MethodBuilder, method: str, cases: Sequence[Case], genres: Genres, fluency: Fluency, seed: int
) -> Values:
    evaluation, system = builder.evaluation, system_of(method)
    scoring: Scoring = "single" if method == "blue-single" else "facets"
    texts = builder.write(system)(cases)
    profiles = [as_profile(text) for text in texts]
    return {
        **readability(evaluation, cases, texts, profiles),
        "perplexity": fluency.perplexities([profile.text for profile in profiles]),
        **stability(builder, system, cases[:STABILITY_USERS], scoring, seed),
        **steerability(evaluation, cases, profiles, scoring, genres, seed),
        **attribution_fidelity(evaluation, profiles, scoring),
    }


def stability(
    builder: MethodBuilder, system: str, cases: Sequence[Case], scoring: Scoring, seed: int
) -> Values:
    """How much of a profile and of its top 10 stays: cosine and overlap, one value a user.

    `shuffled`: the same history in another order; `one-added`: without and with its last item;
    `resampled`: the same history twice at temperature 0.7 (greedy decoding would write the same text).
    """
    write = builder.write(system)
    shuffled, shorter = [_shuffled(case, seed) for case in cases], [_without_last(case) for case in cases]
    whole = [as_profile(text) for text in write(cases)]
    changed: dict[str, tuple[list[Profile], list[Profile]]] = {
        "shuffled": (whole, [as_profile(text) for text in write(shuffled)]),
        "one-added": ([as_profile(text) for text in write(shorter)], whole),
    }
    if system != "rule-based":  # rules have nothing to sample
        writer = builder.profilers.writer(system)
        twice = [written(builder.evaluation, writer, cases, _sampled(seed + draw)) for draw in (1, 2)]
        changed["resampled"] = (twice[0], twice[1])
    values: Values = {}
    for name, (first, second) in changed.items():
        pairs = list(zip(first, second, strict=True))
        values[f"stability-{name}-cosine"] = _each(pairs, _cosine(builder.evaluation))
        values[f"stability-{name}-overlap@{TOP}"] = _each(pairs, _overlap(builder.evaluation, scoring))
    return values


def _sampled(seed: int) -> SamplingSettings:
    return replace(RESAMPLED, seed=seed)


def _shuffled(case: Case, seed: int) -> Case:
    history = list(case.history)
    random.Random(f"{seed}:{case.user_id}").shuffle(history)
    return replace(case, history=tuple(history))


def _without_last(case: Case) -> Case:
    return replace(case, history=case.history[:-1] or case.history)


def _each(
    pairs: Sequence[tuple[Profile, Profile]], compare: Callable[[Profile, Profile], float]
) -> np.ndarray:
    """A profile that could not be used counts as one that changed wholly."""
    return np.array([compare(*pair) if all(profile.sentences for profile in pair) else 0.0 for pair in pairs])


def _cosine(evaluation: EvaluationContext) -> Callable[[Profile, Profile], float]:
    def compare(first: Profile, second: Profile) -> float:
        vectors = evaluation.encoder.encode_queries([first.text, second.text])
        return float(vectors[0] @ vectors[1])

    return compare


def _overlap(evaluation: EvaluationContext, scoring: Scoring) -> Callable[[Profile, Profile], float]:
    def top(profile: Profile) -> set[int]:
        return set(np.argsort(-profile_scores(evaluation, profile, scoring), kind="stable")[:TOP].tolist())

    return lambda first, second: len(top(first) & top(second)) / TOP
