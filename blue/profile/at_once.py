"""A profile that a model writes in one pass -> its sentences, each as soon as it is ended."""

from collections.abc import Iterable, Iterator, Sequence

from blue.datatypes import Interaction, Sentence
from blue.profile.guards import same_taste
from blue.profile.sentences import MAX_SENTENCE_CHARACTERS, MAX_SENTENCES, split_sentences
from blue.profile.support import SupportModel, Words


def written_in_one_pass(
    pieces: Iterable[str], history: Sequence[Interaction], lines: Sequence[Words], support: SupportModel
) -> Iterator[Sentence]:
    """The first five different tastes, each with the lines of the history that say most of it.

    `lines` are `line_words` of the history. What follows the fifth is not asked for any more.
    """
    said: list[str] = []
    for text in _ended(pieces):
        text = text[:MAX_SENTENCE_CHARACTERS].rstrip()
        if text in said or any(same_taste(text, before) for before in said):
            continue
        said.append(text)
        rows = support.find(text, lines).rows
        yield Sentence(text, written_from=tuple(history[row].key for row in rows))
        if len(said) == MAX_SENTENCES:
            return


def _ended(pieces: Iterable[str]) -> Iterator[str]:
    """Sentences of a growing text; the last one when the text is at its end."""
    text = ""
    for piece in pieces:
        text += piece
        *whole, text = text.split("\n") if "\n" in text else ("", text)
        for line in whole:
            yield from split_sentences(line)
    yield from split_sentences(text)
