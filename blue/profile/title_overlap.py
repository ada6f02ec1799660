"""Titles in a profile: told from tastes by six consecutive words of one, and cut to five when it is read."""

import re
from collections.abc import Iterable, Iterator

COPIED_WORDS = 6  # consecutive words of one title that count as copying it

_WORD = re.compile(r"\w+")
# What a cut may leave hanging at its edges.
_HANGING = re.compile(
    r"(?:[\s,;:&/+(\[-]+(?:and|or|with|for|of|in|on|to|by|from|the|an|a)?)+$", re.IGNORECASE
)
_LOOSE = re.compile(r"^[\s)\]/&+-]+")


def words_of(text: str) -> list[str]:
    """Words without case and punctuation."""
    return _WORD.findall(text.casefold())


def copies_title(sentence: str, titles: Iterable[str]) -> bool:
    """Whether a sentence holds six consecutive words of one title.

    >>> copies_title("Films such as The Good, the Bad and the Ugly.", ["The Good, the Bad and the Ugly"])
    True
    """
    spoken = words_of(sentence)
    return any(_copied(spoken, words_of(title)) for title in titles)


def without_copies(sentence: str, titles: Iterable[str]) -> str:
    """The sentence with every copied run of six or more words of one title cut to its first five.

    >>> without_copies("Films such as The Good, the Bad and the Ugly.", ["The Good, the Bad and the Ugly"])
    'Films such as The Good, the Bad.'
    """
    for words in map(words_of, titles):
        while run := _copied(words_of(sentence), words):
            places = list(_WORD.finditer(sentence))
            kept, dropped = places[run.start + COPIED_WORDS - 2], places[run.stop - 1]
            sentence = _closed_up(sentence[: kept.end()], sentence[dropped.end() :])
    return sentence


def _closed_up(before: str, after: str) -> str:
    after = _LOOSE.sub("", after)
    space = " " if after[:1].isalnum() else ""
    return f"{_HANGING.sub('', before)}{space}{after or '.'}"


def _copied(spoken: list[str], title: list[str]) -> range | None:
    """Where the first run of six or more words of a title stands, as long as it goes on."""
    begins = {run: place for place, run in reversed(list(enumerate(_runs(title))))}
    for start, run in enumerate(_runs(spoken)):
        if (begin := begins.get(run)) is not None:
            pairs = zip(spoken[start:], title[begin:], strict=False)
            length = next((n for n, (one, other) in enumerate(pairs) if one != other), None)
            return range(start, start + (length or min(len(spoken) - start, len(title) - begin)))
    return None


def _runs(words: list[str]) -> Iterator[tuple[str, ...]]:
    return zip(*(words[offset:] for offset in range(COPIED_WORDS)), strict=False)
