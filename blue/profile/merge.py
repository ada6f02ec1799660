"""What a model says twice, said once: sentences that differ in their years or themes alone are one taste.

"Crime movies from 1994." and "Often picks crime movies from 1996, about heists." become "Crime movies from
1994 and 1996, about heists." A small profiler has learned the frames of `blue.profile.rules` better than to
look back at what it has said already. Sentences of any other form stay as they are.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from blue.datatypes import Interaction, Item
from blue.profile.phrases import OPENINGS, is_genre, is_mood, join

MOST_JOINED = 3  # years, themes or authors of one sentence

_OPENED = "|".join(sorted(filter(None, {*OPENINGS["works"], *OPENINGS["products"]}), key=len, reverse=True))
_START = rf"^(?P<opening>(?:{_OPENED}) )?(?P<head>.*?)"
_WORKS = re.compile(
    rf"{_START}\b(?P<noun>movies|shows|books|stories)(?: by (?P<makers>.+?))?"
    r"(?: from (?:the (?P<century>\d+th century)|(?P<years>\d{4}(?:(?:, | and )\d{4})*)))?"
    r"(?:, about (?P<themes>.+?))?\.$",
    re.IGNORECASE,
)
_PRODUCTS = re.compile(rf"{_START} such as (?P<named>.+)\.$", re.IGNORECASE)
_BETWEEN = re.compile(r", | and ")


@dataclass(frozen=True)
class NamesOfHistory:
    """What a profile of a history may name: its authors, as `without_strangers` compares them; and the titles
    that it should not repeat word by word."""

    authors: frozenset[str]
    titles: tuple[str, ...]


def names_of(interactions: Sequence[Interaction], items: Mapping[str, Item]) -> NamesOfHistory:
    """The names in a history, as its owner wrote them and as the catalogue knows them."""
    known = [items[one.item_id] for one in interactions if one.item_id in items]
    creators = (one.creator for one in interactions if one.creator)
    authors = (name for item in known for name in item.makers)
    titles = dict.fromkeys((*(one.title for one in interactions), *(item.title for item in known)))
    return NamesOfHistory(frozenset(_name(name) for name in (*creators, *authors)), tuple(titles))


def without_strangers(sentences: Sequence[str], authors: Collection[str]) -> list[str]:
    """Sentences without authors that nobody in the history is: a small model invents one now and then.

    A sentence that names only such is left out, unless nothing else would be left. `authors` is what
    `names_of` gives.

    >>> without_strangers(["Books by Jane Austen and E.T. Brontë."], {"jane austen"})
    ['Books by Jane Austen.']
    """
    kept = []
    for sentence in sentences:
        told = _read(sentence)
        if not told or not told.makers or not told.head.casefold().endswith("books"):
            kept.append(sentence)
            continue
        known = tuple(maker for maker in told.makers if _name(maker) in authors)
        if known:
            kept.append(sentence if known == told.makers else _told(replace(told, makers=known)))
    return kept or list(sentences)


def _name(name: str) -> str:
    """A name however it is spaced and dotted: "J. R. R. Tolkien" is "J.R.R. Tolkien"."""
    return " ".join(re.findall(r"\w+", name.casefold()))


@dataclass(frozen=True)
class _Told:
    """One sentence taken apart; `text` is it as it stands."""

    text: str
    opening: str
    head: str  # "crime and drama movies"; of products the brand and kind
    century: str = ""
    makers: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    named: str = ""  # products

    @property
    def taste(self) -> tuple[str, str, str]:
        """Two sentences with the same one are one taste; two products of one kind are two."""
        return self.head.casefold(), self.century, self.named.casefold()


def restated(sentences: Sequence[str]) -> list[str]:
    """Sentences of one taste joined, in the order in which the tastes were first told.

    >>> restated(["Crime movies from 1994.", "Odd comedies.", "Enjoys crime movies from 1996, about heists."])
    ['Crime movies from 1994 and 1996, about heists.', 'Odd comedies.']
    """
    together: dict[tuple[str, str, str], list[_Told]] = {}
    for sentence in sentences:
        told = _read(sentence)
        together.setdefault(told.taste if told else (sentence, "", ""), []).append(
            told or _Told(sentence, "", "")
        )
    return _opened_differently([_joined(alike) for alike in together.values()])


def _read(sentence: str) -> _Told | None:
    if found := _WORKS.match(sentence):
        return _Told(
            sentence,
            _opening(found),
            f"{found['head']}{found['noun']}",
            found["century"] or "",
            _listed(found["makers"]),
            _listed(found["years"]),
            _listed(found["themes"]),
        )
    if found := _PRODUCTS.match(sentence):
        return _Told(sentence, _opening(found), found["head"], named=found["named"])
    return None


def _opening(found: re.Match[str]) -> str:
    return (found["opening"] or "").strip()


def _listed(words: str | None) -> tuple[str, ...]:
    return tuple(_BETWEEN.split(words)) if words else ()


def _joined(alike: Sequence[_Told]) -> _Told:
    """Several tellings of one taste as one; a single one stays, unless moods or genres are its themes."""
    first = alike[0]
    named = list(dict.fromkeys(theme for told in alike for theme in told.themes))
    moods = [theme for theme in named if is_mood(theme)]
    themes = _first(theme for theme in named if theme not in moods and not is_genre(theme.casefold()))
    if not first.head or (len(alike) == 1 and themes == first.themes):
        return first
    whole = replace(
        first,
        head=f"{moods[0].lower()} {_uncapitalised(first)}" if moods else first.head,
        makers=_first(maker for told in alike for maker in told.makers),
        years=_first(year for told in alike for year in told.years),
        themes=themes,
    )
    return replace(whole, text=_told(whole))


def _uncapitalised(told: _Told) -> str:
    """The head inside a sentence; one that stood behind an opening is as it should be."""
    return told.head if told.opening else told.head[:1].lower() + told.head[1:]


def _first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))[:MOST_JOINED]


def _told(told: _Told) -> str:
    parts = [
        f"{told.opening} {told.head}".strip(),
        f"by {join(list(told.makers))}" if told.makers else "",
        f"from the {told.century}" if told.century else "",
        f"from {join(sorted(told.years))}" if told.years else "",
        f"such as {told.named}" if told.named else "",
    ]
    about = f", about {join(list(told.themes))}" if told.themes else ""
    text = f"{' '.join(filter(None, parts))}{about}."
    return text[:1].upper() + text[1:]


def _opened_differently(tastes: Sequence[_Told]) -> list[str]:
    """No two sentences in a row open with the same words, where another opening is left."""
    texts: list[str] = []
    used: set[str] = set()
    for told in tastes:
        free = [one for one in OPENINGS["products" if told.named else "works"] if one and one not in used]
        if told.opening and told.opening in used and free:
            texts.append(f"{free[0]}{told.text[len(told.opening) :]}")
            used.add(free[0])
        else:
            texts.append(told.text)
            used.add(told.opening)
    return texts
