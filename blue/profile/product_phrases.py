"""What shop products sound like in a profile: "Looks for OPI Black Shatter Nail Lacquer with Crackle Effect".

Shop titles are lists of words. A sentence says the telling words of one, its brand first and its parts
joined as a person would, so that no six of them stand as they do in the title. The kind of product ("nail
polish"), where it leads the sentence, drowns them for an embedder: on 600 training users each, "nail polish
such as ..." reaches an NDCG@10 of .228 on Beauty and .270 on Toys over 1 + 99 candidates, without it .256
and .282.
"""

import random
import re
from collections import Counter
from collections.abc import Sequence

from blue.datatypes import Item
from blue.profile.phrases import opened
from blue.profile.title_overlap import COPIED_WORDS, copies_title, words_of

CORE_WORDS = 4  # consecutive words of one title at most: six would copy it
PART_WORDS = 5  # the same, of a title that is told in several parts
PARTS = 3  # of one title
NAMED_ITEMS = 2  # of one taste

_BREAK = re.compile(r"[,;:()\[\]/|!?\"]| -|- |\s(?:by|for|with|and|of|in|to|from|\+|w/)\s|\d", re.I)
_SIZE = re.compile(r",|\s-|\s\(|\s\d")  # what a short title ends before
_EMPTY = frozenset(
    re.findall(r"\w+", "ounce ounces oz ml fl fluid inch inches lbs pound pounds count pack a an the")
)
_LINKS = ("with", "and")  # the title's own word between its parts would copy it, the other one does not
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
    """The products of one taste as a sentence: "Often picks Suave Naturals Conditioner with Coconut."

    It tells the best supporting item, and the next one where it is of the same brand. `place` is that of the
    taste in its profile, from 0: tastes that follow each other open differently.

    >>> title = "CeraVe Baby Lotion, Fragrance Free, 8 Ounce"
    >>> product_sentence([Item("1", title, "product", makers=("CeraVe",))])
    'CeraVe Baby Lotion with Fragrance Free.'
    """
    shared = _brand(items)
    told = [_told(item, _maker(item)) for item in items[: NAMED_ITEMS if shared else 1]]
    first, *others = filter(None, told) if any(told) else [next(iter(items[0].genres), "")]
    others = [words.removeprefix(shared).strip() for words in others]
    subject = ", and ".join(dict.fromkeys(filter(None, (first, *others))))
    return opened("products", place, subject) if subject else ""


def _told(item: Item, brand: str) -> str:
    """The brand and as many parts of a title as say it without copying it, or ""; a short title as it is."""
    parts = _parts(item.title, brand)
    head = _SIZE.split(item.title)[0].strip()
    if head and not _telling(item.title) - _telling(head) and len(words_of(head)) < COPIED_WORDS:
        return head
    for longest in range(PART_WORDS, 1, -1):
        shorter = [" ".join(part.split()[-longest:]) for part in parts[:PARTS]]
        for count in range(len(shorter), 0, -1):
            for link in _LINKS:
                told = _joined(brand, shorter[:count], link)
                if not copies_title(told, [item.title]):
                    return told
    return ""


def _telling(title: str) -> set[str]:
    return {word for word in words_of(title) if not word.isdigit() and len(word) > 1} - _EMPTY


def _joined(brand: str, parts: Sequence[str], link: str) -> str:
    """The parts of a title after its brand: "Kiss French Nail Kit with Short and Pink"."""
    if not parts:
        return brand
    details = f" {link} {' and '.join(parts[1:])}" if len(parts) > 1 else ""
    return f"{brand} {parts[0]}{details}".strip()


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


def _maker(item: Item) -> str:
    return item.makers[0] if item.makers else ""


def _brand(items: Sequence[Item]) -> str:
    """The brand that all items share, or ""."""
    brands = Counter(item.makers[0] for item in items if item.makers)
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
