"""Two linear maps behind a frozen embedder, (D, D) each, and the loss that trains them.

A profile is the mixture of its sentences that `blue.retrieval.scoring` scores; the loss pools as it does:
z(p, i) = log mean_s exp(cos(W_q s, W_i i) / t). Both directions of InfoNCE: the item among drawn items of its
domain, with the log of its popularity as a prior whose weight is learned beside the maps and left behind; and
the profile among the other profiles of the batch.
"""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from blue.rewards import TEMPERATURE
from training.encoder.pairs import PARTS, Domain, Pair


class Maps(nn.Module):
    """Rows of the base -> rows of the space that is searched; the identity at the start."""

    def __init__(self, dimension: int, dropout: float, domains: list[str]) -> None:
        super().__init__()
        self.query, self.item = (nn.Linear(dimension, dimension, bias=False) for _ in range(2))
        self.dropout = nn.Dropout(dropout)
        self.prior = nn.ParameterDict({name: nn.Parameter(torch.tensor(0.3)) for name in domains})
        for linear in (self.query, self.item):
            nn.init.eye_(linear.weight)

    def queries(self, rows: Tensor) -> Tensor:
        """(..., D) -> (..., D) of length 1."""
        return normalize(self.query(self.dropout(rows)), dim=-1)

    def items(self, rows: Tensor) -> Tensor:
        """(..., D) -> (..., D) of length 1."""
        return normalize(self.item(self.dropout(rows)), dim=-1)

    def distance(self) -> Tensor:
        """How far both maps are from the identity: the sum of the squared differences."""
        one = torch.eye(self.query.in_features)
        return sum(((linear.weight - one) ** 2).sum() for linear in (self.query, self.item))


def pooled(maps: Maps, queries: Tensor, mask: Tensor, items: Tensor) -> Tensor:
    """(B, P, D) parts and (B, P) mask, (I, D) items -> (B, I) log mean exp of cosine over temperature."""
    near = maps.queries(queries) @ maps.items(items).T / TEMPERATURE  # (B, P, I)
    near = near.masked_fill(~mask[..., None], -torch.inf)
    return near.logsumexp(dim=1) - mask.sum(dim=1, keepdim=True).log()


def batch_loss(
    maps: Maps, domain: Domain, batch: list[Pair], drawn: np.ndarray, dice: np.random.Generator
) -> Tensor:
    """The mean of both directions over B pairs and N drawn items of one domain, in nats."""
    parts, mask = padded(batch, dice)
    targets = np.array([pair.item for pair in batch])
    others = np.unique(np.array([row for pair in batch for row in pair.others], dtype=int))
    rows = np.concatenate([targets, drawn, others])
    near = pooled(maps, torch.from_numpy(domain.queries[parts]), mask, torch.from_numpy(domain.items[rows]))
    prior = maps.prior[domain.name] * torch.from_numpy(domain.prior[rows])
    # N uniform draws stand for all I items of the domain: each counts I / N times.
    counts = torch.zeros(len(rows))
    counts[len(batch) : len(batch) + len(drawn)] = np.log(len(domain.items) / len(drawn))
    answers = torch.arange(len(batch))
    does = does_as_well(batch, rows)
    rivals = torch.from_numpy(~does & competes(batch, rows, len(drawn)))
    rivals[answers, answers] = True
    to_item = cross_entropy((near + prior + counts).masked_fill(~rivals, -torch.inf), answers)
    chosen, also = near[:, : len(batch)].T, torch.from_numpy(does[:, : len(batch)].T)
    to_profile = chosen.masked_fill(also & ~torch.eye(len(batch), dtype=torch.bool), -torch.inf)
    return (to_item + cross_entropy(to_profile, answers)) / 2


def does_as_well(batch: list[Pair], rows: np.ndarray) -> np.ndarray:
    """(B, R): whether an item is a pair's own, or would do as well."""
    return np.stack([np.isin(rows, [pair.item, *pair.alike]) for pair in batch])


def competes(batch: list[Pair], rows: np.ndarray, drawn: int) -> np.ndarray:
    """(B, R): whether an item is held against a pair: the drawn ones, and those found not to fit it."""
    held = np.zeros((len(batch), len(rows)), dtype=bool)
    held[:, len(batch) : len(batch) + drawn] = True
    for place, pair in enumerate(batch):
        held[place, len(batch) + drawn :] = np.isin(rows[len(batch) + drawn :], pair.others)
    return held


def padded(batch: list[Pair], dice: np.random.Generator) -> tuple[np.ndarray, Tensor]:
    """B pairs -> (B, PARTS) rows and mask; of more parts some are drawn, as a profile names a few."""
    parts, mask = np.zeros((len(batch), PARTS), dtype=int), torch.zeros((len(batch), PARTS), dtype=torch.bool)
    for number, pair in enumerate(batch):
        chosen = dice.permutation(pair.parts)[:PARTS]
        parts[number, : len(chosen)] = chosen
        mask[number, : len(chosen)] = True
    return parts, mask
