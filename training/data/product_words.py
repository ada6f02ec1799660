"""Titles of shops -> the brand and, where no table knows it, the kind of product.

Shop titles are lists of words, and a shop's brand field is often missing. A brand is what many titles begin
with; a kind is what several titles call their product.
"""

import re
from collections import Counter
from collections.abc import Sequence

MIN_BRAND_TITLES = 5
MIN_BRAND_START = 0.4  # share of its occurrences in which a brand begins the title
BRAND_EXTENSION = 0.5  # share of the titles of a prefix that must go on with the next word
MIN_KIND_TITLES = 3

_WORD = re.compile(r"[^\W\d_][\w'’.&+-]*[\w.]|&")
_PART = re.compile(r"[,;:()\[\]/|]| - ")
_FILLER_WORDS = (
    "a an and & the of for with by in on to from your our you it is all new set pack count ounce ounces "
    "oz fl fluid inch inches size pcs pc piece pieces ml cm mm lb gram grams assorted colors color may "
    "vary each box bottle tube kit free made one two three large small medium mini great best value "
    "case pair per edition style single double series black white red blue pink green yellow purple "
    "brown silver gold orange grey gray multi multicolor toy toys game product products item items ages "
    "age years plus super high quality full length height up or as at this that only x w no not long "
    "short york day mrs mr dr top get out look packs lot mil lbs regular normal type professional "
    "original classic natural perfect ultimate deluxe premium beauty care home base extra light dark "
    "control formula collection design designs kids child children boys girls boy girl baby fun first "
    "little big play playset card cards system use used has have so more than most very real good "
    "better usa made makes make about direct total special official authentic genuine brand compatible "
    "replacement random style styles piece"
)
_FILLER = frozenset(_FILLER_WORDS.split())


class TitleWords:
    """What the titles of one catalogue have in common; built once from all of them."""

    def __init__(self, titles: Sequence[str]) -> None:
        self._starts: Counter[str] = Counter()
        self._titles_with: Counter[str] = Counter()
        for title in titles:
            words = title.split()
            self._starts.update({" ".join(words[:n]).casefold() for n in (1, 2, 3)})
            self._titles_with.update(_phrases(title))

    def brand(self, title: str) -> str | None:
        """The brand that a title begins with, or None."""
        words = [word.rstrip(",:;-") for word in title.split()[:3]]
        if not words or not _is_word(words[0]):
            return None
        count = self._starts[words[0].casefold()]
        if count < MIN_BRAND_TITLES or count < MIN_BRAND_START * self._titles_with[words[0].casefold()]:
            return None
        brand = words[:1]
        for word in words[1:]:
            longer = self._starts[" ".join((*brand, word)).casefold()]
            if longer < BRAND_EXTENSION * count or not (_is_word(word) or word == "&"):
                break
            brand.append(word)
        return " ".join(brand).removesuffix(" &")

    def kind(self, title: str) -> tuple[str, ...]:
        """What a title calls the product: the last words of its first part, if other titles have them."""
        words = _PART.split(title)[0].casefold().split()[-2:]
        for phrase in (" ".join(words), *words[-1:]):
            if self._titles_with[phrase] >= MIN_KIND_TITLES and not any(c.isdigit() for c in phrase):
                return (phrase,)
        return ()


def _is_word(word: str) -> bool:
    return len(word) > 1 and word.casefold() not in _FILLER and not any(c.isdigit() for c in word)


def _phrases(title: str) -> set[str]:
    """Single words and pairs of neighbours that say something, in lower case."""
    found = set()
    for part in _PART.split(title.casefold()):
        words = [word.strip(".'’") for word in _WORD.findall(part)]
        telling = [_is_word(word) and len(word) > 2 for word in words]
        found.update(word for word, tells in zip(words, telling, strict=True) if tells)
        pairs = zip(words, words[1:], telling, strict=False)
        found.update(
            f"{word} {next_word}" for word, next_word, tells in pairs if tells and _is_word(next_word)
        )
    return found
