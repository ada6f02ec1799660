"""Which items of a catalogue a written title may mean, and how alike the two are.

A likeness is in (0, 1]: 1 for the same title to the letter, less for another title of the item, for a part of
it, for a slip of the finger. Which of several namesakes is meant is for `matching` to decide.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from blue.datatypes import Item
from blue.history.titles import (
    heads_and_tails,
    is_numeral,
    key_of,
    numerals_of,
    plain_words,
    same_article,
    same_numbers,
    spelled_keys,
    without_brackets,
    words_of,
)

ALIAS = 0.6  # another title of the item
OTHER_ARTICLE = 0.02  # "The Heat" is not "Heat"
BARE = 0.5  # the same without what is in brackets
EPISODE = 0.8  # a season or an episode of the series
AUTHOR_BESIDE = 20.0  # "Emma by Jane Austen": title and maker agree, which beats every namesake
PART = {"head": 0.12, "tail": 0.06}  # "Borat" for its long title
SUBTITLE_MORE = 0.1  # the history adds a subtitle that the item lacks: only with its year or maker
SLIPS = {0: 0.2, 1: 0.2, 2: 0.05, 3: 0.03}  # letters missed, doubled, swapped, mistaken; 0: in a space alone
SHORT_SLIP = 0.1  # one such letter in a title of fewer than SURE_LENGTH letters
SURE_LENGTH = 8
FIRST_SLIP = 0.3  # factor of a slip in the first letter, which nobody but the hasty misses
PLURAL = 0.005  # a short title but for its last "s": "Alien" is not "Aliens", "Clerk" may be "Clerks"
WORDS_OF_ITS_OWN = 0.1  # every word typed occurs in other titles: "Black Mask" is not "Black Mass"
_OF_ITS_OWN = 4  # titles in which a word occurs that is more than somebody's name
_LONG = 14  # letters from which even a slip that makes another word ("Let the Right On In") is one
_SHORTEST_SLIP = 3  # letters from which a title may hold a slip
_LONGEST_SLIP = 120  # letters; nobody mistypes a longer title by hand
_FIRST_LETTER_TITLES = 300  # of a history: so many are also tried with a slip in their first letter
_EPISODE_END = re.compile(
    r"[\s:,–-]+\(?(?:(?:season|series|staffel|saison|temporada|stagione)\s+\d{1,2}\b|s\d{1,2}(?:\s?e\d{1,3})?\b"
    r"|\d{1,2}x\d{2}\b).*$",
    re.IGNORECASE,
)
_BESIDE = (" by ", " - ", " – ", ", ", ": ")  # between a title and its maker


@dataclass(frozen=True)
class Candidate:
    """An item that a title may mean; `maker` is what the line names beside the title, if it does.

    One that is not to be believed `alone` wants the year or the maker to speak for it.
    """

    index: int
    likeness: float
    maker: str | None = None
    alone: bool = True


class TitleIndex:
    """The titles of a catalogue's items; built once, asked for every history."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._items = tuple(items)
        self._exact: dict[str, list[tuple[int, str, float]]] = defaultdict(list)
        self._bare: dict[str, list[tuple[int, str, float]]] = defaultdict(list)
        self._parts: dict[str, dict[str, list[tuple[int, tuple[str, ...]]]]] = {
            "head": defaultdict(list),
            "tail": defaultdict(list),
        }
        for index, item in enumerate(self._items):
            for title in dict.fromkeys((item.title, *item.aliases)):
                self._add(index, title, 1.0 if title == item.title else ALIAS)
        words = Counter(word for title in self._spelled_titles() for word in plain_words(title))
        self._words = {word for word, times in words.items() if times >= _OF_ITS_OWN}
        self._slips: dict[str, list[tuple[int, str, float]]] = defaultdict(list)
        for ones in self._bare.values():
            for one in ones:
                for key in spelled_keys(one[1]):
                    self._slips[key].append(one)
        self._keys = sorted(key for key in self._slips if _SHORTEST_SLIP <= len(key) <= _LONGEST_SLIP)
        self._by_letter = {letter: list(keys) for letter, keys in groupby(self._keys, key=lambda key: key[0])}

    def _spelled_titles(self) -> Iterator[str]:
        return (title for ones in self._bare.values() for _, title, _ in ones)

    def _add(self, index: int, title: str, likeness: float) -> None:
        bare = without_brackets(title)
        self._exact[key_of(title)].append((index, title, likeness))
        self._bare[key_of(bare)].append((index, bare, likeness))
        for head, tail in heads_and_tails(bare):
            self._parts["head"][key_of(head)].append((index, numerals_of(words_of(tail))))
            self._parts["tail"][key_of(tail)].append((index, numerals_of(words_of(head))))

    def named(self, title: str) -> list[Candidate]:
        """Items of this title, whole or in part; each item once, by its best likeness."""
        bare = without_brackets(title)
        found = [*_scaled(self._exact, title), *_scaled(self._bare, bare, BARE if bare != title else 1.0)]
        whole = {self._items[one.index].kind for one in found if one.likeness >= BARE}
        # Where a film is called "The Godfather", the second part of it is hardly meant.
        found += [one for one in self._in_part(bare) if self._items[one.index].kind not in whole]
        found += self._with_maker(bare)
        if not found and (show := _EPISODE_END.sub("", title)) != title:
            same = (
                *_scaled(self._exact, show, EPISODE),
                *_scaled(self._bare, without_brackets(show), EPISODE),
            )
            found = [one for one in same if self._items[one.index].kind == "series"]
        return _best(found)

    def _in_part(self, title: str) -> list[Candidate]:
        key, words = key_of(title), len(words_of(title))
        heads = dict.fromkeys(self._parts["head"].get(key, ()))
        by_year = sorted((i for i, _ in heads), key=lambda i: -(self._items[i].year or 9999))
        first = {self._items[i].kind: i for i in by_year}.values()  # of each kind
        # "Star Wars" is the first film of that name sooner than the ninth, and "Hostel" no second part.
        found = [
            Candidate(i, PART["head"] * (3 if i in first and len(heads) > 1 else 1))
            for i, numerals in heads
            if numerals in ((), ("1",)) or (i in first and len(heads) > 1)
        ]
        if words > 2:
            found += [Candidate(i, PART["tail"]) for i, _ in self._parts["tail"].get(key, ())]
        for head, tail in heads_and_tails(title):
            if not numerals_of(words_of(tail)):
                found += [
                    Candidate(i, likeness * SUBTITLE_MORE, alone=False)
                    for i, _, likeness in self._exact.get(key_of(head), ())
                ]
        return found

    def _with_maker(self, title: str) -> list[Candidate]:
        """Title and maker in one line, in either order."""
        halves = [title.rpartition(between)[::2] for between in _BESIDE]
        return [
            Candidate(index, likeness, maker)
            for one, other in halves
            for name, maker in ((one, other), (other, one))
            if name and maker
            for index, _, likeness in self._exact.get(key_of(name), ())
            if same_maker(maker, self._items[index].makers)
        ]

    def misspelled(self, titles: Sequence[str]) -> list[list[Candidate]]:
        """For each title the items whose titles are a few slips of the finger away."""
        found: list[list[Candidate]] = [[] for _ in titles]
        rows: dict[str, list[int]] = defaultdict(list)
        for row, title in enumerate(titles):
            key = next(iter(spelled_keys(without_brackets(title))), "")
            if _SHORTEST_SLIP <= len(key) <= _LONGEST_SLIP:
                rows[key].append(row)
        for letter, keys in groupby(sorted(rows), key=lambda key: key[0]):
            self._compare(list(keys), self._by_letter.get(letter, []), rows, titles, found)
        if len(rows) <= _FIRST_LETTER_TITLES:
            self._compare(list(rows), self._keys, rows, titles, found, most=1, scale=FIRST_SLIP)
        return [_best(ones) for ones in found]

    def _compare(
        self,
        queries: Sequence[str],
        keys: Sequence[str],
        rows: Mapping[str, list[int]],
        titles: Sequence[str],
        found: list[list[Candidate]],
        most: int = 3,
        scale: float = 1.0,
    ) -> None:
        """Add to `found` what lies within the slips that a title's length allows, at most `most`."""
        if not queries or not keys:
            return
        slips = process.cdist(queries, keys, scorer=OSA.distance, score_cutoff=most, dtype=np.uint8)  # (Q, K)
        for q, k in zip(*np.nonzero(slips <= most), strict=True):
            for index, title, part in self._slips[keys[k]]:
                for row in rows[queries[q]]:
                    likeness = self._slip_likeness(without_brackets(titles[row]), title, int(slips[q, k]))
                    if likeness:
                        found[row].append(Candidate(index, likeness * part * scale))

    def _slip_likeness(self, typed: str, correct: str, slips: int) -> float:
        """0 where the two cannot be one: too many slips for their length, other numerals, a short plural."""
        length = len(spelled_keys(typed)[-1])
        if slips > (1 if length < 10 else 2 if length < 18 else 3) or not self._same_numbers(typed, correct):
            return 0.0
        if length <= SURE_LENGTH and _is_plural(spelled_keys(typed), spelled_keys(correct)):
            return PLURAL
        in_article = words_of(correct)[-1:] and plain_words(typed)[1:] == words_of(correct)
        if slips and not in_article and (length < _LONG or slips > 1) and self._says_something(typed):
            return WORDS_OF_ITS_OWN * SLIPS[slips]
        return SHORT_SLIP if length < SURE_LENGTH else SLIPS[slips]

    def _same_numbers(self, typed: str, correct: str) -> bool:
        """Whether the two count the same; of "Blade IuI" and "Blade II" a slip is the likelier reason."""
        slips = [(a, b) for a, b in zip(plain_words(typed), plain_words(correct), strict=False) if a != b]
        if len(slips) == 1 and is_numeral(slips[0][1]):
            return slips[0][0] not in self._words and not is_numeral(slips[0][0])
        return same_numbers(typed, correct)

    def _says_something(self, title: str) -> bool:
        """Whether every word of a title is one that other titles use."""
        return all(word in self._words for word in plain_words(title))


def _is_plural(keys: Sequence[str], others: Sequence[str]) -> bool:
    """ "Alien" and "Aliens", but not "Witnes" and "Witness"."""
    shorter_longer = ((a, b) if len(a) < len(b) else (b, a) for a in keys for b in others)
    return any(f"{short}s" == long and not short.endswith("s") for short, long in shorter_longer)


def same_maker(name: str | None, makers: Sequence[str]) -> bool | None:
    """Whether one of the names is a maker ("Herbert, Frank" is "Frank Herbert"); None if unknown."""
    if not name or not makers:
        return None
    known = [frozenset(words_of(maker)) for maker in makers]
    names = [frozenset(words_of(name)), *(frozenset(words_of(one)) for one in name.split(","))]
    return any(one and (one <= maker or maker <= one) for one in names for maker in known if maker)


def _scaled(
    titles: Mapping[str, list[tuple[int, str, float]]], title: str, scale: float = 1.0
) -> list[Candidate]:
    return [
        Candidate(index, likeness * scale * (1.0 if same_article(title, other) else OTHER_ARTICLE))
        for index, other, likeness in titles.get(key_of(title), ())
    ]


def _best(found: Iterable[Candidate]) -> list[Candidate]:
    best: dict[int, Candidate] = {}
    for one in found:
        kept = best.get(one.index)
        if kept is None or (one.maker is not None, one.likeness) > (kept.maker is not None, kept.likeness):
            best[one.index] = one
    return list(best.values())
