"""What can be asked for: the genres, themes and makers of a catalogue, by the words that people say for them.

Words are compared in a common form without case, accents and plural endings ("Comedies", "comedy"), so
that what was asked and what the catalogue says need not agree to the letter.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Literal

from blue.datatypes import Item
from blue.items import Catalog

Facet = Literal["genre", "theme", "maker"]

LONGEST_PHRASE = 6  # words
_FEWEST_ITEMS = 3  # that a theme must have to be recognised in a question
_NEVER = frozenset(  # themes that are also how people talk
    {"good", "great", "nice", "best", "new", "short", "long", "story", "film", "movie", "book", "novel",
     "series", "show", "life", "love", "fun", "night", "evening", "summer", "winter", "spring",
     "holiday", "weekend", "day", "time", "film set", "home", "work", "world", "music", "read", "watch",
     "see", "like", "people"}
)  # fmt: skip
# What people say -> genres that must all be there.
_BOTH = {name: ("romance", "comedy") for name in ("romcom", "rom com", "romantic comedy")}
# What people say -> (facet, the catalogue's word) of which any will do.
_SAID: dict[str, tuple[tuple[Facet, str], ...]] = {
    "sci fi": (("genre", "science fiction"),),
    "scifi": (("genre", "science fiction"),),
    "funny": (("genre", "comedy"),),
    "humour": (("genre", "comedy"),),
    "humor": (("genre", "comedy"),),
    "scary": (("genre", "horror"),),
    "romantic": (("genre", "romance"),),
    "love story": (("genre", "romance"), ("theme", "love story")),
    "date night": (("genre", "romance"),),
    "animated": (("genre", "animation"),),
    "cartoon": (("genre", "animation"),),
    "noir": (("genre", "film noir"), ("theme", "neo noir")),
    "biopic": (("genre", "biography"), ("theme", "biopic")),
    "historical": (("genre", "history"), ("genre", "historical fiction")),
    "suspenseful": (("genre", "thriller"),),
    "spy": (("genre", "spy"), ("theme", "spy"), ("theme", "espionage")),
    "dystopia": (("genre", "dystopian"), ("theme", "dystopian future"), ("theme", "dystopia")),
    "dystopian": (("genre", "dystopian"), ("theme", "dystopian future"), ("theme", "dystopia")),
    "gory": (("theme", "gore"),),
    "bloody": (("theme", "gore"),),
    "violent": (("theme", "violence"), ("theme", "gore")),
    "space": (("theme", "space"), ("theme", "outer space"), ("theme", "space opera")),
    "ai": (("theme", "artificial intelligence"),),
    "memoir": (("genre", "memoir"), ("genre", "autobiography")),
}


@dataclass(frozen=True)
class Trait:
    """Something that items have or lack."""

    name: str  # as it is told back, "horror", "time travel", "Stanley Kubrick"
    facet: Facet
    items: frozenset[str] = field(repr=False, compare=False)  # ids of those that have it


@dataclass(frozen=True)
class Vocabulary:
    """The traits of one catalogue; made once, in about a second for 25,000 items."""

    catalog: Catalog

    def trait(self, phrase: str) -> Trait | None:
        """The trait that a phrase in common form means, if it is one of a genre, a theme or a full name."""
        if phrase in _SAID:
            return self._meant(phrase)
        if phrase in _BOTH:
            both = (self._genres.get(genre, set()) for genre in _BOTH[phrase])
            return Trait("romantic comedy", "genre", frozenset(set.intersection(*both)))
        if phrase in self._genres:
            return Trait(
                self._written[phrase],
                "genre",
                frozenset(self._genres[phrase] | self._themes.get(phrase, set())),
            )
        if phrase in self._makers and " " in phrase:
            return Trait(self._written[phrase], "maker", frozenset(self._makers[phrase]))
        if phrase not in _NEVER and len(self._themes.get(phrase, ())) >= _FEWEST_ITEMS:
            return Trait(self._written[phrase], "theme", self._having(phrase))
        return self._national(phrase)

    def maker(self, phrase: str) -> Trait | None:
        """The makers of a name, full or the last part of it ("Kubrick"), in common form."""
        if phrase in self._makers:
            return Trait(self._written[phrase], "maker", frozenset(self._makers[phrase]))
        names = sorted(self._surnames.get(phrase, ()), key=lambda name: (-len(self._makers[name]), name))
        if not names:
            return None
        items = frozenset(one for name in names for one in self._makers[name])
        return Trait(" or ".join(self._written[name] for name in names[:3]), "maker", items)

    @cached_property
    def newest(self) -> int:
        """The last year of the catalogue."""
        return max((item.year for item in self.catalog.items if item.year is not None), default=0)

    def _meant(self, phrase: str) -> Trait | None:
        meant = _SAID[phrase]
        items = frozenset().union(
            *(
                self._genres.get(word, set()) if facet == "genre" else self._having(word)
                for facet, word in meant
            )
        )
        known = [
            word for facet, word in meant if word in (self._genres if facet == "genre" else self._themes)
        ]
        return Trait(self._written[known[0]], meant[0][0], items) if items and known else None

    def _having(self, phrase: str) -> frozenset[str]:
        """Items with a theme that holds these words: "zombie" also finds "zombie apocalypse"."""
        sought = f" {phrase} "
        found = (ids for theme, ids in self._themes.items() if sought in f" {theme} ")
        return frozenset().union(*found)

    def _national(self, phrase: str) -> Trait | None:
        """ "Korean" of the theme "Korean cinema"."""
        theme = f"{phrase} cinema"
        if theme not in self._themes:
            return None
        return Trait(self._written[theme], "theme", frozenset(self._themes[theme]))

    @cached_property
    def _genres(self) -> dict[str, set[str]]:
        return _inverted((genre, item) for item in self.catalog.items for genre in item.genres)

    @cached_property
    def _themes(self) -> dict[str, set[str]]:
        return _inverted(
            (theme, item) for item in self.catalog.items for theme in (*item.themes, *item.tones)
        )

    @cached_property
    def _makers(self) -> dict[str, set[str]]:
        return _inverted((maker, item) for item in self.catalog.items for maker in item.makers)

    @cached_property
    def _written(self) -> dict[str, str]:
        """Genres, themes and names as the catalogue writes them."""
        items = self.catalog.items
        words = (word for item in items for word in (*item.genres, *item.themes, *item.tones, *item.makers))
        return {common(word): word for word in words}

    @cached_property
    def _surnames(self) -> dict[str, set[str]]:
        last: dict[str, set[str]] = defaultdict(set)
        for name in self._makers:
            if " " in name:
                last[name.rpartition(" ")[2]].add(name)
        return last


def _inverted(pairs: Iterable[tuple[str, Item]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for word, item in pairs:
        found[common(word)].add(item.item_id)
    return dict(found)


@lru_cache(maxsize=200_000)
def common(text: str) -> str:
    """A phrase in the form that phrases are compared in.

    >>> common("Sci-Fi Comedies"), common("Pedro Almodóvar"), common("werewolves")
    ('sci fi comedy', 'pedro almodovar', 'werewolf')
    """
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    return " ".join(_singular(word) for word in re.findall(r"\w+", re.sub(r"'s\b|'", "", plain)))


def _singular(word: str) -> str:
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    for ending, instead in (
        ("ies", "y"),
        ("ie", "y"),
        ("lves", "lf"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
        ("s", ""),
    ):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    return word
