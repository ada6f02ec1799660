"""Titles of shops -> the kind of product, its brand, and the words products share.

Shop titles are lists of words, and a shop's brand field is often missing. A brand is what many titles
begin with; a telling phrase is one that several titles share and few have.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

MIN_BRAND_TITLES = 5
MIN_BRAND_START = 0.4  # share of its occurrences in which a brand begins the title
BRAND_EXTENSION = 0.5  # share of the titles of a prefix that must go on with the next word
MIN_PHRASE_TITLES = 3
MAX_PHRASE_SHARE = 0.02  # of all titles; what more of them have tells products apart no longer
MIN_COHESION = 0.25  # share of the rarer word's titles that have the whole phrase
MAX_PHRASES = 6  # of one product
LOWER_CASE_SHARE = 0.004  # of a word's occurrences; shop titles capitalise nearly everything

_WORD = re.compile(r"[^\W\d_][\w'’.&+-]*[\w.]|&")
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
        self._total = len(titles)
        self._starts: Counter[str] = Counter()
        self._titles_with: Counter[str] = Counter()
        self._spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for title in titles:
            words = title.split()
            self._starts.update({" ".join(words[:n]).casefold() for n in (1, 2, 3)})
            phrases = set(_phrases(title))
            self._titles_with.update({phrase.casefold() for phrase in phrases})
            for phrase in phrases:
                self._spellings[phrase.casefold()][phrase] += 1

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

    def telling(self, title: str, besides: str = "") -> tuple[str, ...]:
        """The phrases of a title that several titles share, the most telling first, none inside another."""
        known = besides.casefold()
        candidates = {
            phrase.casefold()
            for phrase in _phrases(title)
            if self._is_telling(phrase.casefold()) and phrase.casefold() not in known
        }
        chosen: list[str] = []
        for phrase in sorted(candidates, key=lambda p: (-len(p.split()), self._titles_with[p], p)):
            if not any(set(phrase.split()) & set(other.split()) for other in chosen):
                chosen.append(phrase)
        return tuple(self._spelling(phrase) for phrase in chosen[:MAX_PHRASES])

    def _is_telling(self, phrase: str) -> bool:
        count = self._titles_with[phrase]
        if not MIN_PHRASE_TITLES <= count <= MAX_PHRASE_SHARE * self._total:
            return False
        words = phrase.split()
        return len(words) == 1 or count >= MIN_COHESION * min(self._titles_with[word] for word in words)

    def _spelling(self, phrase: str) -> str:
        """A pair as a name if one of its words is hardly ever in lower case; all else in lower case."""
        if " " not in phrase or all(self._is_ordinary(word) for word in phrase.split()):
            return phrase
        spellings = self._spellings[phrase]
        written, _ = min(spellings.items(), key=lambda pair: (-pair[1], pair[0]))
        return written.title() if written.isupper() and len(written) > 5 else written

    def _is_ordinary(self, word: str) -> bool:
        return self._spellings[word][word] > LOWER_CASE_SHARE * self._spellings[word].total()

    def kind(self, title: str) -> tuple[str, ...]:
        """What a title calls the product: the last words of its first part, if other titles have them."""
        words = re.split(r"[,;:()\[\]/|]| - ", title)[0].split()[-2:]
        for phrase in (" ".join(words).casefold(), *(word.casefold() for word in words[-1:])):
            if self._titles_with[phrase] >= MIN_PHRASE_TITLES and not any(c.isdigit() for c in phrase):
                return (self._spelling(phrase),)
        return ()


def _is_word(word: str) -> bool:
    return len(word) > 1 and word.casefold() not in _FILLER and not any(c.isdigit() for c in word)


def _phrases(title: str) -> Iterable[str]:
    """Single words and pairs of neighbours, as they are written."""
    for part in re.split(r"[,;:()\[\]/|]| - ", title):
        words = [word.strip(".'’") for word in _WORD.findall(part)]
        for position, word in enumerate(words):
            if not _is_word(word) or len(word) < 3:
                continue
            yield word
            following = words[position + 1 : position + 2]
            if following and _is_word(following[0]) and following[0].casefold() != word.casefold():
                yield f"{word} {following[0]}"
