"""What shop products sound like in a profile: "OPI nail polish such as black shatter lacquer".

Shop titles are lists of words. A profile names the kind of product, the brand if the items share one, and of
each title its core: the few words before the first comma, size or "for".
"""

import random
import re
from collections import Counter
from collections.abc import Sequence

from blue.datatypes import Item

CORE_WORDS = 4  # consecutive words of one title at most: six would copy it
NAMED_ITEMS = 2  # of one taste

_BREAK = re.compile(r"[,;:()\[\]/|!?\"]| -|- |\s(?:by|for|with|and|of|in|to|from|\+|w/)\s|\d", re.I)
_EMPTY = frozenset(
    re.findall(
        r"\w+",
        "set pack count ounce oz size new assorted colors color piece pieces kit each bottle a an the "
        "edition series style only best sale lot pcs pc fl fluid",
    )
)
_FRAMES = ("{}.", "{}.", "{}.", "{}.", "Buys {}.", "Often picks {}.", "Looks for {}.", "Fond of {}.")
_JOINTS = (" such as {}", " such as {}", " like {}", ": {}", ", especially {}")


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


def product_sentence(
    items: Sequence[Item], attributes: Sequence[str], said: set[str], draw: random.Random
) -> str:
    """The products of one taste as a sentence, or "" where other sentences `said` all their titles' cores.

    `said` gains what this sentence names.
    """
    new = [item for item in items if core(item).casefold() not in said]
    if not new:
        return ""
    subject = product_subject(new, attributes, draw)
    said.update(
        core(item).casefold() for item in new if core(item, _brand(new)).casefold() in subject.casefold()
    )
    frame = draw.choice(_FRAMES)
    return frame.format(subject[0].upper() + subject[1:] if frame.startswith("{}") else subject)


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
        words = [word.strip(".-'’®™*&") for word in part.split()]
        words = [word for word in words if word and word.casefold() not in _EMPTY]
        if words and len(" ".join(words)) > 2:
            return " ".join(_first(words))
    return ""


def _first(words: Sequence[str]) -> list[str]:
    """As many whole words from the end of the part as do not copy it: a title's noun stands last."""
    kept: list[str] = []
    length = 0
    for word in reversed(words):
        length += len(re.findall(r"\w+", word))
        if length > CORE_WORDS:
            break
        kept.insert(0, word.capitalize() if word.isupper() and len(word) > 4 else word)
    return kept
