"""A question or a part of it -> the conditions it sets, by plain rules (English).

Each rule finds its words once: what a rule has taken, the next no longer sees. What stands behind "not",
"no", "without" and the like is unwanted, until the clause ends.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from blue.answering.filters import Company, Filters, Years
from blue.answering.vocabulary import LONGEST_PHRASE, Trait, Vocabulary, common

MOST_LISTED = 50  # items of one answer
RECENT_YEARS = 5  # before the newest item
OLD = 1969  # the last year of what is old

_NUMBERS = {
    word: number
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
} | {"twenty": 20, "a couple of": 2, "a few": 3, "a dozen": 12, "a single": 1}
_DECADES = {
    "twenties": 20, "thirties": 30, "forties": 40, "fifties": 50, "sixties": 60, "seventies": 70,
    "eighties": 80, "nineties": 90,
}  # fmt: skip
_CENTURIES = {"eighteenth": 18, "nineteenth": 19, "twentieth": 20, "twenty-first": 21}
_YEAR = r"(?:1[0-9]|20)\d\d"
_NEGATION = re.compile(
    r"\b(?:anything but|everything but|all but|other than|apart from|except(?: for)?|excluding|without|"
    r"not(?! only| just)|no(?! one| idea| matter)|never|nothing(?! but)|none|neither|nor|\w+n't|avoid|"
    r"(?:sick|tired|enough) of)\b"
)
_END_OF_NEGATION = re.compile(
    r"(?<!anything )(?<!everything )(?<!all )\bbut\b|[;.:?!]|\bonly\b|\binstead\b|\bplease\b|\brather\b|"
    r"(?:\band|,) (?=(?:with|from|by|for|something|a|an|preferably|set|about|rather|just)\b)"
)
_TOGETHER = re.compile(r"^(?:\s|,|\b(?:or|and|a|an|some|by|films?|movies?|books?|novels?|series|shows?)\b)*$")
_FRAME = re.compile(
    r"\b(?:what|which|who|whom|how|should|could|can|shall|would|will|might|do|does|did|have|has|are|is|am|be|been|"
    r"i|we|me|us|you|my|your|our|it|its|them|they|he|she|watch|see|read|next|tonight|today|now|this|that|these|"
    r"those|there|recommend\w*|suggest\w*|find|give|show|name|list|tell|top|best|some|something|anything|any|thing|"
    r"things|one|ones|good|great|nice|new|other|another|more|to|for|a|an|the|please|of|or|and|but|by|about|at|on|"
    r"films?|movies?|books?|novels?|series|shows?|titles?|works?|stor(?:y|ies)|like|love|enjoy|want|need|prefer|"
    r"in|mood|from|with|without|set|made|directed|written|released|published|evening|night|weekend|summer|winter|"
    r"holiday|spring|autumn|not|no|never|nothing|none|except|only|just|instead|rather|than|really|so|very|too|"
    r"kind|sort|kinds|sorts|type|feel|feeling|looking|hi|hello|hey|ok|maybe|where|when|if|time|kids?|got|get|"
    r"binge\w*|year|years|decade|era|starring|featuring|let|let's|time|take|pick|choose|start|buy|try)\b",
)
_KINDS = (
    ("movie", r"\b(?:films?|movies?|cinema|motion pictures?)\b"),
    ("series", r"\b(?:series|tv shows?|shows?|tv|sitcoms?|box ?sets?|miniseries)\b"),
    ("book", r"\b(?:books?|novels?|audiobooks?|paperbacks?|bedtime stor(?:y|ies))\b"),
)
_DEEDS = (  # kinds that a deed speaks of where no kind is named
    (("movie", "series"), r"\b(?:watch\w*|see|seen|rewatch|tonight|binge)\b"),
    (("book",), r"\b(?:read|reading|reread)\b"),
)
_AGE = r"(?P<age>\d{1,2}|" + "|".join(list(_NUMBERS)[:12]) + r")[\s-]*years?[\s-]*olds?"
_COMPANY: tuple[tuple[Company | None, str], ...] = (
    (
        None,
        rf"\b(?:with|for|and)?\s*(?:an?|my|our|the)?\s*{_AGE}(?:\s+\w*(?:son|daughter|child|kid|boy|girl))?\b",
    ),
    ("teenagers", r"\b(?:with|for)\s+(?:\w+\s+){0,2}(?:teens?|teenagers?|teenage (?:son|daughter|kids?))\b"),
    (
        "children",
        r"\b(?:with|for)\s+(?:\w+\s+){0,2}(?:kids?|child(?:ren)?|toddlers?|son|daughter|sons|daughters|nieces?|"
        r"nephews?|grand(?:son|daughter|child|children)|family)\b",
    ),
    (
        "elders",
        r"\b(?:with|for)\s+(?:\w+\s+){0,2}(?:mum|mom|mother|dad|father|parents|grand(?:mother|father|parents)|"
        r"grandma|grandpa|granny|in-laws|mother-in-law|father-in-law|boss|colleagues)\b",
    ),
)
_NEW_TO_ME = re.compile(  # nothing else is ever recommended
    r"\b(?:that|which)?\s*(?:i|we)\s+(?:haven't|have not|have never|never|did not|didn't|don't|do not)\s+"
    r"(?:yet\s+)?(?:seen|see|read|saw|watched?|know|known)(?:\s+(?:yet|before|already))?\b",
    re.IGNORECASE,
)
_UNKNOWN = (
    (
        r"\b(?:on|via) (?:netflix|prime(?: video)?|disney\+?|hulu|hbo|max|apple tv\+?|youtube|mubi)",
        "where it can be seen",
    ),
    (r"\b(?:in|at) (?:the )?(?:cinemas?|theat(?:er|re)s?)\b", "where it can be seen"),
    (
        r"\b(?:under|less than|at most|shorter than|longer than|over|more than|only)\s+"
        r"(?:an?|\d+|one|two|three|half an)\s+(?:hours?|minutes?|mins?|pages?)\b|"
        r"\b\d+[- ](?:hours?|minutes?|mins?|pages?)\b",
        "how long it is",
    ),
    (r"\b(?:oscars?|academy awards?|award[- ]winning|prize[- ]winning|awards?)\b", "which prizes it won"),
    (
        r"\b(?:subtitles|dubbed|in (?:english|french|german|spanish|italian))\b",
        "in which language it can be had",
    ),
    (r"\b(?:imdb|rotten tomatoes|critics|goodreads) ?(?:score|rating)?s?\b", "what others gave it"),
    (r"\b(?:short|long)(?:er|est)?\b(?![\s-]+stor|-)", "how long it is"),
    (
        r"\b(?:(?:with|for) )?(?:my|a) (?:wife|husband|partner|girlfriend|boyfriend|friends?|spouse)\b"
        r"(?: and i| and me)?",
        "what others like",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class _Found:
    """What a rule found, and where."""

    start: int
    end: int
    what: Trait | Years | str  # a string is a kind


def read_filters(text: str, vocabulary: Vocabulary, kinds: Sequence[str]) -> Filters:
    """The conditions in a text; `kinds` are those of the catalogue."""
    reading = _Reading(text.replace("’", "'"), vocabulary, kinds)
    company = reading.company()  # before the years: "a ten-year-old" is not old
    years = list(reading.years())
    unknown = reading.unknown()
    count = reading.count()
    traits = list(reading.traits())
    unknown += reading.unknown_makers()
    named = list(reading.kinds())
    wanted_kinds = tuple(dict.fromkeys(one.what for one in named if not reading.negated(one)))
    if not wanted_kinds:
        wanted_kinds = reading.of_deeds()
    wanted = [trait for trait in traits if not reading.negated(trait)]
    words, unwanted = reading.rest()
    return Filters(
        kinds=tuple(kind for kind in wanted_kinds if kind in kinds),
        unwanted_kinds=tuple(dict.fromkeys(one.what for one in named if reading.negated(one))),
        wanted=reading.grouped(wanted),
        unwanted=tuple(trait.what for trait in traits if reading.negated(trait)),
        years=tuple(year.what for year in years if not reading.negated(year)),
        unwanted_years=tuple(year.what for year in years if reading.negated(year)),
        company=company,
        count=count,
        words=words,
        unknown=(*unknown, *(f"what is “{word}”" for word in unwanted)),
    )


class _Reading:
    """A text that rules take their words from; taken ones become spaces, so that places stay."""

    def __init__(self, text: str, vocabulary: Vocabulary, kinds: Sequence[str]) -> None:
        text = _NEW_TO_ME.sub(lambda match: " " * len(match[0]), text)
        self._text, self._lower = text, text.lower()
        self._left = self._lower
        self._vocabulary, self._kinds = vocabulary, kinds

    def years(self) -> Iterator[_Found]:
        """Spans of years."""
        for pattern, span in _YEAR_RULES:
            for match in self._taken(pattern):
                yield _Found(match.start(), match.end(), span(match))
        for _ in self._taken(
            r"\b(?:recent(?:ly)?|latest|newest|modern|new(?=\s+(?:films?|movies?|books?|novels?|series|ones)))\b"
        ):
            yield _Found(_.start(), _.end(), Years(self._vocabulary.newest - RECENT_YEARS + 1))
        for _ in self._taken(r"\b(?:old|older|vintage)\b(?! enough| age)"):
            yield _Found(_.start(), _.end(), Years(None, OLD))

    def company(self) -> Company | None:
        """Whom it is watched or read with, where that says what is fit."""
        for company, pattern in _COMPANY:
            for match in self._taken(pattern):
                if company is not None:
                    return company
                age = _NUMBERS.get(match["age"]) or int(match["age"])
                if age < 18:
                    return "children" if age <= 12 else "teenagers"
        return None

    def unknown(self) -> tuple[str, ...]:
        """What is asked that no catalogue of this project knows."""
        return tuple(dict.fromkeys(said for pattern, said in _UNKNOWN for _ in self._taken(pattern)))

    def count(self) -> int | None:
        """How many items are asked for."""
        words = "|".join(_NUMBERS)
        pattern = (
            rf"\b(?P<count>\d{{1,3}}|{words})\b(?!\s*(?:stars?|hours?|minutes?|seasons?|parts?|"
            r"of (?:my|the|these))|\s*[-–]|\s*%|\s+or\b)"
        )
        for match in self._taken(pattern, most=1):
            count = _NUMBERS.get(match["count"]) or int(match["count"])
            return max(1, min(count, MOST_LISTED))
        return None

    def traits(self) -> Iterator[_Found]:
        """Genres, themes and makers, the longest phrases first."""
        spans = [match.span() for match in re.finditer(r"[\w'-]+", self._left)]
        at = 0
        while at < len(spans):
            for size in range(min(LONGEST_PHRASE, len(spans) - at), 0, -1):
                start, end = spans[at][0], spans[at + size - 1][1]
                if self._ends_with_kind(spans[at : at + size]):
                    continue  # "self-help books" are books of self-help
                if trait := self._trait(start, end):
                    self._take(start, end)
                    yield _Found(start, end, trait)
                    at += size - 1
                    break
            at += 1

    def _ends_with_kind(self, spans: Sequence[tuple[int, int]]) -> bool:
        """Whether words are a trait and a kind: the trait alone has more items than a theme of that name."""
        last = self._left[slice(*spans[-1])]
        if len(spans) < 2 or not any(re.fullmatch(pattern, last) for _, pattern in _KINDS):
            return False
        return self._trait(spans[0][0], spans[-2][1]) is not None

    def _trait(self, start: int, end: int) -> Trait | None:
        said = self._left[start:end]
        if re.search(r"[,;:.!?]|  ", said) or not said.strip("-'"):
            return None
        phrase = common(said)
        made_by = re.search(r"\bby$", self._lower[:start].rstrip()) is not None
        found = None if _FRAME.fullmatch(said) and not made_by else self._vocabulary.trait(phrase)
        if " " not in phrase and (made_by or (found is None and self._is_surname(start, end))):
            return self._vocabulary.maker(phrase) or found
        return found

    def _is_surname(self, start: int, end: int) -> bool:
        """Whether a word is written as a name that stands alone: "Kubrick", not a part of "Mary Poppins"."""
        alone = not re.match(r"\s+[A-Z]", self._text[end:]) and not re.search(
            r"\b[A-Z]\w+\s+$", self._text[1:start]
        )
        return start > 0 and self._text[start].isupper() and alone

    def unknown_makers(self) -> tuple[str, ...]:
        """Names behind "by" that no rule took: of makers whom the catalogue lacks."""
        names = re.finditer(r"\bby\s+(?P<name>[A-Z][\w.'-]*(?:\s+[A-Z][\w.'-]*)*)", self._text)
        left = [name for name in names if self._left[name.start("name") : name.end("name")].strip()]
        for one in left:
            self._take(*one.span("name"))
        return tuple(f"works by {one['name'].rstrip('.')}" for one in left)

    def kinds(self) -> Iterator[_Found]:
        """The kinds that are named."""
        for kind, pattern in _KINDS:
            for match in self._taken(pattern):
                yield _Found(match.start(), match.end(), kind)
        for kind in set(self._kinds) - {name for name, _ in _KINDS}:
            for match in self._taken(rf"\b{re.escape(kind)}s?\b"):
                yield _Found(match.start(), match.end(), kind)

    def of_deeds(self) -> tuple[str, ...]:
        """The kinds that "watch" and "read" speak of, if it is one of them alone."""
        said = [kinds for kinds, pattern in _DEEDS if re.search(pattern, self._lower)]
        return said[0] if len(said) == 1 else ()

    def negated(self, found: _Found) -> bool:
        """Whether a word of negation stands before it, in the same clause."""
        for match in _NEGATION.finditer(self._lower, 0, found.start):
            if not _END_OF_NEGATION.search(self._lower[match.end() : found.start]):
                return True
        return False

    def grouped(self, found: Sequence[_Found]) -> tuple[tuple[Trait, ...], ...]:
        """Traits of which any will do ("horror or crime", "comedies and dramas") together, others alone."""
        groups: list[list[_Found]] = []
        for one in sorted(found, key=lambda one: one.start):
            between = self._lower[groups[-1][-1].end : one.start] if groups else ""
            if groups and re.search(r",|\bor\b|\band\b", between) and _TOGETHER.match(between):
                groups[-1].append(one)
            else:
                groups.append([one])
        split: list[tuple[Trait, ...]] = []
        for group in groups:
            said = self._lower[group[0].start : group[-1].end]
            any_of = re.search(r"\bor\b", said) or all(self._lower[one.end - 1] == "s" for one in group)
            split += [tuple(one.what for one in group)] if any_of else [(one.what,) for one in group]
        return tuple(split)

    def rest(self) -> tuple[str, tuple[str, ...]]:
        """(what no rule took, without the words that every question has; what of it is not wanted)."""
        blank = re.compile(f"{_FRAME.pattern}|{_NEGATION.pattern}")
        left = blank.sub(lambda match: " " * len(match[0]), self._left)
        words = list(re.finditer(r"[\w'-]{3,}", left))
        unwanted = [word[0] for word in words if self.negated(_Found(*word.span(), word[0]))]
        return " ".join(word[0] for word in words if word[0] not in unwanted), tuple(unwanted)

    def _taken(self, pattern: str, most: int = 20) -> list[re.Match]:
        matches = list(re.finditer(pattern, self._left))[:most]
        for match in matches:
            self._take(*match.span())
        return matches

    def _take(self, start: int, end: int) -> None:
        self._left = self._left[:start] + " " * (end - start) + self._left[end:]


def _decade(match: re.Match) -> Years:
    start = match["decade"]
    first = _DECADES[start] if start in _DECADES else int(start)
    century = match["century"] or ("20" if first < 30 and start not in _DECADES else "19")
    begin, end = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}.get(match["part"] or "", (0, 9))
    return Years(int(century) * 100 + first + begin, int(century) * 100 + first + end)


def _century(match: re.Match) -> Years:
    number = _CENTURIES.get(match["century"]) or int(match["century"])
    return Years((number - 1) * 100 + 1, number * 100)


_YEAR_RULES: tuple[tuple[str, Callable[[re.Match], Years]], ...] = (
    (
        rf"\b(?:between|from)?\s*(?P<first>{_YEAR})\s*(?:-|–|—|and|to|until|till)\s*(?P<last>{_YEAR})\b",
        lambda match: Years(*sorted((int(match["first"]), int(match["last"])))),
    ),
    (
        r"\b(?:the\s+)?(?:(?P<part>early|mid|late)[\s-]+)?(?P<century>1[5-9]|20)?(?P<decade>\d0)['’]?s\b",
        _decade,
    ),
    (
        rf"\b(?:the\s+)?(?:(?P<part>early|mid|late)[\s-]+)?(?P<century>)(?P<decade>{'|'.join(_DECADES)})\b",
        _decade,
    ),
    (rf"\b(?P<century>\d\d|{'|'.join(_CENTURIES)})(?:st|nd|rd|th)?[\s-]century\b", _century),
    (
        rf"\b(?:before|older than|earlier than|pre)[\s-]+(?P<year>{_YEAR})\b",
        lambda match: Years(None, int(match["year"]) - 1),
    ),
    (
        rf"\b(?:until|up to|no later than|by the year)\s+(?P<year>{_YEAR})\b",
        lambda match: Years(None, int(match["year"])),
    ),
    (
        rf"\b(?:after|newer than|later than|post)[\s-]+(?P<year>{_YEAR})\b",
        lambda match: Years(int(match["year"]) + 1),
    ),
    (rf"\b(?:since)\s+(?P<year>{_YEAR})\b", lambda match: Years(int(match["year"]))),
    (rf"\b(?P<year>{_YEAR})\b", lambda match: Years(int(match["year"]), int(match["year"]))),
)
