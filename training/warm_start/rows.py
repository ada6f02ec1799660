"""Teaching profiles -> rows of TRL: the question about one taste, and its sentence."""

import random
from collections.abc import Mapping, Sequence

from datasets import Dataset as Rows
from transformers import PreTrainedTokenizerBase

from training.data import TeachingProfile
from training.warm_start.config import WarmStart
from training.warm_start.pairs import pairs_of, spread, varied


def examples(
    config: WarmStart,
    profiles: Sequence[TeachingProfile],
    tokenizer: PreTrainedTokenizerBase,
    seed: int | None,
) -> Rows:
    """Profiles as TRL's conversational prompt and completion; varied and in random order with a `seed`."""
    chosen = list(pairs_of(profiles))
    if seed is not None:
        random_ = random.Random(seed)
        chosen = [varied(pair, random_) for pair in spread(chosen, config.mixture, config.dislikes, random_)]
    rows = [
        {"prompt": list(pair.prompt), "completion": [{"role": "assistant", "content": pair.sentence}]}
        for pair in chosen
    ]
    return Rows.from_list([row for row in rows if _tokens(row, tokenizer) <= config.most_tokens])


def _tokens(row: Mapping[str, list], tokenizer: PreTrainedTokenizerBase) -> int:
    messages = [*row["prompt"], *row["completion"]]
    return _length(tokenizer, tokenizer.apply_chat_template(messages, tokenize=False))


def _length(tokenizer: PreTrainedTokenizerBase, text: str) -> int:
    return len(tokenizer(text, add_special_tokens=False).input_ids)
