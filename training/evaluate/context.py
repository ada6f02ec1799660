"""What the methods of one table share on one data set: item vectors, training histories, validation users."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from blue.datatypes import Interaction, Item, TextEncoder
from blue.item_text import item_text
from blue.items import quantiles
from blue.profile import BACKGROUND_ITEMS, Background, Grouper, Taste
from blue.retrieval import log_popularity, ndcg_at_k
from training.data import grouper_of, item_vectors
from training.evaluate.data import EvaluationData
from training.evaluate.protocol import Benchmark, Scorer, make_benchmark

VALIDATION_USERS = 100  # on whom the settings of the baselines are chosen


@dataclass(frozen=True)
class Choice:
    """Which setting of a method was chosen among how many, by the validation users' mean NDCG@10 of
    both pools."""

    setting: str
    tried: Mapping[str, float]

    def __str__(self) -> str:
        best = self.tried.get(self.setting)
        among = f", best of {len(self.tried)} on validation users (NDCG@10 {best:.3f})" if best else ""
        return f"{self.setting}{among}"


class EvaluationContext:
    """One data set under one embedder. Vectors and sequences are made when first asked for."""

    def __init__(
        self,
        data: EvaluationData,
        encoder: TextEncoder,
        cache: Path,
        *,
        seed: int = 0,
        least: int = 5,
        text: Callable[[Item], str] = item_text,
    ) -> None:
        self.data, self.encoder, self.seed, self.least = data, encoder, seed, least
        self.items: tuple[Item, ...] = tuple(data.dataset.items.values())
        self.row_of = {item.item_id: row for row, item in enumerate(self.items)}
        self.choices: dict[str, Choice] = {}
        self.cache, self.text = cache, text

    @cached_property
    def vectors(self) -> np.ndarray:
        """(I, D) unit rows of the catalogue; kept on disk under a hash of the embedder and the texts."""
        return item_vectors([self.text(item) for item in self.items], self.encoder, self.cache)

    @cached_property
    def train_histories(self) -> list[np.ndarray]:
        """The histories of the training users as rows of the catalogue, oldest first."""
        histories = self.data.dataset.histories
        return [self.rows(histories[user]) for user in self.data.users("train")]

    @cached_property
    def popularity(self) -> np.ndarray:
        """(I,) how many interactions of training users each item has."""
        rows = np.concatenate([np.empty(0, dtype=int), *self.train_histories])
        return np.bincount(rows, minlength=len(self.items)).astype(np.float32)

    @cached_property
    def quantiles(self) -> np.ndarray:
        """(I,) the items' popularity among training users, as a quantile of their domain."""
        domains = [self.data.domains[item.item_id] for item in self.items]
        return quantiles(self.popularity, domains)

    @cached_property
    def log_popularity(self) -> np.ndarray:
        """(I,) their logs, for a prior's weight to be put on."""
        return log_popularity(self.quantiles)

    @cached_property
    def validation(self) -> Benchmark:
        """Users of the validation split, on whom settings are chosen."""
        return make_benchmark(self.data, "validation", VALIDATION_USERS, seed=self.seed, least=self.least)

    @cached_property
    def grouper(self) -> Grouper:
        """Which lines make a taste, over this data set's items."""
        return grouper_of(self.data.dataset)

    def tastes(self, history: Sequence[Interaction]) -> tuple[Taste, ...]:
        """The tastes of a history as the app finds them: with the embeddings of its lines."""
        return self._app_grouper(history, self.data.dataset.items, self.vectors[self.rows(history)])

    @cached_property
    def _app_grouper(self) -> Grouper:
        places = np.unique(np.linspace(0, len(self.items) - 1, BACKGROUND_ITEMS).astype(int))
        return replace(self.grouper, background=Background.of(self.vectors[places]))

    def rows(self, interactions: Iterable[Interaction]) -> np.ndarray:
        """Interactions -> (H,) rows of the catalogue, oldest first."""
        return np.array([self.row_of[interaction.item_id] for interaction in interactions], dtype=int)

    def choose(
        self, method: str, settings: Sequence, build: Callable[..., Scorer], users: int = VALIDATION_USERS
    ) -> Scorer:
        """The scorer whose setting ranks the targets of the validation users best; the first one without any.

        `users` is how many of them are asked.
        """
        tried = {}
        some = replace(self.validation, trials=self.validation.trials[:users])
        if some.trials:
            for setting in settings:
                ranks = some.ranks(build(setting))
                tried[str(setting)] = float((ndcg_at_k(ranks.sampled) + ndcg_at_k(ranks.full)).mean() / 2)
        best = max(settings, key=lambda setting: tried.get(str(setting), 0.0))
        self.choices[method] = Choice(str(best), tried)
        return build(best)
