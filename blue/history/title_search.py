"""Typing ahead: the works whose titles a visitor may be writing, from the letters typed so far.

Every typed word is the beginning of a word of the title, in any order, whatever the case, accents, alphabet,
articles and numerals; a year is that of the work. Where that finds too little, each word of four letters may
have a slip, and longer ones two. What is found is ordered by

    log choice_weight(popularity) + what speaks for the title - what its slips cost

so that the better known work comes first unless another one is named to the letter.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from blue.datatypes import Item
from blue.history.matching import choice_weight
from blue.history.titles import plain_words, without_brackets, words_of

WHOLE_TITLE, TITLE_BEGINS = 6.0, 2.0  # the first names "Heat" among "The Heat Is On" and better known ones
OTHER_TITLE = 0.5  # less for a title that the work is not known by
BEGINNING, SLIP = 0.1, 3.0  # less for each word that is not ended, and for each of its slips
NO_ARTICLE = 1.0  # less for an article that the title lacks
MOST_WORDS = 8  # that are searched for; who typed so many has named the work
MOST_SLIPS = 3  # words, the longest, that may have a slip where each of them is a word
ENOUGH = 3  # works found as typed, from which slips are not looked for
_ARTICLES = frozenset({"the", "a", "an", "le", "la", "les", "un", "une", "der", "die", "das", "el", "il"})
_SURE, _LONG = 4, 8  # letters from which a word may have one slip, and two
_LONGEST = 24  # letters of a beginning that slips are looked for in
_LAST = "\U0010ffff"


class TitleSearch:
    """The titles and other titles of items, by their words; built once, asked at every key."""

    def __init__(self, items: Sequence[Item]) -> None:
        named = [
            (position, title, title != item.title)
            for position, item in enumerate(items)
            for title in dict.fromkeys((item.title, *item.aliases))
        ]
        self._items = tuple(items)
        self._item = np.array([position for position, *_ in named], dtype=np.intp)  # (T,) of each title
        known = np.log([choice_weight(item.popularity) for item in items])[self._item] if named else []
        self._worth = np.array(known) - OTHER_TITLE * np.array([other for *_, other in named], dtype=float)
        self._index_words([title for _, title, _ in named])
        self._keys = sorted((key, row) for row, (_, title, _) in enumerate(named) for key in _keys(title))

    def _index_words(self, titles: Sequence[str]) -> None:
        """The sorted vocabulary, with the rows (T) of each word's titles one after another."""
        rows_of: dict[str, list[int]] = defaultdict(list)
        for row, title in enumerate(titles):
            year = self._items[self._item[row]].year
            for word in {*plain_words(title), *words_of(title), *([str(year)] if year else [])}:
                rows_of[word].append(row)
        self._words = sorted(rows_of)
        self._starts = np.cumsum([0, *(len(rows_of[word]) for word in self._words)])
        self._rows = np.fromiter((row for word in self._words for row in rows_of[word]), dtype=np.intp)
        beginnings: dict[int, set[str]] = defaultdict(set)
        for word in self._words:
            for length in range(_SURE - 1, min(len(word), _LONGEST) + 1):
                beginnings[length].add(word[:length])
        self._beginnings = {length: sorted(ones) for length, ones in beginnings.items()}

    def search(self, typed: str, most: int, kinds: Collection[str] = ()) -> tuple[Item, ...]:
        """At most so many items of these kinds (none means all), the likeliest first."""
        words = plain_words(typed)[:MOST_WORDS]
        if not words:
            return ()
        found = self._ordered(words, self._costs(words), kinds)
        if len(found) < ENOUGH:
            unknown = [word for word in words if not self._begun(word)]
            doubted = unknown or sorted(words, key=len)[-MOST_SLIPS:]
            more = self._ordered(words, self._costs(words, doubted), kinds)
            found = list(dict.fromkeys((*found, *more)))
        return tuple(self._items[position] for position in found[:most])

    def _ordered(self, words: Sequence[str], costs: np.ndarray, kinds: Collection[str]) -> list[int]:
        """Positions of the items whose titles' costs (T,) are finite, each once, best first."""
        scores = self._worth - costs
        whole, begins = self._by_key("".join(words))
        scores[begins] = np.maximum(scores[begins], self._worth[begins]) + TITLE_BEGINS
        scores[whole] += WHOLE_TITLE
        rows = np.flatnonzero(np.isfinite(scores))
        order = rows[np.argsort(-scores[rows], kind="stable")]
        items = dict.fromkeys(self._item[order].tolist())
        return [position for position in items if not kinds or self._items[position].kind in kinds]

    def _by_key(self, key: str) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the titles that are `key` but for spaces ("Spider-Man" is "spiderman"), or begin so."""
        first, last = bisect_left(self._keys, (key,)), bisect_left(self._keys, (key + _LAST,))
        near = self._keys[first:last]
        whole = np.unique([row for other, row in near if other == key]).astype(np.intp)
        return whole, np.unique([row for _, row in near]).astype(np.intp)

    def _costs(self, words: Sequence[str], doubted: Collection[str] = ()) -> np.ndarray:
        """(T,) what each title's words cost, infinite where a word is missing that must be there."""
        costs = np.zeros(len(self._item))
        for word in words:
            of_word = np.full(len(self._item), self._missing(word, doubted) if len(words) > 1 else np.inf)
            spans = [*self._as_typed(word), *(self._misspelled(word) if word in doubted else ())]
            for first, last, cost in spans:
                rows = self._rows[self._starts[first] : self._starts[last]]
                of_word[rows] = np.minimum(of_word[rows], cost)
            costs += of_word
        return costs

    @staticmethod
    def _missing(word: str, doubted: Collection[str]) -> float:
        """What it costs a title to lack a word: little for an article, a slip for "teh" in "teh matirx"."""
        if word in _ARTICLES:
            return NO_ARTICLE
        return SLIP if doubted and len(word) < _SURE else np.inf

    def _begun(self, beginning: str) -> range:
        """The places in the vocabulary of the words that begin so."""
        return range(bisect_left(self._words, beginning), bisect_left(self._words, beginning + _LAST))

    def _as_typed(self, word: str) -> Iterator[tuple[int, int, float]]:
        """Ranges of the vocabulary that a typed word may be, and what each costs."""
        begun = self._begun(word)
        yield begun.start, begun.stop, BEGINNING
        if begun and self._words[begun.start] == word:
            yield begun.start, begun.start + 1, 0.0

    def _misspelled(self, word: str) -> Iterator[tuple[int, int, float]]:
        """Ranges of the vocabulary whose beginning is the typed word but for its slips."""
        allowed = (len(word) >= _SURE) + (len(word) >= _LONG)
        for length in range(len(word) - 1, len(word) + 2) if allowed else ():
            near = self._beginnings.get(length, [])
            slips = process.cdist([word], near, scorer=OSA.distance, score_cutoff=allowed, dtype=np.uint8)
            for n in np.flatnonzero(slips <= allowed):  # (1, B) of one word
                begun = self._begun(near[n])
                yield begun.start, begun.stop, SLIP * int(slips[0, n])


def _keys(title: str) -> set[str]:
    """The letters of a title with and without its article and what is in brackets."""
    return {"".join(of(one)) for one in (title, without_brackets(title)) for of in (plain_words, words_of)}
