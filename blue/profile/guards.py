"""What a profile must not do, as rules on text that are rewards and metrics at once.

Each guard reads one sentence and the lines it is held against: the lines it was written from, where they are
known, else those of the whole history. True means that the sentence breaks it.
"""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from blue.datatypes import Interaction, Item, Profile
from blue.profile.product_kinds import known_item
from blue.profile.support import SupportModel, Words, line_words
from blue.profile.title_overlap import copies_title
from blue.profile.words import content_stems, stem, words_of

RESTATED = 0.5  # share of a sentence's content words in a single title, beyond which it restates that title
SAME_TASTE = 0.6  # of the shorter sentence's telling words in another one: the same taste twice
IN_A_ROW = 3  # words of a title of which nothing is known that are no chance
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b(?!s)")
_NAME = re.compile(r"(?<![.!?…:]\s)(?<!^)\b[A-Z][\w'’&-]+")
_PEOPLE = re.compile(
    r"\b(black|white|brown|yellow|red|dark|pale)s?(?:[- ]and[- ](?:black|white))?[- ]?(?:skinned )?"
    r"(?:people|persons?|m[ae]n|wom[ae]n|folks?|communit\w+|characters?|tribes?|race|culture|nation)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"\S*[\w-][./@:]+\w\S*")  # "www.site.example", "http://site", "somebody@site"
_OPENING_STEMS = (
    "love enjoy like drawn fond pick look return come keep read watch buy prefer often seek want favor "
    "ador movi film book novel product show seri stori tale work"
)
_OPENINGS = frozenset(
    _OPENING_STEMS.split()
)  # stems that open a sentence or name its kind: no title is restated by them


@dataclass(frozen=True)
class Guarded:
    """Which guards one sentence breaks."""

    restates_title: bool
    copies_title: bool  # six consecutive words, the older and weaker rule; for comparison
    year: bool
    unsupported: bool
    fused: bool
    stranger: bool
    people: bool


@dataclass(frozen=True)
class Unknown:
    """Lines of which the catalogue knows nothing: anybody may have written them, for any reason."""

    texts: tuple[str, ...]  # title and creator of each
    held: Words  # by the other lines: these words may be said

    @classmethod
    def among(cls, lines: Sequence[Interaction], items: Mapping[str, Item]) -> "Unknown":
        """Those of some lines."""
        known = [(line, items[line.item_id]) for line in lines if line.item_id in items]
        unknown = [line for line in lines if line.item_id not in items]
        kinds = (item for line in unknown if (item := known_item(line, {})))
        of_kinds = (" ".join((*item.genres, *item.themes, *item.tones)) for item in kinds)
        held = frozenset().union(*(line_words(*line) for line in known), *map(content_stems, of_kinds))
        return cls(tuple(f"{line.title} {line.creator or ''}" for line in unknown), held)

    def repeated(self, sentence: str, ordinary: Container[str]) -> bool:
        """Whether a sentence repeats of them what may be a link, a name or an order.

        That is a word of an address, one whose stem is not `ordinary`, or three words in a row.

        >>> unknown = Unknown(("Zorvel: the true story", "Go to sea-films.example"), frozenset())
        >>> ordinary = {"love", "true", "stori", "film", "sea", "spi"}
        >>> unknown.repeated("Loves true spy stories.", ordinary), unknown.repeated("Loves Zorvel.", ordinary)
        (False, True)
        >>> unknown.repeated("Loves films of the sea.", ordinary)
        True
        """
        said, stems = words_of(sentence), set(content_stems(sentence)) - self.held
        return any(
            not stems.isdisjoint(_addresses(text) | {s for s in content_stems(text) if s not in ordinary})
            or not _rows(said).isdisjoint(_rows(words_of(text)))
            for text in self.texts
        )


def guarded(
    sentence: str,
    titles: Sequence[str],
    lines: Sequence[Words],
    support: SupportModel,
    *,
    found: bool = False,
) -> Guarded:
    """Hold one sentence against titles and lines of a history, at least one.

    `lines` are `blue.profile.line_words` of those it was written from; with `found` they are all lines of
    the history, among which its own are looked for first.
    """
    verdict = support.find(sentence, lines) if found else support.judge(sentence, lines)
    own = [lines[row] for row in verdict.rows]
    return Guarded(
        restates_title=restates_title(sentence, titles),
        copies_title=copies_title(sentence, titles),
        year=has_year(sentence),
        unsupported=not verdict.supported,
        fused=not own or support.is_fused(sentence, own),
        stranger=bool(strangers(sentence, lines)),
        people=bool(made_up_people(sentence, lines)),
    )


def restates_title(sentence: str, titles: Iterable[str]) -> bool:
    """Whether over half of a sentence's content words stand in one title.

    >>> restates_title("Often picks Dark Souls and Scholar.", ["Dark Souls II: Scholar of the First Sin"])
    True
    """
    said = {word for word in content_stems(sentence) if word not in _OPENINGS}
    return bool(said) and any(
        len(said & set(content_stems(title))) > RESTATED * len(said) for title in titles
    )


def has_year(sentence: str) -> bool:
    """Whether a sentence holds the number of a year; "the 1990s" is a period and may stand.

    >>> has_year("Comedies from 1993."), has_year("Comedies of the 1990s.")
    (True, False)
    """
    return bool(_YEAR.search(sentence))


def strangers(sentence: str, lines: Iterable[Words]) -> set[str]:
    """Capitalised words inside a sentence that no line holds, in lower case.

    >>> sorted(strangers("Drawn to films by Kurosawa and Ozu.", [frozenset({"ozu"})]))
    ['kurosawa']
    """
    held = frozenset().union(*lines)
    return {
        word
        for name in _NAME.findall(sentence)
        for word in words_of(name)
        if content_stems(word) and stem(word) not in held
    }


def made_up_people(sentence: str, lines: Iterable[Words]) -> set[str]:
    """Peoples named by a colour where no line speaks of people of it: what becomes of "black and white".

    >>> made_up_people("Drawn to films of the black people.", [frozenset({"black", "white", "film"})])
    {'black people'}
    """
    lines = list(lines)
    return {
        found[0].casefold()
        for found in _PEOPLE.finditer(sentence)
        if not any(set(content_stems(found[0])) <= words for words in lines)
    }


def stutters(sentence: str) -> bool:
    """Whether a sentence says a telling word twice; of the one it opens with, another form may come again.

    >>> stutters("Loves a dark, dark mystery."), stutters("Loves stories of love.")
    (True, False)
    >>> stutters("Enjoys comedy in which one enjoys friends.")
    True
    """
    words, stems = words_of(sentence), content_stems(sentence)[1:]
    return len(set(stems)) < len(stems) or not {*words[:1]}.isdisjoint(words[1:])


def said_twice(profile: Profile) -> list[bool]:
    """(S,) whether a sentence tells the taste of an earlier one again."""
    texts = [sentence.text for sentence in profile.sentences]
    return [any(same_taste(text, before) for before in texts[:place]) for place, text in enumerate(texts)]


def same_taste(one: str, other: str) -> bool:
    """Whether most of the shorter sentence's telling words stand in the other one.

    >>> same_taste("Loves heist films with a loyal crew.", "Drawn to a heist and its loyal crew.")
    True
    """
    words, others = ({word for word in content_stems(text) if word not in _OPENINGS} for text in (one, other))
    shared = len(words & others)
    return shared > 1 and shared >= SAME_TASTE * min(len(words), len(others))


def _addresses(text: str) -> set[str]:
    return {stem for found in _ADDRESS.findall(text) for stem in content_stems(found)}


def _rows(words: Sequence[str]) -> set[tuple[str, ...]]:
    return {tuple(words[at : at + IN_A_ROW]) for at in range(len(words) - IN_A_ROW + 1)}
