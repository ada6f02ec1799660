"""What a run of GRPO learns from: tastes of training histories, validation users, vectors of all items."""

import argparse
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from blue.datatypes import TextEncoder
from blue.models import cache_folder, get_preset, resolve
from blue.profile import BACKGROUND_ITEMS, Background
from blue.retrieval import SentenceEncoder
from training.data import Dataset, Example, examples, gather, grouper_of, users_of
from training.grpo.config import Grpo
from training.grpo.negatives import ItemTable, embed_items
from training.grpo.rows import as_rows
from training.grpo.validation import Validation, validation_of

SMOKE_USERS = {"train": 14, "validation": 2}  # of each data set: their items are embedded in seconds


def embedder(preset: str, folder: Path | None) -> SentenceEncoder:
    """The preset's embedder, or one that `training.encoder.train` saved."""
    source = get_preset(preset).embedder
    return SentenceEncoder(folder or resolve(source).path, query_prompt=source.query_prompt)


def prepare(
    config: Grpo, arguments: argparse.Namespace, encoder: TextEncoder
) -> tuple[list[dict], Validation, ItemTable]:
    """Training rows, one a taste, shuffled; the validation trials; and the embeddings of all items."""
    found = gather(config.mixture, config.synthetic_readers, arguments.data)
    if arguments.smoke:
        found = {name: smaller(dataset) for name, dataset in found.items()}
    table = embed_items(list(found.values()), encoder, cache_folder() / "training")
    windows = [window for dataset in found.values() for window in windows_of(config, dataset, table)]
    asked = config.future_items if "future_activity" in config.rewards else 0
    training = as_rows(
        windows, found, table, config.negatives, config.choice_negatives, future_items=asked,
        next_items=config.next_items,
    )  # fmt: skip
    random.Random(0).shuffle(training)
    validation = validation_of(
        found, config.mixture, config.validation_examples, encoder, config.scoring,
        cache_folder() / "training",
    )  # fmt: skip
    return training, validation, table


def windows_of(config: Grpo, dataset: Dataset, table: ItemTable) -> Iterator[Example]:
    """The training histories of one data set, grouped with the embeddings of their lines."""
    places = np.unique(np.linspace(0, len(table.vectors) - 1, BACKGROUND_ITEMS).astype(int))
    grouper = grouper_of(dataset, Background.of(table.vectors[places]))
    return examples(
        dataset, grouper, "train", config.mixture[dataset.name], config.windows,
        vectors=lambda history: table.rows([interaction.item_id for interaction in history]),
    )  # fmt: skip


def smaller(dataset: Dataset) -> Dataset:
    """The first train and validation users and what they chose."""
    users = [user for split, count in SMOKE_USERS.items() for user in users_of(dataset, split)[:count]]
    histories = {user: dataset.histories[user] for user in users}
    items = {taken.item_id: dataset.items[taken.item_id] for rows in histories.values() for taken in rows}
    return replace(dataset, items=items, histories=histories)
