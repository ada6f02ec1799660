"""The teaching profiles -> pairs of lines and sentence, and truthful variations of them.

A profile of `assets/teaching/profiles.jsonl` names for each sentence the lines of the history that support
it: those lines and the sentence are one example. A variation changes what the prompt shows and keeps the
sentence true of it: another order, a line less where two remain, attributes withheld that it does not use.
"""

import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from blue.datatypes import Interaction, Item, Message
from blue.items import load_catalog
from blue.profile import taste_prompt
from training.data import Split, load_all, split_of

WORKS = ("movies", "books", "visitors")  # kinds of profiles whose items the shipped catalogue has
LIKED_FROM = 3.0  # mean stars of a taste's lines
DROP_LINE, SHUFFLE = 0.4, 0.6  # probabilities of a variation
WITHHOLD_THEME, WITHHOLD_GENRES, WITHHOLD_MAKERS, WITHHOLD_YEAR = 0.2, 0.1, 0.4, 0.2
STEM = 5  # letters that two words share to count as one


@dataclass(frozen=True)
class Pair:
    """The lines of one taste, oldest first, what is known of them, and the sentence a person would write."""

    kind: str
    lines: tuple[Interaction, ...]
    items: Mapping[str, Item]
    sentence: str
    disliked: bool


def known_items(sources: Sequence[str]) -> dict[str, Mapping[str, Item]]:
    """Kind of profile -> item_id -> item: the shipped catalogue for works, the given shops for products."""
    works = load_catalog().by_id
    shops = {name: dataset.items for name, dataset in load_all(sources).items()}
    return dict.fromkeys(WORKS, works) | shops


def read_pairs(path: Path, items: Mapping[str, Mapping[str, Item]], split: Split) -> list[Pair]:
    """The pairs of one split, in the file's order; `items` maps a profile's kind -> item_id -> item.

    A profile whose items are not at hand (a shop's, without its folder) is left out.
    """
    with path.open(encoding="utf-8") as file:
        profiles = [json.loads(line) for line in file]
    return [
        pair
        for profile in profiles
        if split_of(profile["user"]) == split and profile["kind"] in items
        for pair in _pairs_of(profile, items[profile["kind"]])
    ]


def _pairs_of(profile: dict, items: Mapping[str, Item]) -> Iterator[Pair]:
    ratings = profile["ratings"] or [None] * len(profile["item_ids"])
    for sentence in profile["sentences"]:
        rows = [row - 1 for row in sorted(sentence["rows"])]
        known = {profile["item_ids"][row]: items[profile["item_ids"][row]] for row in rows}
        lines = tuple(_interaction(items[profile["item_ids"][row]], ratings[row]) for row in rows)
        stars = [line.rating for line in lines if line.rating is not None]
        disliked = bool(stars) and sum(stars) / len(stars) < LIKED_FROM
        yield Pair(profile["kind"], lines, known, sentence["text"], disliked)


def _interaction(item: Item, rating: float | None) -> Interaction:
    return Interaction(item.title, rating, kind=item.kind, item_id=item.item_id)


def varied(pair: Pair, random_: random.Random) -> Pair:
    """Another view of the same taste of which the sentence is still true."""
    lines = list(pair.lines)
    if len(lines) > 2 and random_.random() < DROP_LINE:
        lines.remove(random_.choice(lines))
    if random_.random() < SHUFFLE:
        random_.shuffle(lines)
    used = stems(pair.sentence)
    items = {name: _withheld(item, used, random_) for name, item in pair.items.items()}
    return replace(pair, lines=tuple(lines), items=items)


def _withheld(item: Item, used: frozenset[str], random_: random.Random) -> Item:
    """The item with less known of it, but everything that the sentence's words may come from."""
    if item.kind == "product":
        return item

    def gone(texts: Iterable[str], share: float) -> bool:
        return random_.random() < share and not any(stems(text) & used for text in texts)

    return replace(
        item,
        tags=tuple(tag for tag in item.tags if not gone((tag,), WITHHOLD_THEME)),
        genres=() if gone(item.genres, WITHHOLD_GENRES) else item.genres,
        authors=() if gone(item.authors, WITHHOLD_MAKERS) else item.authors,
        year=None if not _speaks_of_time(used) and random_.random() < WITHHOLD_YEAR else item.year,
    )


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words of a text, lower case, of three letters or more."""
    return frozenset(word[:STEM] for word in re.findall(r"\w{3,}", text.lower()))


def _speaks_of_time(used: frozenset[str]) -> bool:
    return any(
        stem[0].isdigit() or stem[-3:] == "tie" or stem in {"decad", "moder", "class"} for stem in used
    )


def prompt_of(pair: Pair) -> tuple[Message, ...]:
    """What the profiler is asked about the pair's lines."""
    return taste_prompt(pair.lines, pair.items, disliked=pair.disliked).messages


def spread(pairs: Sequence[Pair], weights: Mapping[str, float], random_: random.Random) -> list[Pair]:
    """The pairs of one epoch in random order, a kind with weight 2 twice, with weight 0.5 every other one.

    Dislikes are a kind of their own, "disliked": they are rare.
    """
    chosen = []
    for pair in pairs:
        times = weights.get("disliked" if pair.disliked else pair.kind, 1.0)
        chosen += [pair] * (int(times) + (random_.random() < times % 1))
    random_.shuffle(chosen)
    return chosen
