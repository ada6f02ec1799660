"""Texts -> the words that mean something, without their endings, so that two spellings of one word meet."""

import re
from functools import lru_cache

import snowballstemmer

_STEMMER = snowballstemmer.stemmer("english")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$")
_DECADE = re.compile(r"(?:1[89]|20)?(\d0)s")
_BRITISH = re.compile(r"(?<=..)our(?=s?$|ful|ed|ing|ite)")

_WORDS_OF_GRAMMAR = (
    "a about above after again against all along also although among an and another any anybody anyone "
    "anything are around as at away back be because been before being below beneath beside between beyond "
    "both but by can could did do does doing down during each either else ever every everyone everything "
    "few for from further get gets getting give gives go goes going had has have having he her here him "
    "himself his how however i if in inside instead into is it its itself just kind kinds least less let "
    "lets like likes lot made make makes many may me might more most much must my near neither never no "
    "nor not nothing now of off often on once one ones only onto or other others our out outside over own "
    "per put puts rather s same she should since so some someone something sort sorts still such t take "
    "takes than that the their them themselves then there these they thing things this those though "
    "through till to together too toward towards turn turns under until up upon us very via was way ways "
    "we well were what whatever when where whether which while who whom whose why will with within "
    "without would yet you your"
)
FUNCTION_WORDS = frozenset(_WORDS_OF_GRAMMAR.split())


def words_of(text: str) -> list[str]:
    """Words in lower case, without possessive endings; decades are told by their last digits.

    >>> words_of("The captain's 1990s comic-book world")
    ['the', 'captain', '90s', 'comic', 'book', 'world']
    """
    words = (_POSSESSIVE.sub("", word) for word in _WORD.findall(text.casefold()))
    return [_DECADE.sub(r"\1s", word) if word[0].isdigit() else word for word in words]


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A word of `words_of` without its ending, British spelling folded.

    >>> stem("vampires"), stem("humour"), stem("obsessive")
    ('vampir', 'humor', 'obsess')
    """
    return _STEMMER.stemWord(_BRITISH.sub("or", word))


def content_stems(text: str) -> tuple[str, ...]:
    """The stems of a text's words in order, without function words and single letters.

    >>> content_stems("Loves the obsessive heroes of spy films")
    ('love', 'obsess', 'hero', 'spi', 'film')
    """
    return tuple(stem(word) for word in words_of(text) if len(word) > 1 and word not in FUNCTION_WORDS)


def folded(phrase: str) -> str:
    """One name for the spellings of a theme: "true story" and "based on a true story" are one.

    >>> folded("true stories") == folded("based on a true story"), folded("A.I.")
    (True, 'a.i.')
    """
    stems = [content_stem for content_stem in content_stems(phrase) if content_stem not in ("base", "set")]
    return " ".join(sorted(stems)) or phrase.casefold()
