"""A profile that a model writes in one pass -> its sentences, each as soon as it is ended."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from blue.datatypes import Interaction, Item, Sentence
from blue.profile.guards import Unknown, same_taste
from blue.profile.product_kinds import known_item
from blue.profile.sentences import MAX_SENTENCE_CHARACTERS, MAX_SENTENCES, split_sentences
from blue.profile.support import SupportModel, line_words


def written_in_one_pass(
    pieces: Iterable[str], history: Sequence[Interaction], items: Mapping[str, Item], support: SupportModel
) -> Iterator[Sentence]:
    """The first five different tastes, each with the lines of the history that say most of it.

    What repeats a title of which nothing is known is left out (`guards.Unknown`); what follows the fifth is
    not asked for any more.
    """
    lines = [line_words(line, known_item(line, items)) for line in history]
    unknown = Unknown.among(history, items)
    said: list[str] = []
    for text in _ended(pieces):
        text = text[:MAX_SENTENCE_CHARACTERS].rstrip()
        again = text in said or any(same_taste(text, before) for before in said)
        if again or unknown.repeated(text, support.table):
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
