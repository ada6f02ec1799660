"""A title in its many spellings -> one key: case, accents, articles, punctuation, "&", numerals, brackets."""

import re
import unicodedata
from functools import lru_cache
from itertools import zip_longest

from anyascii import anyascii

_ARTICLE_AT_END = re.compile(
    r"(.+?), (the|an?|le|la|les|l'|un|une|der|die|das|ein|eine|el|los|las|il|lo|gli|i|os?|as?|het|de)(:.*)?",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*")
_SUBTITLE = re.compile(r",?\s+or:\s+|,\s+or,?\s+|\s*[:：]\s+|\s+[–—-]\s+")
_APOSTROPHES = re.compile(r"['’‘`´ʼ]")
_NOT_A_WORD = re.compile(r"[\W_]+")
_ROMAN = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"
}  # fmt: skip
_SPELLED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_NUMBERS = _ROMAN | {word: str(number) for number, word in enumerate(_SPELLED, start=1)}
_LONE_LETTERS = {"i": "1", "v": "5", "x": "10"}  # a numeral only after these words, or at the end
_LONGEST_KEPT = 80  # characters of a title whose words are kept: no cache fills with what is hardly a title
_COUNTED = frozenset({"part", "pt", "episode", "chapter", "volume", "vol"})


def words_of(title: str) -> tuple[str, ...]:
    """Folded words: "Matrix, The" -> ("matrix",), "Rocky II" -> ("rocky", "2")."""
    return _words_of(title) if len(title) <= _LONGEST_KEPT else _words_of.__wrapped__(title)


@lru_cache(maxsize=65536)
def _words_of(title: str) -> tuple[str, ...]:
    words = list(plain_words(title))
    if len(words) > 1 and words[0] in ("the", "a", "an"):
        words = words[1:]
    folded_words = [_numeral(words, i) for i in range(len(words))]
    return tuple(
        word
        for word, following in zip_longest(folded_words, folded_words[1:], fillvalue="")
        if not (word in _COUNTED and following.isdecimal())  # "The Godfather: Part II" is "The Godfather 2"
    )


def plain_words(title: str) -> tuple[str, ...]:
    """The words as they are spelled, without case, accents and signs, in Latin letters.

    >>> plain_words("Matrix, The"), plain_words("Brødre & søstre"), plain_words("Война и мир")
    (('the', 'matrix'), ('brodre', 'and', 'sostre'), ('voina', 'i', 'mir'))
    """
    return _plain_words(title) if len(title) <= _LONGEST_KEPT else _plain_words.__wrapped__(title)


@lru_cache(maxsize=65536)
def _plain_words(title: str) -> tuple[str, ...]:
    if match := _ARTICLE_AT_END.fullmatch(title.strip()):
        title = f"{match[2]} {match[1]}{match[3] or ''}"
    folded = unicodedata.normalize("NFKD", title).casefold().replace("&", " and ")
    letters = "".join(character for character in folded if not unicodedata.combining(character))
    words = _NOT_A_WORD.sub(" ", _APOSTROPHES.sub("", letters))
    return tuple(_APOSTROPHES.sub("", anyascii(words)).casefold().split())


def same_article(one: str, other: str) -> bool:
    """Whether two spellings of one key agree in their first article, or leave it out in lower case alone.

    >>> same_article("Matrix, The", "The Matrix"), same_article("Heat", "The Heat")
    (True, False)
    """
    return _article(one) == _article(other)


def _article(title: str) -> str:
    if match := _ARTICLE_AT_END.fullmatch(title.strip()):
        return match[2].casefold()
    first, _, rest = title.strip().casefold().partition(" ")
    return first if rest and first in ("the", "a", "an") else ""


def key_of(title: str) -> str:
    """The words without spaces ("Spider-Man" is "Spiderman"); a title of signs alone is its own key."""
    return "".join(words_of(title)) or title.strip().casefold()


def spelled_keys(title: str) -> tuple[str, ...]:
    """The letters with and without the title's article: a slip may lie in the article ("Teh Matrix")."""
    words = plain_words(title)
    bare = words[1:] if len(words) > 1 and words[0] in ("the", "a", "an") else words
    return tuple(dict.fromkeys(key for one in (words, bare) if (key := "".join(one))))


def same_numbers(one: str, other: str) -> bool:
    """Whether two titles that differ by slips count the same: "Rocky II" is not "Rocky III".

    >>> same_numbers("Rocky II", "Rocky III"), same_numbers("rhree Colors", "Three Colors")
    (False, True)
    >>> same_numbers("Part One", "Part Two")
    False
    """
    first, second = plain_words(one), plain_words(other)
    spelled = [(a, b) for a, b in zip(first, second, strict=False) if a != b]
    if any(a in _NUMBERS and b in _NUMBERS for a, b in spelled):
        return False
    return _figures(first) == _figures(second)


def is_numeral(word: str) -> bool:
    """Whether a folded word is of digits or Roman, as in "Rocky II" and "Rocky V"."""
    return word.isdecimal() or word in _ROMAN or word in _LONE_LETTERS


def _figures(words: tuple[str, ...]) -> list[str]:
    """Digits and Roman numerals; number words can be mistyped as any other word."""
    read = [_numeral(list(words), i) for i in range(len(words))]
    return [
        number for word, number in zip(words, read, strict=True) if number.isdecimal() and not _is_word(word)
    ]


def _is_word(word: str) -> bool:
    return word in _NUMBERS and word not in _ROMAN


def without_brackets(title: str) -> str:
    """ "Dune (Dune, #1)", "Heat [Blu-ray]" -> the title alone; a title all in brackets stays as it is."""
    return _BRACKETS.sub(" ", title).strip() or title


def heads_and_tails(title: str) -> list[tuple[str, str]]:
    """The title cut at each subtitle: "Sapiens: A Brief History" -> [("Sapiens", "A Brief History")]."""
    cuts = [(title[: match.start()], title[match.end() :]) for match in _SUBTITLE.finditer(title)]
    return [(head, tail) for head, tail in cuts if head.strip() and tail.strip()]


def numerals_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The numbers in a title: "Alien 3" and "Alien" are two films."""
    return tuple(number for word in words for number in re.findall(r"\d+", word))


def _numeral(words: list[str], i: int) -> str:
    word = words[i]
    if word in _LONE_LETTERS and i > 0 and (i == len(words) - 1 or words[i - 1] in _COUNTED):
        return _LONE_LETTERS[word]
    return _NUMBERS.get(word, word)
