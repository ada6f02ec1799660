"""What a run of GRPO learns from: rows of training histories, validation users, the vectors of all items."""

import argparse
import random
from pathlib import Path

from transformers import PreTrainedTokenizerBase

from blue.datatypes import TextEncoder
from blue.models import cache_folder, get_preset, resolve
from blue.retrieval import SentenceEncoder
from training.data import Dataset, gather, rows, users_of
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
    config: Grpo, arguments: argparse.Namespace, tokenizer: PreTrainedTokenizerBase, encoder: TextEncoder
) -> tuple[list[dict], Validation, ItemTable]:
    """Training rows, shuffled, the validation trials, and the embeddings of all items."""

    def count_tokens(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False).input_ids)

    everything = gather(config, arguments.data)
    found = {name: everything[name] for name in config.mixture}
    if arguments.smoke:
        found = {name: smaller(dataset) for name, dataset in found.items()}
    table = embed_items(list(found.values()), encoder, cache_folder() / "training")
    windows = rows(config, found, "train", count_tokens, 1.0)
    random.Random(0).shuffle(windows)
    asked = config.future_items if "future_activity" in config.rewards else 0
    training = as_rows(
        windows, found, table, config.negatives, config.choice_negatives, future_items=asked,
        next_items=config.next_items,
    )  # fmt: skip
    validation = validation_of(
        found, config.mixture, config.validation_examples, encoder, config.scoring, count_tokens,
        config.windows.history_tokens, cache_folder() / "training",
    )  # fmt: skip
    return training, validation, table


def smaller(dataset: Dataset) -> Dataset:
    """The first train and validation users and what they chose."""
    users = [user for split, count in SMOKE_USERS.items() for user in users_of(dataset, split)[:count]]
    histories = {user: dataset.histories[user] for user in users}
    items = {taken.item_id: dataset.items[taken.item_id] for rows in histories.values() for taken in rows}
    return Dataset(dataset.name, items, histories, dataset.synthetic)
