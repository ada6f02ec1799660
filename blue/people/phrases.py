"""What some people say more than others: phrases of one to three words, counted once a person."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from blue.profile import FUNCTION_WORDS, words_of

LONGEST = 3  # words
LEAST_PEOPLE = 2  # who say it
_HALF = 0.5  # added to every count, so that what nobody says elsewhere has a ratio, too


@dataclass(frozen=True)
class Phrase:
    """A phrase, how many of these people and of the others say it; `z` tells how surely these say it more."""

    text: str
    here: int
    of_here: int
    elsewhere: int
    of_elsewhere: int
    z: float


def phrases_of(sentences: Iterable[str]) -> set[str]:
    """Phrases that neither begin nor end with a word of grammar.

    >>> sorted(phrases_of(["Loves tales of space."]))
    ['loves', 'loves tales', 'space', 'tales', 'tales of space']
    """
    found = set()
    for sentence in sentences:
        words = words_of(sentence)
        for start, first in enumerate(words):
            if first in FUNCTION_WORDS:
                continue
            for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
                if words[end - 1] not in FUNCTION_WORDS:
                    found.add(" ".join(words[start:end]))
    return found


def distinctive(
    here: Counter[str], of_here: int, elsewhere: Counter[str], of_elsewhere: int, most: int = 6
) -> tuple[Phrase, ...]:
    """The phrases that tell people apart: by the log-odds ratio over its standard error, the surest first.

    Of a phrase and one that holds it, said by as many, the longer stands.
    """
    found = [
        Phrase(text, count, of_here, elsewhere[text], of_elsewhere, z)
        for text, count in here.items()
        if count >= LEAST_PEOPLE and (z := _z(count, of_here, elsewhere[text], of_elsewhere)) > 0
    ]
    found.sort(key=lambda phrase: (-phrase.z, -len(phrase.text), phrase.text))
    kept: list[Phrase] = []
    for phrase in found:
        if len(kept) == most:
            break
        if not any(_overlap(phrase.text, other.text) for other in kept):
            kept.append(phrase)
    return tuple(kept)


def _z(a: int, n: int, b: int, m: int) -> float:
    """Of the log-odds ratio of a among n against b among m; half is added to each cell (Haldane)."""
    cells = (a + _HALF, n - a + _HALF, b + _HALF, m - b + _HALF)
    ratio = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
    return ratio / math.sqrt(sum(1 / cell for cell in cells))


def _overlap(one: str, other: str) -> bool:
    return f" {one} " in f" {other} " or f" {other} " in f" {one} "


def counted(groups: Sequence[int], said: Iterable[set[str]]) -> dict[int, Counter[str]]:
    """Group -> how many of its people say each phrase."""
    counts: dict[int, Counter[str]] = {group: Counter() for group in set(groups)}
    for group, phrases in zip(groups, said, strict=True):
        counts[group].update(phrases)
    return counts
