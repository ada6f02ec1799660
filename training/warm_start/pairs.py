"""Teaching profiles -> the lines of one taste and its sentence, and truthful variations of them.

A variation changes what the prompt shows and keeps the sentence true of it: another order, a line less where
two remain, attributes withheld that the sentence does not use.
"""

import random
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from blue.datatypes import Interaction, Item, Message
from blue.profile import content_stems, taste_prompt
from training.data import TeachingProfile

LIKED_FROM = 3.0  # mean stars of a taste's lines
DROP_LINE, SHUFFLE = 0.4, 0.6  # probabilities of a variation
WITHHOLD_THEME, WITHHOLD_GENRES, WITHHOLD_MAKERS, WITHHOLD_YEAR = 0.2, 0.1, 0.4, 0.2
WITHHOLD_TONES = 0.6  # most of what was written before works had tones does not speak of them
SAID = 0.5  # of a product's sentence: its verb, and what one says by another word, stand in no prompt
STEM = 5  # letters that two words share to count as one
TIME = {"decad", "moder", "class"}  # stems of words that the year of a work may have called for


@dataclass(frozen=True)
class Pair:
    """The lines of one taste, oldest first, what is known of them, and the sentence a person would write."""

    kind: str
    lines: tuple[Interaction, ...]
    items: Mapping[str, Item]
    sentence: str
    disliked: bool

    @property
    def prompt(self) -> tuple[Message, ...]:
        """What the profiler is asked about the lines."""
        return taste_prompt(self.lines, self.items, disliked=self.disliked).messages

    @property
    def said(self) -> float:
        """The share of the sentence's content words that the prompt holds."""
        words = set(content_stems(self.sentence))
        return len(words & set(content_stems(self.prompt[-1]["content"]))) / max(1, len(words))


def pairs_of(profiles: Iterable[TeachingProfile]) -> Iterator[Pair]:
    """A pair for every sentence whose words its prompt holds, by and large.

    Older sentences about products were written from titles, which a prompt no longer shows: to learn them
    would be to learn to invent.
    """
    for profile in profiles:
        for sentence in profile.sentences:
            lines = tuple(profile.history[row] for row in sentence.rows)
            items = {line.item_id: profile.items[line.item_id] for line in lines}
            pair = Pair(profile.kind, lines, items, sentence.text, are_disliked(lines))
            if lines[0].kind != "product" or pair.said >= SAID:
                yield pair


def are_disliked(lines: Iterable[Interaction]) -> bool:
    """Whether the stars, where there are any, say so."""
    stars = [line.rating for line in lines if line.rating is not None]
    return bool(stars) and sum(stars) / len(stars) < LIKED_FROM


def spread(
    pairs: Iterable[Pair], mixture: Mapping[str, float], dislikes: float, random_: random.Random
) -> list[Pair]:
    """The pairs in random order, those of a kind with weight 2 twice, with weight 0.5 every other one."""
    chosen = []
    for pair in pairs:
        times = mixture[pair.kind] * (dislikes if pair.disliked else 1.0)
        chosen += [pair] * (int(times) + (random_.random() < times % 1))
    random_.shuffle(chosen)
    return chosen


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
        tones=() if gone(item.tones, WITHHOLD_TONES) else item.tones,
        themes=tuple(tag for tag in item.themes if not gone((tag,), WITHHOLD_THEME)),
        genres=() if gone(item.genres, WITHHOLD_GENRES) else item.genres,
        makers=() if gone(item.makers, WITHHOLD_MAKERS) else item.makers,
        year=None if not _speaks_of_time(used) and random_.random() < WITHHOLD_YEAR else item.year,
    )


def stems(text: str) -> frozenset[str]:
    """The beginnings of the words of a text, lower case, of three letters or more."""
    return frozenset(word[:STEM] for word in re.findall(r"\w{3,}", text.lower()))


def _speaks_of_time(used: frozenset[str]) -> bool:
    return any(stem[0].isdigit() or stem.endswith("tie") for stem in used) or bool(used & TIME)
