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
    rows = np.concatenate([targets, drawn])
    near = pooled(maps, torch.from_numpy(domain.queries[parts]), mask, torch.from_numpy(domain.items[rows]))
    prior = maps.prior[domain.name] * torch.from_numpy(domain.prior[rows])
    same = torch.from_numpy(targets[:, None] == targets[None])  # pairs of one item do not compete for it
    answers = torch.arange(len(batch))
    chosen, others = near[:, : len(batch)], near[:, len(batch) :]
    repeated = torch.from_numpy(targets[:, None] == drawn[None])
    # N uniform draws stand for all I items of the domain: each counts I / N times.
    weighed = (others + prior[len(batch) :] + np.log(len(domain.items) / len(drawn))).masked_fill(
        repeated, -torch.inf
    )
    right = (chosen.diagonal() + prior[: len(batch)])[:, None]
    to_item = cross_entropy(torch.cat([right, weighed], dim=1), torch.zeros_like(answers))
    rivals = chosen.T.masked_fill(same & ~torch.eye(len(batch), dtype=torch.bool), -torch.inf)
    return (to_item + cross_entropy(rivals, answers)) / 2


def padded(batch: list[Pair], dice: np.random.Generator) -> tuple[np.ndarray, Tensor]:
    """B pairs -> (B, PARTS) rows and mask; of more parts some are drawn, as a profile names a few."""
    parts, mask = np.zeros((len(batch), PARTS), dtype=int), torch.zeros((len(batch), PARTS), dtype=torch.bool)
    for number, pair in enumerate(batch):
        chosen = dice.permutation(pair.parts)[:PARTS]
        parts[number, : len(chosen)] = chosen
        mask[number, : len(chosen)] = True
    return parts, mask
