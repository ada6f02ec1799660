"""Catalogue titles as their sources file them -> titles as people write them.

Pure functions of one string each. MovieLens files by the word after the article and appends other titles
and the year in brackets ("Boot, Das (Boat, The) (1981)"); Goodreads appends the series
("Mort (Discworld, #4)").
"""

import re
from dataclasses import dataclass

# Filed articles as they occur in MovieLens: English, French, German, Italian, Spanish, Scandinavian, Dutch.
# Case matters: "I Love You, Man" and "Passion, En" must not be confused by a lower-case match.
_ARTICLES = (
    "The|A|An|La|Le|Les|L'|Un|Une|Una|Der|Die|Das|Ein|Eine|Il|Lo|Gli|I|El|Los|Las|Det|Den|En|Ett|De|Het|Da"
)
_FILED_ARTICLE = re.compile(rf"^(?P<body>.+?),\s?(?P<article>{_ARTICLES})(?P<subtitle>:.*)?$")
_YEAR = re.compile(r"\s*\((?P<year>\d{4})(?:[–-]\d{0,4})?\)\s*$")
_LAST_BRACKET = re.compile(r"^(?P<body>.*\S)\s+\((?P<inside>[^()]*)\)$")
_ALSO_KNOWN_AS = re.compile(r"^a\.?k\.?a\.?:?\s+", re.IGNORECASE)
# "Birdman: Or (The Unexpected ...)", "Texts (Part 1 of ...)": these brackets are not another title.
_OPEN_ENDED = re.compile(r"(?::|\b(?:Or|And))$", re.IGNORECASE)
_NOT_A_TITLE = re.compile(r"^(?:part \d.*|epix|\d{1,2})$", re.IGNORECASE)

_SERIES_BRACKET = re.compile(r"^(?P<body>.*\S)\s*\((?P<series>(?:[^()]|\([^()]*\))*#[^()]*)\)\s*$")
_SERIES_NUMBER = re.compile(r"\s*,?\s*#.*$")
_EDITION_BRACKET = re.compile(
    r"\b(?:golden book|edition|classics?|board books?|essentials|illustrated|graphic novel|penguin readers"
    r"|puffin|bookworms|i can read|wonderful world of reading|novel units|basic art|icon editions"
    r"|volume set|read-aloud|dramatization|berkley sensation|brown thrasher|modern critical|disney)\b",
    re.IGNORECASE,
)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")  # direction marks left by web pages


@dataclass(frozen=True)
class NaturalTitle:
    """A title as people write it, and what the source had packed into the same field."""

    title: str
    year: int | None = None
    series: str | None = None
    aliases: tuple[str, ...] = ()


def movie_title(filed: str) -> NaturalTitle:
    """Unpack a MovieLens title: article to the front, year apart, bracketed titles as aliases.

    >>> movie_title("Hate (Haine, La) (1995)")
    NaturalTitle(title='Hate', year=1995, series=None, aliases=('La Haine',))
    """
    rest = tidy(filed)
    year = None
    if match := _YEAR.search(rest):
        year, rest = int(match["year"]), rest[: match.start()]
    inside: list[str] = []
    while (match := _LAST_BRACKET.match(rest)) and not _OPEN_ENDED.search(match["body"]):
        inside.insert(0, match["inside"])
        rest = match["body"]
    title = article_first(rest)
    aliases = [article_first(_ALSO_KNOWN_AS.sub("", text)) for text in inside if not _NOT_A_TITLE.match(text)]
    return NaturalTitle(title, year, aliases=distinct_aliases(title, aliases))


def book_title(filed: str, original: str) -> NaturalTitle:
    """Unpack a Goodreads title; `original` is the first edition's title, used where `filed` is empty.

    >>> book_title("The Hunger Games (The Hunger Games, #1)", "The Hunger Games")
    NaturalTitle(title='The Hunger Games', year=None, series='The Hunger Games', aliases=())
    """
    title, original = tidy(filed) or tidy(original), tidy(original)
    series = None
    if match := _SERIES_BRACKET.match(title):
        title, series = match["body"], series_name(match["series"])
    elif (match := _LAST_BRACKET.match(title)) and _EDITION_BRACKET.search(match["inside"]):
        title = match["body"]
    elif match and match["body"].casefold() == original.casefold():  # "Just a Mess (Little Critter)"
        title, series = original, match["inside"]
    return NaturalTitle(title, series=series, aliases=distinct_aliases(title, [original]))


def series_name(filed: str) -> str | None:
    """The first series of a list, without numbers: "Discworld, #4; Death, #1" -> "Discworld"."""
    return _SERIES_NUMBER.sub("", tidy(filed).split(";")[0]).strip(" ,") or None


def article_first(filed: str) -> str:
    """Move a filed article to where it is spoken: "Avventura, L'" -> "L'Avventura"."""
    match = _FILED_ARTICLE.match(filed.strip())
    if match is None:
        return filed.strip()
    space = "" if match["article"].endswith("'") else " "
    return f"{match['article']}{space}{match['body']}{match['subtitle'] or ''}"


def tidy(text: str) -> str:
    """Collapse runs of white space and drop invisible direction marks."""
    return " ".join(_INVISIBLE.sub("", text).split())


def distinct_aliases(title: str, candidates: list[str]) -> tuple[str, ...]:
    """The candidates that are not the title in other letter case, each once, in order."""
    aliases = {text.casefold(): text for text in reversed(candidates) if text}
    aliases.pop(title.casefold(), None)
    return tuple(reversed(aliases.values()))
