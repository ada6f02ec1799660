"""Titles in a profile: told from tastes by six consecutive words of one."""

import re
from collections.abc import Iterable, Iterator

COPIED_WORDS = 6  # consecutive words of one title that count as copying it

_WORD = re.compile(r"\w+")


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
