"""Marked drafts -> what a step of preference training reads: a taste's prompt, its drafts and their marks."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import PreTrainedTokenizerBase

from blue.datatypes import Interaction, Item
from blue.profile import taste_prompt
from training.preference.config import Preference

SEED = 0


@dataclass(frozen=True)
class MarkedTaste:
    """One taste: G drafts of one prompt, as `training.grpo.shared_prompt` reads a group."""

    input_ids: torch.Tensor  # (G, P + T) the prompt, then a draft, padded on the right
    kept: torch.Tensor  # (G, P + T) 0 where a row is padded
    answer_tokens: int  # T
    marks: torch.Tensor  # (G,)


def marked_tastes(
    config: Preference,
    path: Path,
    items: Mapping[str, Mapping[str, Item]],
    tokenizer: PreTrainedTokenizerBase,
) -> tuple[list[MarkedTaste], list[MarkedTaste]]:
    """Training and validation, without kinds that `items` lacks and tastes whose drafts are all alike."""
    records = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    known = [
        record for record in records if record["kind"] in items and _spread(record) >= config.least_spread
    ]
    random.Random(SEED).shuffle(known)
    held = round(config.validation_share * len(known))
    tastes = [_taste(record, items[record["kind"]], tokenizer) for record in known]
    return tastes[held:], tastes[:held]


def _spread(record: Mapping) -> float:
    marks = [draft["mark"] for draft in record["drafts"]]
    return max(marks) - min(marks)


def _taste(record: Mapping, items: Mapping[str, Item], tokenizer: PreTrainedTokenizerBase) -> MarkedTaste:
    shown = {item_id: items[item_id] for item_id in record["item_ids"]}
    lines = [
        Interaction(item.title, kind=item.kind, year=item.year, item_id=name) for name, item in shown.items()
    ]
    asked = tokenizer.apply_chat_template(
        list(taste_prompt(lines, shown).messages), add_generation_prompt=True, tokenize=False
    )
    prompt = tokenizer(asked, add_special_tokens=False).input_ids
    answers = [
        [*tokenizer(draft["text"], add_special_tokens=False).input_ids, tokenizer.eos_token_id]
        for draft in record["drafts"]
    ]
    longest = max(map(len, answers))
    rows = [prompt + answer + [tokenizer.pad_token_id] * (longest - len(answer)) for answer in answers]
    kept = [[1] * (len(prompt) + len(answer)) + [0] * (longest - len(answer)) for answer in answers]
    marks = torch.tensor([float(draft["mark"]) for draft in record["drafts"]])
    return MarkedTaste(torch.tensor(rows), torch.tensor(kept), longest, marks)


class Tastes(torch.utils.data.Dataset):
    """Tastes with the log-probability that the reference gives each of their drafts."""

    def __init__(self, tastes: Sequence[MarkedTaste], reference: Sequence[torch.Tensor]) -> None:
        self._rows = [
            {"taste": taste, "reference": row} for taste, row in zip(tastes, reference, strict=True)
        ]

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, place: int) -> dict:
        return self._rows[place]

    def __iter__(self) -> Iterator[dict]:
        return iter(self._rows)


def as_they_are(rows: Sequence[Mapping]) -> dict[str, list]:
    """A batch: lists, since the tastes differ in shape and each is read on its own."""
    return {key: [row[key] for row in rows] for key in rows[0]}
