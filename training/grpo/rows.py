"""Windows of histories -> rows of TRL, one a taste: what is asked, and what its rewards look up."""

import random
from collections.abc import Mapping, Sequence

from training.data import Dataset, Example, cut
from training.grpo.negatives import Counts, ItemTable, Negatives


def as_rows(
    chosen: Sequence[Example],
    found: Mapping[str, Dataset],
    table: ItemTable,
    counts: Counts,
    choice_negatives: int,
    seed: int = 0,
    future_items: int = 0,
    next_items: int = 1,
) -> list[dict]:
    """One row a taste of each example. What a user took after the target is never a negative.

    Args:
        future_items: how many items, from the target on, get options of their own; 0 leaves the columns out.
        next_items: how many, from the target on, a profile should lie near, at least 1.
    """
    settings = (counts, choice_negatives, future_items, next_items)
    negatives = {name: Negatives(found[name], table) for name in {example.dataset for example in chosen}}
    made = []
    for example in chosen:
        shared = _shared(
            example, found[example.dataset], negatives[example.dataset], settings, f"{seed}:{example.dataset}"
        )
        tastes = [list(prompt) for prompt in example.prompts]
        made += [
            {"prompt": prompt, "tastes": tastes, "place": place, **shared}
            for place, prompt in enumerate(tastes)
        ]
    return made


def _shared(
    example: Example,
    dataset: Dataset,
    negatives: Negatives,
    settings: tuple[Counts, int, int, int],
    seed: str,
) -> dict:
    counts, choice_negatives, future_items, next_items = settings
    everything = [line.item_id for line in dataset.histories[example.user_id]]
    position = everything.index(example.target_id)
    case = cut(dataset, example.user_id, position)
    history = list(example.history_ids)
    name = f"{seed}:{example.user_id}:{example.target_id}"
    drawn = negatives.draw(case.target, history, counts, name, avoid=everything)
    dice = random.Random(name)
    options, right = _options(example.target_id, drawn, choice_negatives, dice)
    later = [
        item_id for item_id in dict.fromkeys(everything[position:]) if item_id not in everything[:position]
    ]
    row = {
        "user_id": example.user_id, "target_id": example.target_id, "next_ids": later[:next_items],
        "history_ids": history, "negative_ids": drawn, "option_ids": options, "right": right,
    }  # fmt: skip
    if not future_items:
        return row
    asked = [_options(item_id, drawn, choice_negatives, dice) for item_id in later[:future_items]]
    return row | {
        "future_option_ids": [ids for ids, _ in asked],
        "future_right": [place for _, place in asked],
    }


def _options(
    item_id: str, drawn: Sequence[str], negatives: int, dice: random.Random
) -> tuple[list[str], int]:
    """An item among some negatives, shuffled, and its place."""
    options = [*dice.sample(list(drawn), negatives), item_id]
    dice.shuffle(options)
    return options, options.index(item_id)
