"""A question -> what is asked and about what: an intent, titles and conditions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from blue.answering.answers import Question, Subject
from blue.answering.intents import Wanted, feature_of, is_reverse, stars_of, wants, without_stars
from blue.answering.reading import read_filters
from blue.answering.vocabulary import Vocabulary
from blue.datatypes import Interaction, Item
from blue.errors import AnsweringError, CatalogError
from blue.history import normalised_title
from blue.inspection import ItemFinder

MAX_CHARACTERS = 300
MAX_OPTIONS = 6
_QUOTED = re.compile(r"[\"“«]([^\"”»]{1,120})[\"”»]|(?<!\w)['‘]([^'’]{2,120})['’](?!\w)")
_YEAR_AT_END = re.compile(r"^(?P<title>.+?)\s*\((?P<year>\d{4})\)\s*$")
_A_WORK = re.compile(r"^(?:the|a)\s+(?:film|movie|book|novel|show|series)\s+(?=[A-Z\"'])")
_OPTIONS = re.compile(
    r"^(?:.*:\s*|.*?\b(?:watch|see|read|try|choose|pick|take|prefer|like|enjoy|better|rather|which of)"
    r"(?:\s+(?:more|better|next|first))?[\s,:—-]+)?(?P<options>.+\s+or\s+.+?)\s*[?.!]*$",
    re.IGNORECASE,
)
_SIMILAR = re.compile(
    r"\b(?:like|similar to|in the (?:style|vein|spirit) of|as good as)\s+(?P<title>.+?)\s*[?.!]*$", re.I
)
_FACT = re.compile(
    r"^(?:what|who|where|when|how|why|tell)\b(?:'s)? (?:is|are|was|were|do|does|did|much|many|me|old|"
    r"directed|wrote|made|played|stars|starred|plays)\b",
    re.I,
)
_CUTS = re.compile(r",|\s+(?:but|and|from|with|without|only|for|by)\b")
_BEFORE_WHY = re.compile(
    r"^(?:(?:is|are|was|does|do|did|would|should|isn't|aren't|don't|not|you|it|i|the (?:model|app|profile)|"
    r"like|recommend|suggest|show|list|rank|find|bring|put|see|watch|read)\s+)+",
    re.I,
)
_BEHIND_WHY = re.compile(
    r"\s+(?:(?:to|for) me|(?:still |not )?(?:in|on|at|near) (?:my|the|this) \w+|(?:still )?(?:here|there)|"
    r"first|last|(?:so|that|very) (?:high|low)|(?:not )?recommended|missing|number \w+).*$",
    re.I,
)
_LONGEST_TITLE = 10  # words


@dataclass(frozen=True)
class Reader:
    """Reads questions about one history over one catalogue."""

    finder: ItemFinder
    vocabulary: Vocabulary
    history: Sequence[Interaction] = ()

    def read(self, text: str) -> Question:
        """A question as it is answered.

        Raises:
            AnsweringError: nothing is asked, it is too long, or it offers too many options.
            CatalogError: it names a title that neither the history nor the catalogue has; names the nearest.
        """
        text = " ".join(text.split())
        if not text.strip("?!. "):
            raise AnsweringError("Nothing is asked. Write a question, e.g. 'Would I like Dune?'.")
        if len(text) > MAX_CHARACTERS:
            raise AnsweringError(
                f"This question has {len(text)} characters. Ask in at most {MAX_CHARACTERS}."
            )
        wanted = wants(text)
        if wanted.intent not in ("compare", "why", "history", "favourite") and (
            options := self._options(text)
        ):
            return Question(text, "compare", options)
        return self._of(text, wanted)

    def _of(self, text: str, wanted: Wanted) -> Question:
        match wanted.intent:
            case "compare":
                return self._compared(text, wanted)
            case "why":
                return self._reason(text, wanted)
            case "would like" | "rating":
                return self._liked(text, wanted)
            case "history":
                return self._known(text, wanted)
            case "favourite":
                filters = self._filters(text)
                return Question(
                    text, "favourite", filters=replace(filters, words=""), feature=feature_of(text),
                    reverse=is_reverse(text),
                )  # fmt: skip
            case "avoid" | "tastes":
                return Question(text, wanted.intent, filters=self._filters(text))
            case _:
                return self._recommended(text, wanted)

    def _recommended(self, text: str, wanted: Wanted) -> Question:
        similar = ()
        asked = text
        if match := _SIMILAR.search(text):
            title = match["title"]
            for end in (len(title), *(cut.start() for cut in _CUTS.finditer(title))):
                if found := self._exact(title[:end]):
                    similar, asked = (found,), f"{text[: match.start()]} {title[end:]}"
                    break
        filters = self._filters(asked)
        asks_a_fact = wanted.intent == "unknown" and _FACT.match(text)
        told = not asks_a_fact and (
            wanted.intent == "recommend" or filters.telling or filters.count or similar
        )
        mood = filters.words and filters.kinds and not asks_a_fact
        return Question(text, "recommend" if told or mood else "unknown", similar, filters)

    def _liked(self, text: str, wanted: Wanted) -> Question:
        about = _A_WORK.sub("", wanted.about)
        if quoted := self._quoted(text):
            return Question(text, wanted.intent, quoted)
        if _is_written_as_title(about) and (found := self._exact(about, literally=True)):
            return Question(text, wanted.intent, (found,))
        filters = self._filters(about)
        if wanted.intent == "would like" and filters.any and not filters.words:
            return Question(text, "likes", filters=filters)
        if found := self._exact(about):
            return Question(text, wanted.intent, (found,))
        if filters.any and re.match(r"(?:do|does|did|am|are)\b", text, re.IGNORECASE):
            return Question(text, "unknown", filters=filters)  # "Do I like films that make me think?"
        if filters.any and not _is_written_as_title(about):  # "a film with robots and a heart"
            return Question(text, "recommend", filters=self._filters(text))
        return Question(text, wanted.intent, (self._subject(about),))

    def _compared(self, text: str, wanted: Wanted) -> Question:
        sides = (wanted.about, wanted.other)
        found = [self._exact(side) if _is_written_as_title(side) else None for side in sides]
        if all(found):
            return Question(text, "compare", tuple(one for one in found if one))
        filters = tuple(self._filters(side) for side in sides)
        if all(one.any and not one.words for one in filters):
            return Question(text, "compare", options=filters)
        return Question(text, "compare", tuple(self._subject(side) for side in sides))

    def _reason(self, text: str, wanted: Wanted) -> Question:
        reverse = re.search(r"\b(?:not|never|no longer)\b|n't\b", text.lower().replace("’", "'")) is not None
        if subjects := self._quoted(text) or self._named(text):
            return Question(text, "why", subjects[:1], reverse=reverse)
        title = _BEHIND_WHY.sub("", _BEFORE_WHY.sub("", wanted.about)).strip()
        if title and _is_written_as_title(title):
            return Question(text, "why", (self._subject(title),), reverse=reverse)
        filters = self._filters(re.sub(r"\bnot\b|\w+n['’]t\b", " ", wanted.about))
        if filters.any:
            return Question(text, "why", filters=filters, reverse=reverse)
        about_profile = re.search(r"\b(?:sentence|taste|profile|think|say)\b", text.lower())
        return Question(text, "tastes" if about_profile else "unknown")

    def _known(self, text: str, wanted: Wanted) -> Question:
        counted = re.match(r"how many\b", text.lower()) is not None
        stars = stars_of(text)
        said = without_stars(f"{wanted.about} {wanted.other}").strip()
        if not counted:
            if found := self._quoted(text):
                return Question(text, "history", found)
            if _is_written_as_title(wanted.about) and (one := self._exact(wanted.about)):
                return Question(text, "history", (one,))
        filters = self._filters(re.sub(r"\b(?:any|all|of)\b", " ", said))
        if stars is None and not filters.any and not counted and wanted.about:
            return Question(text, "history", (self._subject(wanted.about),))
        return Question(text, "history", filters=filters, stars=stars, counted=counted)

    def _filters(self, text: str):
        return read_filters(text, self.vocabulary, self.vocabulary.catalog.kinds)

    def _quoted(self, text: str) -> tuple[Subject, ...]:
        titles = [one or other for one, other in _QUOTED.findall(text)]
        return tuple(self._subject(title) for title in titles)

    def _options(self, text: str) -> tuple[Subject, ...]:
        """The titles that a question offers as "A, B or C"; () where it offers none."""
        match = _OPTIONS.match(text)
        if not match:
            return ()
        offered = [one.strip(" \"'“”‘’") for one in re.split(r",\s*(?:or\s+)?|\s+or\s+", match["options"])]
        found = [self._exact(one) for one in offered if one]
        if not any(found) or not all(_is_written_as_title(one) for one in offered if one):
            return ()
        if len(found) > MAX_OPTIONS:
            raise AnsweringError(f"These are {len(found)} titles to choose from. Name at most {MAX_OPTIONS}.")
        subjects = [
            one or self._subject(name) for one, name in zip(found, filter(None, offered), strict=True)
        ]
        return tuple(dict.fromkeys(subjects)) if len(set(subjects)) > 1 else ()

    def _named(self, text: str) -> tuple[Subject, ...]:
        """Titles that stand in a text as they are written, the longest first found."""
        words = [match.span() for match in re.finditer(r"\S+", text)]
        for size in range(min(_LONGEST_TITLE, len(words)), 0, -1):
            for at in range(1, len(words) - size + 1):
                said = text[words[at][0] : words[at + size - 1][1]].strip(" ,;:!?\"'“”")
                large = said[:1].isupper() or said[:1].isdigit()
                if large and (found := self._exact(said.rstrip("."), literally=True)):
                    return (found,)
        return ()

    def _subject(self, title: str) -> Subject:
        """The title that is meant; raises CatalogError where there is none."""
        title = title.strip(" \"'“”‘’?.!")
        if found := self._exact(title):
            return found
        item = self.finder.find(_A_WORK.sub("", title), self.history)
        return Subject(item, self._row_of(item))

    def _exact(self, title: str, *, literally: bool = False) -> Subject | None:
        """A title of the history or the catalogue; where it is written as one, nearly the same will do."""
        title = _A_WORK.sub("", title.strip(" \"'“”‘’?.!"))
        if not title:
            return None
        dated = _YEAR_AT_END.match(title)
        name, year = (dated["title"], int(dated["year"])) if dated else (title, None)
        if row := self._row_named(name, year):
            return Subject(self.vocabulary.catalog.by_id.get(row.item_id or ""), row)
        if not self.finder.has_title(name) and (literally or not _is_written_as_title(name)):
            return None
        try:
            item = self.finder.find(title, self.history)
        except CatalogError:
            return None
        return Subject(item, self._row_of(item))

    def _row_named(self, name: str, year: int | None) -> Interaction | None:
        wanted = normalised_title(name)
        return next(
            (
                one
                for one in reversed(self.history)
                if normalised_title(one.title) == wanted and year in (None, one.year)
            ),
            None,
        )

    def _row_of(self, item: Item) -> Interaction | None:
        return next((one for one in reversed(self.history) if one.item_id == item.item_id), None)


def _is_written_as_title(words: str) -> bool:
    """Whether most of the words that matter begin with a capital letter or a digit."""
    telling = [word for word in words.split() if len(word) > 3 or word[0].isupper() or word[0].isdigit()]
    large = sum(word.strip("\"'“”‘’(")[:1].isupper() or word[0].isdigit() for word in telling)
    return bool(telling) and large > len(telling) / 2
