"""What shop products sound like in a profile: "OPI nail polish such as black shatter lacquer".

Shop titles are lists of words. A profile names the kind of product, the brand if the items share one, and of
each title its core: the few words before the first comma, size or "for".
"""

import random
import re
from collections import Counter
from collections.abc import Sequence

from blue.copying import copies_title
from blue.datatypes import Item
from blue.phrases import opened

CORE_WORDS = 4  # consecutive words of one title at most: six would copy it
PART_WORDS = 5  # the same, of a title that is told in several parts
DETAILS = 4  # parts of one title
NAMED_ITEMS = 2  # of one taste

_BREAK = re.compile(r"[,;:()\[\]/|!?\"]| -|- |\s(?:by|for|with|and|of|in|to|from|\+|w/)\s|\d", re.I)
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "set pack count ounce oz size new assorted colors color piece pieces kit each bottle a an the oz "
        "edition series style only best sale lot pcs pc fl fluid ml inch inches lbs unit value liquid spf",
    )
)
_JOINTS = (" such as {}", " such as {}", " like {}", ": {}")


def product_subject(items: Sequence[Item], attributes: Sequence[str], draw: random.Random) -> str:
    """The products of one taste as a noun phrase.

    Args:
        items: the best supporting item first, at least one.
        attributes: what the items share, most telling first.
        draw: chooses the joint.
    """
    brand = _brand(items)
    kinds = {genre for item in items for genre in item.genres}
    kind = next((a for a in attributes if a in kinds), None) or next(iter(items[0].genres), "")
    head = " ".join(part for part in (brand, kind or ("products" if brand else "")) if part)
    cores = list(dict.fromkeys(filter(None, (core(item, brand) for item in items))))[:NAMED_ITEMS]
    if not head or not cores:
        return head or " and ".join(cores) or "odds and ends"
    return head + draw.choice(_JOINTS).format(" and ".join(cores))


def product_sentence(items: Sequence[Item], place: int = 0) -> str:
    """The products of one taste as a sentence: "Suave conditioners such as Naturals Conditioner, Coconut."

    It names the words of one or two titles, in parts that never hold six consecutive words of one. `place` is
    that of the taste in its profile, from 0: tastes that follow each other open differently.
    """
    brand, kind = _brand(items), next(iter(items[0].genres), "")
    head = " ".join(part for part in (brand, kind) if part)
    named = [words for item in items[:NAMED_ITEMS] if (words := _told(item, brand, head))]
    named = list(dict.fromkeys(named))
    if not named:
        return f"{head[0].upper()}{head[1:]}." if head else ""
    subject = f"{head} such as {' and '.join(named)}" if head else " and ".join(named)
    return opened("products", place, subject)


def _told(item: Item, brand: str, head: str) -> str:
    """As many parts of a title as do not copy it: in their order, or else with the first one last."""
    parts = _parts(item.title, brand)
    for count in range(min(DETAILS, len(parts)), 0, -1):
        for order in (parts[:count], [*parts[1:count], parts[0]]):
            if not copies_title(f"{head} {', '.join(order)}", [item.title]):
                return ", ".join(order)
    return ""


def _parts(title: str, brand: str) -> list[str]:
    """A title as the telling words of its parts, at most `PART_WORDS` consecutive ones of each, no sizes."""
    if brand and title.casefold().startswith(brand.casefold()):
        title = title[len(brand) :]
    parts = []
    for part in _BREAK.split(title):
        words = [word.strip(".-'’®™*&★") for word in part.split()]
        words = [word for word in words if len(word) > 1 and word.casefold() not in _EMPTY]
        if words:
            parts.append(" ".join(_first(words, PART_WORDS)))
    return list(dict.fromkeys(parts))


def _brand(items: Sequence[Item]) -> str:
    """The brand that all items share, or ""."""
    brands = Counter(item.authors[0] for item in items if item.authors)
    return next((name for name, count in brands.most_common(1) if count == len(items)), "")


def core(item: Item, said: str = "") -> str:
    """The telling words of a title, in their order, without the brand that was `said` already.

    >>> core(Item("1", "Neutrogena Rapid Clear Foaming Cleanser, 6 Ounce", "product"), "Neutrogena")
    'Rapid Clear Foaming Cleanser'
    """
    title = item.title
    if said and title.casefold().startswith(said.casefold()):
        title = title[len(said) :]
    for part in _BREAK.split(title):
        words = [word.strip(".-'’®™*&★") for word in part.split()]
        words = [word for word in words if word and word.casefold() not in _EMPTY]
        if words and len(" ".join(words)) > 2:
            return " ".join(_first(words))
    return ""


def _first(words: Sequence[str], most: int = CORE_WORDS) -> list[str]:
    """As many whole words from the end of the part as do not copy it: a title's noun stands last."""
    kept: list[str] = []
    length = 0
    for word in reversed(words):
        length += len(re.findall(r"\w+", word))
        if length > most:
            break
        kept.insert(0, word.capitalize() if word.isupper() and len(word) > 4 else word)
    return kept
