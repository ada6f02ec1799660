"""A product's title and category -> what it is and what it is for, in words a person would use.

A shop's title is a list of words ("Marianna Single Prong Curl Clip 80 pcs"), and a small language model knows
no more of a product than these. `assets/products/` says of some thousand kinds of product how titles name
them, what they are for and how they are, and of some hundred qualities which words stand for them. The kind
whose name says most of a title is the product's; where none fits, its category is all that is known.
"""

import csv
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import lru_cache

from blue.datatypes import Interaction, Item
from blue.profile.words import words_of
from blue.shipped import ASSETS

KINDS, QUALITIES = ASSETS / "products" / "kinds.tsv", ASSETS / "products" / "qualities.tsv"
MOST_QUALITIES = 3  # of one product
SOLD = 0.1  # of a catalogue's products, from which a sort of goods is one that it sells
ASKED = 1_000  # products, spread evenly, of which a catalogue is asked what it sells
# what a name is worth by where its words stand
IN_ORDER, APART, WITH_CATEGORY, CATEGORY = 1.0, 0.75, 0.7, 0.45
LAST = 1.25  # and where it ends the first part of a title, where English has its noun
FILED = 1.2  # and where the shop's category has a word of it
_PARTS = re.compile(r"[,;:()\[\]/|]|\s[-–]\s|\swith\s|\sfor\s|\sby\s", re.IGNORECASE)

_WORDS_OF_ACCESSORIES = (
    "accessory backpack bag basket block book box cabinet case charger cleaner clip comb container costume "
    "cover cutter dispenser display drawer grinder hanger holder hone hook insert keychain lid maker mat "
    "mold mount opener organizer pad pouch press rack refill remover ring sharpener shelf sleeve stand "
    "sticker storage strainer strap tool topper tray wrap"
)
_ACCESSORIES = frozenset(_WORDS_OF_ACCESSORIES.split())  # a knife block is no knife
_GENERAL_WORDS = "and or for of accessory animal art care figure game kit other product set supply tool toy"
_GENERAL = frozenset(_GENERAL_WORDS.split())  # of a category: they complete no name
_ONE_OF = {
    "leaves": "leaf",
    "knives": "knife",
    "shelves": "shelf",
    "scarves": "scarf",
    "loaves": "loaf",
    "toes": "toe",
}

Words = tuple[str, ...]  # in lower case and in the singular


@dataclass(frozen=True)
class ProductKind:
    """One kind of product: its name as a plural noun, the shop that sells it, its purposes and manner."""

    name: str
    shop: str  # "beauty", "toys", "office", "home", "food" or "other"
    purposes: tuple[str, ...]  # what it is for, whom, when; the most telling first
    manner: tuple[str, ...]  # how it is


@dataclass(frozen=True)
class _Name:
    words: Words
    kind: ProductKind
    weight: float  # how much its words tell, in nats


class ProductKinds:
    """Finds the kind and the qualities of products by their titles; one for a catalogue."""

    def __init__(
        self,
        kinds: Sequence[tuple[ProductKind, Sequence[str]]],
        qualities: Sequence[tuple[str, str, Sequence[str]]],
    ) -> None:
        """`kinds` with the further names of each; `qualities` as (quality, shop, words)."""
        named = [(words, kind) for kind, names in kinds for words in _distinct((kind.name, *names))]
        tells = _nats([words for words, _ in named])
        self._names: defaultdict[str, list[_Name]] = defaultdict(list)  # by the word that tells most
        for words, kind in named:
            rarest = max(words, key=tells.__getitem__)
            self._names[rarest].append(_Name(words, kind, sum(tells[word] for word in words)))
        self._qualities: defaultdict[str, list[tuple[Words, str, str]]] = defaultdict(list)
        for quality, shop, phrases in qualities:
            for words in _distinct(phrases):
                self._qualities[words[0]].append((words, quality, shop))

    def shops_of(self, products: Sequence[tuple[str, str]]) -> frozenset[str]:
        """What a catalogue of (title, category) sells: what it does not sell is then read into no title."""
        asked = products[:: max(1, len(products) // ASKED)]
        found = Counter(kind.shop for title, category in asked if (kind := self.find(title, category)))
        return frozenset(shop for shop, count in found.items() if count >= SOLD * found.total())

    def find(self, title: str, category: str = "", shops: frozenset[str] = frozenset()) -> ProductKind | None:
        """The kind whose name says most of a title and its category; of equals the first of the table.

        Args:
            title: as the shop writes it.
            category: the kind of product that the shop names, "hair clips"; not a whole path.
            shops: where given, only what these sell is looked for.
        """
        parts = [_singular(part) for part in _PARTS.split(title)]
        said, filed = dict.fromkeys(word for part in parts for word in part), frozenset(_singular(category))
        best, most = None, 0.0
        for word in (*said, *sorted(filed - said.keys())):
            for name in self._names.get(word, ()):
                if shops and name.kind.shop not in shops:
                    continue
                worth = self._place(name.words, parts, said.keys(), filed) * name.weight
                if worth > most:
                    best, most = name.kind, worth
        return best

    def qualities(self, title: str, shops: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The qualities that a title names, in its order; where given, of what these shops sell."""
        said = _singular(title)
        found = [
            quality
            for place, word in enumerate(said)
            for words, quality, shop in self._qualities.get(word, ())
            if said[place : place + len(words)] == words and (not shops or shop in shops)
        ]
        return tuple(dict.fromkeys(found))[:MOST_QUALITIES]

    def described(self, product: Item, shops: frozenset[str] = frozenset()) -> Item:
        """The product with what it is, its qualities and its purposes as themes, and its manner as tones.

        Where the shop names no category, the kind is its genre. Themes that it has already come last; a
        product whose kind is not found stays as it is.
        """
        kind = self.find(product.title, " ".join(product.genres), shops)
        if kind is None:
            return product
        name = () if kind.name in product.genres or not product.genres else (kind.name,)
        qualities = self.qualities(product.title, frozenset({kind.shop}))
        themes = dict.fromkeys((*name, *qualities, *kind.purposes, *product.themes))
        return replace(
            product, genres=product.genres or (kind.name,), themes=tuple(themes), tones=kind.manner
        )

    @staticmethod
    def _place(name: Words, parts: Sequence[Words], said: Set[str], filed: frozenset[str]) -> float:
        """What a name is worth by where its words stand; 0 where one is missing."""
        in_title = all(word in said for word in name)
        if not in_title and filed.issuperset(name):
            return CATEGORY
        agrees = 1.0 if filed.isdisjoint(name) else FILED
        if not in_title:
            return WITH_CATEGORY if all(word in said or word in filed - _GENERAL for word in name) else 0.0
        places = [(part, place) for part in parts for place in _places(name, part)]
        if not places:
            return APART * agrees if all(len(word) > 1 and not word.isdigit() for word in name) else 0.0
        behind = [part[place + len(name) : place + len(name) + 1] for part, place in places]
        if all(word and word[0] in _ACCESSORIES for word in behind):
            return 0.0
        return IN_ORDER * agrees * (LAST if parts[0][-len(name) :] == name else 1.0)


def _places(name: Words, part: Words) -> list[int]:
    return [place for place in range(len(part) - len(name) + 1) if part[place : place + len(name)] == name]


def _distinct(phrases: Sequence[str]) -> Iterator[Words]:
    yield from dict.fromkeys(filter(None, map(_singular, phrases)))


def _singular(text: str) -> Words:
    """Words in lower case, of plurals the singular: "counting letters" is not "24 count, letter size"."""
    return tuple(map(_one_of, words_of(text)))


@lru_cache(maxsize=65_536)
def _one_of(word: str) -> str:
    if word in _ONE_OF:
        return _ONE_OF[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes", "zes", "toes")) else word[:-1]


def _nats(names: Sequence[Words]) -> dict[str, float]:
    """How much a word tells: what many kinds are called by tells little."""
    counts = Counter(word for words in names for word in set(words))
    return {word: math.log((len(names) + 1) / count) for word, count in counts.items()}


@lru_cache(maxsize=1)
def shipped_kinds() -> ProductKinds:
    """The kinds and qualities that ship with the project."""
    with KINDS.open(newline="", encoding="utf-8") as file:
        kinds = [
            (
                ProductKind(row["kind"], row["shop"], _listed(row["purposes"]), _listed(row["manner"])),
                _listed(row["names"]),
            )
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    with QUALITIES.open(newline="", encoding="utf-8") as file:
        qualities = [
            (row["quality"], row["shop"], _listed(row["words"]))
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]
    return ProductKinds(kinds, qualities)


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in (cell or "").split(",") if part.strip())


def known_item(line: Interaction, items: Mapping[str, Item]) -> Item | None:
    """What is known of a line: its item, or of a product that no catalogue has what its title says it is."""
    found = items.get(line.item_id) if line.item_id else None
    return _named_by(line.title) if found is None and line.kind == "product" else found


@lru_cache(maxsize=4_096)
def _named_by(title: str) -> Item | None:
    product = shipped_kinds().described(Item(title, title, "product"))
    return product if product.genres else None
