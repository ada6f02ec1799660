"""Trained on one data set, tested on another: all ordered pairs, and the domains inside one data set.

Between data sets: a profiler trained on A (`--adapter blue@A=DIR`; without one that of `--profiler`, whose
card says what it was trained on) and a UniSRec trained on A's users write and rank for B's test users.
Inside a data set whose items carry domains (Food and Kitchen): the history is cut to one domain, the target
is the last item of the other, and UniSRec is trained on the training users of both. Rows that need no
training are those of B.
"""

from dataclasses import replace

import torch

from training.evaluate.baselines.networks import UniSRec
from training.evaluate.baselines.sequence_models import SequenceScorer, fitted
from training.evaluate.context import EvaluationContext
from training.evaluate.data import EvaluationData, EvaluationError
from training.evaluate.methods import METHODS, Chosen
from training.evaluate.run import Run
from training.evaluate.tables.results import Table
from training.evaluate.tables.source import ranked, ranking_table, size_notes
from training.runs import say

HERE = ("popularity", "transitions", "sasrec", "bert4rec")  # know the items of their own data set alone


def tables(run: Run) -> list[Table]:
    """One table a pair."""
    chosen = run.chosen(tuple(method for method in METHODS if method not in HERE))
    made = [
        _between(run, source, target, chosen)
        for source in run.everything
        for target in run.everything
        if source is not target
    ]
    for data in run.everything:
        made += [_within(run, data, source, target, chosen) for source, target in domain_pairs(data)]
    if not made:
        raise EvaluationError(
            "A transfer needs two data sets (--data A --data B), or one whose items carry a domain."
        )
    return made


def _between(run: Run, source: EvaluationData, target: EvaluationData, chosen: Chosen) -> Table:
    """Everything that is trained comes from `source`, every test user from `target`."""
    benchmark, builder = run.benchmark(target), run.builder(target)
    own = run.profilers.folders.get(f"blue@{source.name}")
    if own:
        profilers = replace(run.profilers, folders={**run.profilers.folders, "blue": own}, _loaded={})
        builder = replace(builder, profilers=profilers, _writes={})
    there = tuple(method for method in chosen.methods if method != "unisrec")
    here = Chosen(there, chosen.named - {"unisrec"})
    ranks, notes = ranked(benchmark, builder, here) if there else ({}, [])
    if "unisrec" in chosen.methods:
        say(f"{source.name} to {target.name}: unisrec")
        ranks["unisrec"] = benchmark.ranks(moved_unisrec(run.evaluation(source), run.evaluation(target)))
    notes += size_notes(benchmark)
    notes.append(
        f"The profiler of blue-* was trained on {source.name} alone."
        if own
        else "The profiler of blue-* is the same for all pairs: what it was trained on stands on its card."
    )
    return ranking_table(run, f"{source.name} to {target.name}", benchmark, ranks, notes)


def moved_unisrec(source: EvaluationContext, target: EvaluationContext) -> SequenceScorer:
    """UniSRec trained and chosen on the users of `source`, over the catalogue of `target`."""
    network = fitted("unisrec", source).network
    moved = UniSRec(torch.from_numpy(target.vectors), network.settings)
    moved.load_state_dict(network.state_dict())
    return SequenceScorer(target, moved)


def domain_pairs(data: EvaluationData) -> list[tuple[str, str]]:
    """Every ordered pair of the domains that the items of a data set carry."""
    domains = sorted(set(data.domains.values()))
    return [(source, other) for source in domains for other in domains if source != other]


def _within(run: Run, data: EvaluationData, source: str, target: str, chosen: Chosen) -> Table:
    """Users who live in both domains: the history of one, the next item of the other."""
    crossed = across(data, source, target)
    benchmark = run.benchmark(crossed)
    ranks, notes = ranked(benchmark, run.builder(data), chosen)
    notes += size_notes(benchmark)
    notes.append(f"Every history holds {source} alone, every target is {target}.")
    return ranking_table(run, f"{data.name} {source} to {target}", benchmark, ranks, notes)


def across(data: EvaluationData, source: str, target: str) -> EvaluationData:
    """Each history cut to the items of `source` before the last item of `target`, and that item.

    Users without both, or who had the target before, are left out; catalogue, splits and domains stay.
    """
    histories = {}
    for user, history in data.dataset.histories.items():
        ends = [place for place, line in enumerate(history) if data.domains[line.item_id] == target]
        if not ends:
            continue
        earlier, last = history[: ends[-1]], history[ends[-1]]
        before = tuple(line for line in earlier if data.domains[line.item_id] == source)
        if before and all(line.item_id != last.item_id for line in earlier):
            histories[user] = (*before, last)
    dataset = replace(data.dataset, histories=histories)
    return EvaluationData(dataset, {user: data.splits[user] for user in histories}, data.domains)
