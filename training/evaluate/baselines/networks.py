"""Three sequence models in plain PyTorch: SASRec, BERT4Rec and UniSRec.

A network turns histories into states and items into vectors of the same space; an item's score is their
product. Rows of the catalogue are the item ids; PAD stands behind a history, so that a causal network needs
no mask for it. Axes: B histories, L positions, I items, D width, P positions that are learned from.

- SASRec (Kang and McAuley 2018): causal self-attention, every position predicts the next item.
- BERT4Rec (Sun et al. 2019): attention both ways, masked items are predicted; a mask is appended to ask.
- UniSRec (Hou et al. 2022), its inductive form: items are their frozen text embeddings through parametric
  whitening and a mixture of experts, causal self-attention above, scores are cosines over a temperature.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

PAD = -1
LENGTH = 25  # most recent items that are read: as many as every other method may read
HEADS = 2


@dataclass(frozen=True)
class NetworkSettings:
    """What the search varies, and what it does not."""

    width: int = 64
    layers: int = 2
    dropout: float = 0.2
    learning_rate: float = 1e-3
    masked: float = 0.3  # BERT4Rec: share of the items that are masked
    experts: int = 8  # UniSRec
    temperature: float = 0.07  # UniSRec

    def __str__(self) -> str:
        return f"width {self.width}, dropout {self.dropout:g}, learning rate {self.learning_rate:g}"


@dataclass(frozen=True)
class Lesson:
    """What one batch teaches: (P, D) states and the (P,) rows of the items they are to predict."""

    states: Tensor
    targets: Tensor


class SasRec(nn.Module):
    """Causal self-attention over learned item embeddings."""

    def __init__(self, items: int, settings: NetworkSettings) -> None:
        super().__init__()
        self.embeddings = nn.Embedding(items + 1, settings.width)  # the last row is the padding
        nn.init.normal_(self.embeddings.weight, std=0.02)
        self.body = _Attention(settings, causal=True)
        self.items, self.reads = items, LENGTH

    def lesson(self, histories: Tensor, dice: torch.Generator) -> Lesson:
        """(B, L) rows -> the state at every position, and the item that came next."""
        inputs, targets = histories[:, :-1], histories[:, 1:]
        known = targets != PAD
        return Lesson(self._states(inputs)[known], targets[known])

    def queries(self, histories: Tensor) -> Tensor:
        """(B, L) rows -> (B, D) state after the last item."""
        last = (histories != PAD).sum(dim=1) - 1
        return self._states(histories)[torch.arange(len(histories)), last]

    def vectors(self, rows: Tensor) -> Tensor:
        """(N,) rows -> (N, D)."""
        return self.embeddings(rows)

    def _states(self, histories: Tensor) -> Tensor:
        return self.body(self.embeddings(_rows(histories, self.items)), histories != PAD)


class Bert4Rec(nn.Module):
    """Self-attention both ways over learned item embeddings and a mask."""

    def __init__(self, items: int, settings: NetworkSettings) -> None:
        super().__init__()
        self.embeddings = nn.Embedding(items + 2, settings.width)  # then the padding, then the mask
        nn.init.normal_(self.embeddings.weight, std=0.02)
        self.bias = nn.Parameter(torch.zeros(items))
        self.body = _Attention(settings, causal=False)
        self.items, self.masked = items, settings.masked
        self.reads = LENGTH - 1  # the mask stands behind them

    def lesson(self, histories: Tensor, dice: torch.Generator) -> Lesson:
        """(B, L) rows -> the states at masked positions, and the items that stood there.

        A tenth of the histories mask their last item alone, as in use (ours; the paper does the same in its
        last epochs).
        """
        known = histories != PAD
        masked = (torch.rand(histories.shape, generator=dice) < self.masked) & known
        last = torch.zeros_like(known)
        last[torch.arange(len(histories)), known.sum(dim=1) - 1] = True
        only_last = torch.rand(len(histories), 1, generator=dice) < 0.1
        masked = torch.where(only_last | ~masked.any(dim=1, keepdim=True), last, masked)
        rows = _rows(histories, self.items).masked_fill(masked, self.items + 1)
        return Lesson(self._states(rows)[masked], histories[masked])

    def queries(self, histories: Tensor) -> Tensor:
        """(B, L) rows, at most LENGTH - 1 -> (B, D + 1) state at a mask behind the last item."""
        places, ends = torch.arange(len(histories)), (histories != PAD).sum(dim=1)
        rows = _rows(torch.cat((histories, torch.full((len(histories), 1), PAD)), dim=1), self.items)
        rows[places, ends] = self.items + 1
        return self._states(rows)[places, ends]

    def vectors(self, rows: Tensor) -> Tensor:
        """(N,) rows -> (N, D + 1), the last number being the item's bias."""
        return torch.cat((self.embeddings(rows), self.bias[rows, None]), dim=1)

    def _states(self, rows: Tensor) -> Tensor:
        states = self.body(self.embeddings(rows), rows != self.items)
        return torch.cat((states, torch.ones(*states.shape[:2], 1)), dim=2)


class UniSRec(nn.Module):
    """Causal self-attention over adapted text embeddings: it knows items by their texts alone."""

    def __init__(self, texts: Tensor, settings: NetworkSettings) -> None:
        super().__init__()
        self.register_buffer("texts", texts, persistent=False)  # (I, E): another catalogue may stand here
        experts = settings.experts
        self.whitening_bias = nn.Parameter(torch.zeros(experts, texts.shape[1]))
        self.experts = nn.ModuleList(
            nn.Linear(texts.shape[1], settings.width, bias=False) for _ in range(experts)
        )
        self.gate = nn.Linear(texts.shape[1], experts, bias=False)
        nn.init.zeros_(self.gate.weight)
        self.noise = nn.Linear(texts.shape[1], experts, bias=False)
        nn.init.zeros_(self.noise.weight)
        self.dropout = nn.Dropout(settings.dropout)
        self.body = _Attention(settings, causal=True)
        self.settings, self.temperature, self.reads = settings, settings.temperature, LENGTH

    def lesson(self, histories: Tensor, dice: torch.Generator) -> Lesson:
        """(B, L) rows -> the state at every position, and the item that came next."""
        inputs, targets = histories[:, :-1], histories[:, 1:]
        known = targets != PAD
        return Lesson(self._states(inputs)[known], targets[known])

    def queries(self, histories: Tensor) -> Tensor:
        """(B, L) rows -> (B, D) unit state after the last item, over the temperature."""
        last = (histories != PAD).sum(dim=1) - 1
        return self._states(histories)[torch.arange(len(histories)), last]

    def vectors(self, rows: Tensor) -> Tensor:
        """(N,) rows -> (N, D) unit vectors."""
        return functional.normalize(self._adapted(self.texts[rows]), dim=-1)

    def _states(self, histories: Tensor) -> Tensor:
        unique, places = histories.clamp(min=0).unique(return_inverse=True)
        states = self.body(self._adapted(self.texts[unique])[places], histories != PAD)
        return functional.normalize(states, dim=-1) / self.temperature

    def _adapted(self, texts: Tensor) -> Tensor:
        """(N, E) text embeddings -> (N, D): each expert whitens in its way, a noisy gate mixes them."""
        gates = self.gate(texts)
        if self.training:
            gates = gates + torch.randn_like(gates) * functional.softplus(self.noise(texts))
        shares = gates.softmax(dim=-1)
        texts = self.dropout(texts)
        weights = torch.cat([expert.weight for expert in self.experts])
        biases = [expert(bias) for expert, bias in zip(self.experts, self.whitening_bias, strict=True)]
        # W (x - b) as W x - W b: one product for all experts
        adapted = functional.linear(texts, weights, -torch.cat(biases)).unflatten(1, (len(biases), -1))
        return torch.einsum("nx,nxd->nd", shares, adapted)


class _Attention(nn.Module):
    """Positions, then layers of self-attention: (B, L, D) and which positions are known -> (B, L, D)."""

    def __init__(self, settings: NetworkSettings, *, causal: bool) -> None:
        super().__init__()
        self.positions = nn.Embedding(LENGTH + 1, settings.width)
        nn.init.normal_(self.positions.weight, std=0.02)
        self.before = nn.Sequential(nn.LayerNorm(settings.width), nn.Dropout(settings.dropout))
        layer = nn.TransformerEncoderLayer(
            settings.width,
            HEADS,
            4 * settings.width,
            settings.dropout,
            activation="gelu",
            batch_first=True,
            norm_first=True,
        )
        self.layers = nn.TransformerEncoder(layer, settings.layers, enable_nested_tensor=False)
        self.after = nn.LayerNorm(settings.width)
        self.causal = causal

    def forward(self, inputs: Tensor, known: Tensor) -> Tensor:
        """Mix what the positions hold."""
        length = inputs.shape[1]
        states = self.before(inputs + self.positions.weight[:length])
        if self.causal:  # the padding stands behind: no known position looks at it
            later = torch.ones(length, length, dtype=torch.bool).triu(1)
            return self.after(self.layers(states, mask=later))
        return self.after(self.layers(states, src_key_padding_mask=~known))


def _rows(histories: Tensor, padding: int) -> Tensor:
    return histories.masked_fill(histories == PAD, padding)
