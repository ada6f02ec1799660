"""Zero-shot sequential recommendation: every method on one data set (also the table "trainable")."""

from collections.abc import Mapping

from blue.errors import BlueError
from training.evaluate.data import EvaluationError
from training.evaluate.methods import METHODS, PRIOR, Chosen, MethodBuilder
from training.evaluate.protocol import Benchmark, Ranks
from training.evaluate.run import Run
from training.evaluate.tables.results import PairedBootstrap, Table, difference_rows, ranking_rows
from training.runs import say

OURS = ("blue-facets", "blue-single")  # whose differences to the others are shown: the first that was run


def tables(run: Run) -> list[Table]:
    """One table a data set; a method that is not there is skipped, unless it was asked for by name."""
    chosen = run.chosen(METHODS)
    made = []
    for data in run.everything:
        benchmark, builder = run.benchmark(data), run.builder(data)
        ranks, notes = ranked(benchmark, builder, chosen)
        notes += size_notes(benchmark)
        made.append(ranking_table(run, data.name, benchmark, ranks, notes))
    return made


def ranking_table(
    run: Run, dataset: str, benchmark: Benchmark, ranks: Mapping[str, Ranks], notes: list[str]
) -> Table:
    """Ranks of methods as a table, with the differences to ours."""
    bootstrap = PairedBootstrap(benchmark.users, run.options.seed)
    ours = next((method for method in OURS if method in ranks), None)
    return Table(
        run.options.table,
        dataset,
        bootstrap.n_users,
        run.options.seed,
        ranking_rows(ranks, bootstrap),
        difference_rows(ranks, bootstrap, ours) if ours else (),
        tuple(notes),
    )


def ranked(
    benchmark: Benchmark, builder: MethodBuilder, chosen: Chosen
) -> tuple[dict[str, Ranks], list[str]]:
    """(method -> ranks, what was skipped or chosen in words)."""
    ranks, notes = {}, []
    for method in available(builder, chosen, notes):
        say(f"{builder.evaluation.data.name}: {method}")
        try:
            scorer = builder.scorer(method)
            ranks[method] = benchmark.ranks(scorer)
            if builder.priors and method != "popularity":
                ranks[method + PRIOR] = benchmark.ranks(builder.with_prior(method, scorer))
        except BlueError as error:
            raise EvaluationError(f"{method}: {error}") from error
        for name in (method, method + PRIOR):
            if choice := builder.evaluation.choices.get(name):
                notes.append(f"{name}: {choice}.")
    return ranks, notes


def available(builder: MethodBuilder, chosen: Chosen, notes: list[str]) -> list[str]:
    """The chosen methods that can be run; the reasons of the others are added to the notes.

    Raises:
        EvaluationError: one that was asked for by name, or all, cannot be run.
    """
    there = []
    for method in chosen.methods:
        reason = builder.missing(method)
        if reason and method in chosen.named:
            raise EvaluationError(f"{method} cannot be run: {reason}.")
        if reason:
            notes.append(f"{method} is left out: {reason}.")
            say(notes[-1])
        else:
            there.append(method)
    if not there:
        raise EvaluationError("None of the chosen methods can be run. " + " ".join(notes))
    return there


def size_notes(benchmark: Benchmark) -> list[str]:
    """What a reader must know of the trials: how many, and how large the pools are."""
    least = min(len(trial.candidates) for trial in benchmark.trials) - 1
    notes = [
        f"{len(benchmark.trials)} trials, each after at least {benchmark.least} interactions; sampled: "
        f"the target and {least} others of its domain; full: {len(benchmark.items):,} less those they had."
    ]
    if least < 99:
        notes.append(f"The data set is too small for 99 candidates beside the target; {least} were drawn.")
    return notes
