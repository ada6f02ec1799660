"""What a request for a recommendation asks for besides taste: for whom, which genre, from when.

These are conditions: an item either meets them or is no candidate. What is left of the question ("something
slow and quiet") is compared with the items as a text. English only. "For children" asks for the genre of that
name: animation alone is no promise.
"""

import re
from dataclasses import dataclass

from blue.datatypes import Item
from blue.profile import phrases

FOR_CHILDREN = frozenset({"children's", "picture book", "board book"})
NOT_FOR_CHILDREN = frozenset({"horror", "war", "crime", "thriller", "film noir", "erotica", "romance"})
_CHILD_YEARS = 12
_CHILD = re.compile(
    r"\b(?:kids?|child(?:ren)?|toddlers?|son|daughter|niece|nephew|grand(?:son|daughter|child|children)|family)\b",
    re.I,
)
_AGE = re.compile(
    r"\b(?P<age>\d{1,2}|three|four|five|six|seven|eight|nine|ten|eleven|twelve)[\s-]*years?[\s-]*old", re.I
)
_DECADE = re.compile(r"\b(?:the\s+)?(?:(?P<century>19|20))?(?P<decade>\d0)['’]?s\b", re.I)
_FRAME = re.compile(
    r"\b(?:what|which|should|could|can|shall|would|will|do|i|we|me|us|you|my|watch|see|read|next|tonight|today|now|"
    r"recommend|suggest|find|give|some|something|anything|good|great|nice|to|for|a|an|the|please|that|is|are|of|"
    r"films?|movies?|books?|novels?|like|love|enjoy|want|in|mood|from|with|and|be|evening|weekend)\b",
    re.I,
)
_PARTS = {"sci-fi": "science fiction", "scifi": "science fiction", "funny": "comedy", "scary": "horror",
          "romantic": "romance", "animated": "animation", "noir": "film noir"}  # fmt: skip


@dataclass(frozen=True)
class Wishes:
    """Conditions on a recommendation; `words` are what no condition says."""

    for_children: bool = False
    genres: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    words: str = ""

    def allow(self, item: Item) -> bool:
        """Whether an item meets every condition; one without a year meets none about years."""
        genres = {genre.lower() for genre in item.genres}
        if self.for_children and (not genres & FOR_CHILDREN or genres & NOT_FOR_CHILDREN):
            return False
        if any(genre not in genres for genre in self.genres):
            return False
        if self.years is None:
            return True
        return item.year is not None and self.years[0] <= item.year <= self.years[1]

    @property
    def told(self) -> str:
        """The conditions in words, "" for none."""
        parts = ["fit for children"] if self.for_children else []
        parts += list(self.genres)
        if self.years:
            parts.append(f"from {self.years[0]} to {self.years[1]}")
        return ", ".join(parts)


def wishes(question: str) -> Wishes:
    """The conditions in a question.

    >>> wishes("What should I watch tonight with a ten-year-old?").for_children
    True
    >>> wishes("A scary film from the 1980s, please").told
    'horror, from 1980 to 1989'
    """
    plain = question.lower()
    for said, genre in _PARTS.items():
        plain = re.sub(rf"\b{re.escape(said)}\b", genre, plain)
    genres = tuple(
        genre
        for genre in phrases.GENRES
        if genre != "children's" and re.search(rf"\b{re.escape(genre)}(?:s|es)?\b", plain)
    )
    genres = tuple(one for one in genres if not any(one != other and one in other for other in genres))
    words = plain
    for pattern in (_AGE, _CHILD, _DECADE, _FRAME):
        words = pattern.sub(" ", words)
    for genre in genres:
        words = words.replace(genre, " ")
    return Wishes(
        for_children=_is_for_children(question),
        genres=genres,
        years=_years(question),
        words=" ".join(re.findall(r"[\w'-]{3,}", words)),
    )


def _is_for_children(question: str) -> bool:
    if age := _AGE.search(question):
        return not age["age"].isdecimal() or int(age["age"]) <= _CHILD_YEARS
    return bool(_CHILD.search(question))


def _years(question: str) -> tuple[int, int] | None:
    """The decade that is named: "80s", "the 1980s", "2010s"."""
    match = _DECADE.search(question)
    if not match:
        return None
    century = match["century"] or ("20" if int(match["decade"]) < 30 else "19")
    first = int(century + match["decade"])
    return first, first + 9
