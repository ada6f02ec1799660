"""Zero-shot sequential recommendation: every method on one data set (also the table "trainable")."""

import sys

from blue.errors import BlueError
from training.evaluation_data import EvaluationError
from training.methods import Chosen, Workshop
from training.protocol import Benchmark, Ranks
from training.tables.results import PairedBootstrap, Table, difference_rows, ranking_rows

OURS = ("blue-facets", "blue-single")  # whose differences to the others are printed, the first that was run


def source(name: str, benchmark: Benchmark, workshop: Workshop, chosen: Chosen) -> Table:
    """Rank with every chosen method; one that is not there is skipped, unless it was asked for by name."""
    ranks, notes = ranked(benchmark, workshop, chosen)
    laboratory = workshop.laboratory
    bootstrap = PairedBootstrap(benchmark.users, laboratory.seed)
    ours = next((method for method in OURS if method in ranks), None)
    return Table(
        name,
        laboratory.data.name,
        bootstrap.n_users,
        laboratory.seed,
        ranking_rows(ranks, bootstrap),
        difference_rows(ranks, bootstrap, ours) if ours else (),
        (*notes, *size_notes(benchmark)),
    )


def ranked(benchmark: Benchmark, workshop: Workshop, chosen: Chosen) -> tuple[dict[str, Ranks], list[str]]:
    """(method -> ranks, what was skipped or chosen in words)."""
    ranks, notes = {}, []
    for method in chosen.methods:
        if reason := workshop.missing(method):
            if method in chosen.named:
                raise EvaluationError(f"{method} cannot be run: {reason}.")
            notes.append(f"{method} is left out: {reason}.")
            continue
        print(f"{workshop.laboratory.data.name}: {method}", file=sys.stderr, flush=True)
        try:
            ranks[method] = benchmark.ranks(workshop.scorer(method))
        except BlueError as error:
            raise EvaluationError(f"{method}: {error}") from error
        if choice := workshop.laboratory.choices.get(method):
            notes.append(f"{method}: {choice}.")
    if not ranks:
        raise EvaluationError("None of the chosen methods can be run. " + " ".join(notes))
    return ranks, notes


def size_notes(benchmark: Benchmark) -> list[str]:
    """What a reader must know of the trials: how many, and how large the pools are."""
    least = min(len(trial.candidates) for trial in benchmark.trials) - 1
    notes = [
        f"{len(benchmark.trials)} trials; sampled: the target and {least} others of its domain; "
        f"full: {len(benchmark.items):,} items less what the user had."
    ]
    if least < 99:
        notes.append(f"The data set is too small for 99 candidates beside the target; {least} were drawn.")
    return notes
