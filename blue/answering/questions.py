"""A question -> what is asked and about which items, by plain rules (English).

>>> [wants(text) for text in ("How many stars would I give Dune?", "What do I avoid?", "What to watch?")]
['rating', 'avoid', 'recommend']
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from blue.answering.answers import Question, QuestionKind
from blue.datatypes import Interaction, Item
from blue.errors import AnsweringError, CatalogError
from blue.history import normalised_title
from blue.inspection import ItemFinder

MAX_CHARACTERS = 300
MAX_OPTIONS = 6
_ME = r"(?:i|me|you|they|he|she|we|(?:the|this) (?:person|user|viewer|reader))"
_TAKE = r"(?:watch|see|read|try|buy|choose|pick|take|prefer|start)"
_WOULD = rf"(?:would|will|do|does|might|could|can) {_ME} (?:\w+ )?(?:like|enjoy|love)"
_LATER = r"(?! *(?:tonight|next|now|this|today|\?|$|with|on|in|for|something))"
_PATTERNS: tuple[tuple[QuestionKind, tuple[str, ...]], ...] = (
    (
        "rating",
        (
            r"how many stars",
            r"what (?:rating|score|stars)",
            r"how (?:would|will|might) \w+ (?:rate|score)",
            r"rate|rating (?:of|for)|likely rating|stars (?:for|to)",
        ),
    ),
    (
        "avoid",
        (
            r"avoid|dislike|hate|can'?t (?:i|they) stand|stay away|skip|not for (?:me|them)",
            r"(?:not|never|don'?t|do not|doesn'?t) (?:like|enjoy|want|watch|read)",
            r"turn\w* (?:me|them) off",
        ),
    ),
    (
        "tastes",
        (
            r"(?:what|which) (?:(?:kinds?|sorts?) of (?:\w+ )?)?(?:do|does|are|is) (?:i|you|they|my|the\w*)"
            r"(?: \w+)? (?:like|love|enjoy|into|tastes?|favou?rite\w*|person|interests?)",
            r"(?:my|their) tastes?|describe (?:me|them)|who am i|know about me|say about me",
        ),
    ),
    (
        "would like",
        (
            _WOULD,
            rf"should {_ME} {_TAKE}\b{_LATER}",
            r"is .+ (?:for|right for|something for|my (?:thing|taste))",
        ),
    ),
    (
        "recommend",
        (
            r"recommend\w*|suggest\w*|what (?:should|could|can|shall|to|would|film|movie|book|next)",
            r"something (?:to|for|like|with|new|\w+)|anything|tonight|which (?:film|movie|book)",
            rf"{_TAKE} next|(?:what|where) .*{_TAKE}|find (?:me|us)|give (?:me|us)",
        ),
    ),
)
_QUOTED = re.compile(r"[\"“«]([^\"”»]{1,120})[\"”»]|(?<!\w)['‘]([^'’]{2,120})['’](?!\w)")
_TITLE = {
    "would like": re.compile(
        rf"(?:{_WOULD}(?: to (?:watch|see|read))?|"
        rf"should {_ME} {_TAKE}|is)\s+(?P<title>.+?)"
        r"(?:\s+(?:for me|right for me|something for me|my (?:thing|taste)|tonight|next))?\s*[?.!]*$",
        re.I,
    ),
    "rating": re.compile(
        rf"(?:(?:would|will|might|do) {_ME} (?:rate|give|score)|(?:rating|stars|score) (?:of|for|to)|"
        rf"rate)\s+(?P<title>.+?)\s*[?.!]*$",
        re.I,
    ),
}
_OPTIONS = re.compile(
    rf"^(?:.*:\s*|.*?\b(?:{_TAKE}|like|enjoy|better|rather|which of)"
    r"(?:\s+(?:more|better|next|first))?[\s,:—-]+)?"
    r"(?P<options>.+\s+or\s+.+?)\s*[?.!]*$",
    re.I,
)
_KINDS = (
    ("movie", r"\b(?:watch|see|films?|movies?|cinema|tonight)\b"),
    ("book", r"\b(?:read|books?|novels?|bedtime)\b"),
)


def wants(text: str) -> QuestionKind:
    """What is asked; "other" where no rule knows."""
    lowered = text.lower().replace("’", "'")
    for kind, ways in _PATTERNS:
        if re.search(rf"\b(?:{'|'.join(ways)})(?!\w)", lowered):
            return kind
    return "other"


def understand(
    text: str, finder: ItemFinder, kinds: Sequence[str], history: Sequence[Interaction] = ()
) -> Question:
    """A question as it is answered.

    Args:
        kinds: those of the catalogue; a question may ask for one of them.
        history: says whether a title that several kinds share is a film or a book.

    Raises:
        AnsweringError: nothing is asked, it is too long, or it offers too many options.
        CatalogError: it names a title that the catalogue does not have; names the nearest.
    """
    text = " ".join(text.split())
    if not text.strip("?!. "):
        raise AnsweringError("Nothing is asked. Write a question, e.g. 'Would I like Dune?'.")
    if len(text) > MAX_CHARACTERS:
        raise AnsweringError(f"This question has {len(text)} characters. Ask in at most {MAX_CHARACTERS}.")
    asked_for = tuple(kind for kind, words in _KINDS if kind in kinds and re.search(words, text, re.I))
    named = _Titles(finder, history, asked_for)
    if options := _options(text, named):
        return Question(text, "choose", options, asked_for)
    kind = wants(text)
    return Question(text, kind, _named(text, kind, named), asked_for)


@dataclass(frozen=True)
class _Titles:
    """Finds what a question names: of the kind it asks for, else of any."""

    finder: ItemFinder
    history: Sequence[Interaction]
    kinds: tuple[str, ...]

    def find(self, title: str) -> Item:
        for kind in self.kinds:
            if item := self.finder.of_kind(title, kind):
                return item
        return self.finder.find(title, self.history)


def _options(text: str, titles: _Titles) -> tuple[Item, ...]:
    """The items that a question offers as "A, B or C"; () where it offers none."""
    match = _OPTIONS.match(text)
    if not match:
        return ()
    offered = [one.strip(" \"'“”‘’") for one in re.split(r",\s*(?:or\s+)?|\s+or\s+", match["options"])]
    offered = [one for one in offered if one]
    found: list[Item | None] = []
    for one in offered:
        try:
            found.append(titles.find(one))
        except CatalogError:
            if _looks_like_title(one) and any(found):
                raise
            found.append(None)
    if len(offered) > MAX_OPTIONS and all(found):
        raise AnsweringError(f"These are {len(offered)} titles to choose from. Name at most {MAX_OPTIONS}.")
    whole = all(found) and len(set(found)) >= 2
    return tuple(dict.fromkeys(found)) if whole else ()


def _named(text: str, kind: QuestionKind, titles: _Titles) -> tuple[Item, ...]:
    """The items in quotation marks, else what a question of this kind is about, where that is a title."""
    if quoted := [one or other for one, other in _QUOTED.findall(text)]:
        return tuple(dict.fromkeys(titles.find(title) for title in quoted))
    match = _TITLE[kind].search(text) if kind in _TITLE else None
    if not match:
        return ()
    title = re.sub(r"^(?:the|a)\s+(?:film|movie|book|novel|show)\s+(?=[A-Z\"])", "", match["title"])
    try:
        return (titles.find(title),)
    except CatalogError:
        if _looks_like_title(title) or kind == "rating":
            raise
        return ()  # "would I like a film with robots?"


def _looks_like_title(words: str) -> bool:
    """Whether most of the words begin with a capital letter or a digit."""
    telling = [word for word in words.split() if len(word) > 3 or word[0].isupper() or word[0].isdigit()]
    return (
        bool(telling) and sum(word[0].isupper() or word[0].isdigit() for word in telling) > len(telling) / 2
    )


def foreign_titles(text: str, finder: ItemFinder, allowed: Sequence[Item]) -> tuple[str, ...]:
    """Titles in a free text that are none of the allowed items: quoted ones, and the catalogue's own.

    A single word counts as a title only in quotation marks: "Up" and "Heat" are words first.
    """
    known = {normalised_title(title) for item in allowed for title in (item.title, *item.aliases)}
    quoted = (one or other for one, other in _QUOTED.findall(text))
    named = [title.strip(" .,;:!?") for title in quoted if _looks_like_title(title)]
    words = re.findall(r"\S+", text)
    start = 0
    while start < len(words):
        longest = next((end for end in range(min(len(words), start + 8), start + 1, -1)
                        if _is_title(words[start:end], finder)), None)  # fmt: skip
        if longest:
            named.append(" ".join(words[start:longest]).strip(_AROUND))
        start = longest or start + 1
    new = (title for title in named if normalised_title(title) not in known)
    return tuple(dict.fromkeys(title for title in new if not _within(title, known)))


_AROUND = " .,;:!?\"'“”()"


def _is_title(words: Sequence[str], finder: ItemFinder) -> bool:
    phrase = " ".join(words).strip(_AROUND)
    return phrase[:1].isupper() and _looks_like_title(phrase) and finder.has_title(phrase)


def _within(title: str, known: set[str]) -> bool:
    """Whether a phrase is a part of an allowed title ("Toy Story" of "Toy Story 2")."""
    return any(f" {normalised_title(title)} " in f" {one} " for one in known)
