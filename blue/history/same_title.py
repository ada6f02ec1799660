"""Whether two titles name the same thing: what keeps a held-out item out of a history and its negatives."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from blue.datatypes import Item

NEAR_DUPLICATE = 92  # rapidfuzz ratio of two normalised titles, in [0, 100], from which they are one


def nearly_same_title(first: str, second: str) -> bool:
    """Whether two titles name the same thing but for case, punctuation or a few letters.

    >>> nearly_same_title("Toy Story", "Toy Story 2"), nearly_same_title("OPI Red, 3 oz", "opi red 3 oz")
    (False, True)
    """
    first, second = normalised_title(first), normalised_title(second)
    numbers = re.findall(r"\d+", first) == re.findall(r"\d+", second)
    return numbers and fuzz.ratio(first, second) >= NEAR_DUPLICATE


def normalised_title(title: str) -> str:
    """The words of a title, in lower case: "WALL·E" -> "wall e"."""
    return " ".join(re.findall(r"\w+", title.casefold()))


def without_duplicate_titles(items: Sequence[Item]) -> list[Item]:
    """The first item of each title: negatives drawn from these are never the target in disguise."""
    return list({normalised_title(item.title): item for item in reversed(items)}.values())[::-1]
