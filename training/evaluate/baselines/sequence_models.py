"""SASRec, BERT4Rec and UniSRec: trained on the training users of a data set, stopped on its validation users.

Cross-entropy over the catalogue, or over the targets of the batch and NEGATIVES random items where it is
larger: with few negatives these models are weaker than they need to be. Weights are kept
under a hash of histories, texts and settings, so that a table is made again in seconds, and those of an
unfinished training after every epoch.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional

from blue.retrieval import ndcg_at_k
from training.data import Case
from training.evaluate.baselines.fitting import Fitting
from training.evaluate.baselines.networks import LENGTH, PAD, Bert4Rec, NetworkSettings, SasRec, UniSRec
from training.evaluate.context import EvaluationContext
from training.evaluate.protocol import Benchmark, Scorer
from training.runs import Progress

Network = SasRec | Bert4Rec | UniSRec

NEGATIVES = 4096
BATCH = 128
WINDOW = 64  # batches of like lengths are cut from so many at a time: less padding, random all the same
MOST_EPOCHS = 100
PATIENCE = 5  # epochs without a better validation NDCG@10
VERSION = "2"  # of the training; another number trains again

SETTINGS = {
    "sasrec": tuple(NetworkSettings(dropout=dropout) for dropout in (0.2, 0.5)),
    "bert4rec": tuple(NetworkSettings(dropout=dropout) for dropout in (0.2, 0.5)),
    "unisrec": tuple(NetworkSettings(width=128, dropout=dropout) for dropout in (0.2, 0.5)),
}


@dataclass(frozen=True)
class SequenceScorer:
    """A trained network over one catalogue."""

    evaluation: EvaluationContext
    network: Network

    @torch.no_grad()
    def scores(self, cases: Sequence[Case]) -> np.ndarray:
        """(B, I)."""
        self.network.eval()
        rows = padded([self.evaluation.rows(case.history) for case in cases], self.network.reads)
        vectors = self.network.vectors(torch.arange(len(self.evaluation.items)))
        return (self.network.queries(rows) @ vectors.T).numpy()


def fitted(method: str, evaluation: EvaluationContext, *, search: bool = True) -> Scorer:
    """A method trained with each setting, the best one on the validation users."""

    def build(settings: NetworkSettings) -> Scorer:
        return SequenceScorer(evaluation, trained(method, evaluation, settings))

    settings = SETTINGS[method] if search else SETTINGS[method][:1]
    return evaluation.choose(method, settings, build)


def trained(method: str, evaluation: EvaluationContext, settings: NetworkSettings) -> Network:
    """The network of one setting: read from the cache, or trained and kept."""
    path = evaluation.cache / f"{method}-{_key(method, evaluation, settings)}.safetensors"
    torch.manual_seed(evaluation.seed)
    network = new_network(method, evaluation, settings)
    if path.is_file():
        network.load_state_dict(load_file(path))
        return network
    unfinished = path.with_suffix(".epoch")
    fit(network, evaluation, settings, method, unfinished)
    _keep(network, path)
    unfinished.unlink(missing_ok=True)
    return network


def new_network(method: str, evaluation: EvaluationContext, settings: NetworkSettings) -> Network:
    """An untrained network for the catalogue of a data set."""
    items = len(evaluation.items)
    if method == "unisrec":
        return UniSRec(torch.from_numpy(evaluation.vectors), settings)
    return (SasRec if method == "sasrec" else Bert4Rec)(items, settings)


def fit(
    network: Network,
    evaluation: EvaluationContext,
    settings: NetworkSettings,
    name: str,
    kept: Path | None = None,
) -> None:
    """Train until the validation users' NDCG@10 stops rising; the best epoch's weights stay.

    After every epoch all is written to `kept`, where a killed training goes on with the same result.
    """
    optimiser = torch.optim.AdamW(network.parameters(), lr=settings.learning_rate, weight_decay=0.01)
    fitting = Fitting(network, optimiser, torch.Generator().manual_seed(evaluation.seed))
    if kept and kept.is_file():
        fitting.resume(kept)
    progress = Progress(f"epochs of {name} on {evaluation.data.name}", MOST_EPOCHS, fitting.epoch)
    while fitting.epoch < MOST_EPOCHS and fitting.since < PATIENCE:
        _epoch(fitting, evaluation)
        progress.advance()
        fitting.judge(_validated(SequenceScorer(evaluation, network), evaluation.validation, fitting.epoch))
        if kept:
            fitting.keep(kept)
    network.load_state_dict(fitting.weights)


def _epoch(fitting: Fitting, evaluation: EvaluationContext) -> None:
    """One pass over the training histories in a new order."""
    network, dice = fitting.network, fitting.dice
    network.train()
    histories = [history[-LENGTH - 1 :] for history in evaluation.train_histories if len(history) > 1]
    for places in batches(torch.tensor([len(history) for history in histories]), dice):
        batch = padded([histories[place] for place in places], network.reads + 1)
        lesson = network.lesson(batch, dice)
        loss = lesson_loss(network, lesson.states, lesson.targets, len(evaluation.items), dice)
        fitting.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        fitting.optimiser.step()


def batches(lengths: torch.Tensor, dice: torch.Generator) -> Iterator[list[int]]:
    """(N,) lengths -> all N places in a random order, BATCH of like length at a time."""
    cut = []
    for window in torch.randperm(len(lengths), generator=dice).split(WINDOW * BATCH):
        cut += window[lengths[window].argsort(stable=True)].split(BATCH)
    for number in torch.randperm(len(cut), generator=dice).tolist():
        yield cut[number].tolist()


def lesson_loss(network: Network, states, targets, items: int, dice: torch.Generator) -> torch.Tensor:
    """Cross-entropy of the targets among all items, or among those of the batch and random ones."""
    if items <= 2 * NEGATIVES:
        return functional.cross_entropy(states @ network.vectors(torch.arange(items)).T, targets)
    drawn = torch.randint(items, (NEGATIVES,), generator=dice)
    rows, places = torch.cat((targets, drawn)).unique(return_inverse=True)
    return functional.cross_entropy(states @ network.vectors(rows).T, places[: len(targets)])


def padded(histories: Sequence[np.ndarray], length: int) -> torch.Tensor:
    """The last `length` rows of each history, PAD behind the shorter ones: (B, L), L <= length.

    >>> padded([np.array([4, 5, 6]), np.array([7])], 2).tolist()
    [[5, 6], [7, -1]]
    """
    recent = [history[-length:] for history in histories]
    widest = max(len(history) for history in recent)
    rows = torch.full((len(recent), widest), PAD)
    for place, history in enumerate(recent):
        rows[place, : len(history)] = torch.from_numpy(np.asarray(history))
    return rows


def _validated(scorer: Scorer, validation: Benchmark, epoch: int) -> float:
    """Mean NDCG@10 of both pools; without validation users every epoch counts as better."""
    if not validation.trials:
        return float(epoch)
    ranks = validation.ranks(scorer)
    return float((ndcg_at_k(ranks.sampled) + ndcg_at_k(ranks.full)).mean() / 2)


def _key(method: str, evaluation: EvaluationContext, settings: NetworkSettings) -> str:
    content = hashlib.sha256(repr((VERSION, method, asdict(settings), evaluation.seed)).encode())
    content.update(str(len(evaluation.items)).encode())
    for history in evaluation.train_histories:
        content.update(history.astype(np.int64).tobytes() + b"|")
    for case in evaluation.validation.cases:
        content.update(f"{case.user_id} {case.target.item_id} ".encode())
    if method == "unisrec":
        content.update(evaluation.vectors.tobytes())
    return content.hexdigest()[:24]


def _keep(network: Network, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    save_file(network.state_dict(), part)
    part.replace(path)
