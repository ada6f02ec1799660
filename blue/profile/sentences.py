"""Profile text <-> sentences: splitting, and the limits of a profile.

A profile is at most five sentences, each one taste, one a line.
"""

import re
from collections.abc import Container, Sequence
from dataclasses import replace

from blue.control_characters import strip_control_characters
from blue.datatypes import Interaction, Profile, Sentence
from blue.errors import ProfileError
from blue.profile.guards import same_taste

MAX_SENTENCES = 5
MAX_SENTENCE_CHARACTERS = 400  # about what the embedder reads of one text (256 tokens)
MAX_PROFILE_CHARACTERS = 2_000
NOTHING_WRITTEN = "The profiler wrote nothing. Try again, or write the profile yourself."
NAMED = 3  # titles that a message names

_BULLET = re.compile(r"^\s*(?:[-*•–—]\s+|\(?\d{1,2}[.)]\s+)+")
_ABBREVIATIONS = ("Dr", "Mr", "Mrs", "Ms", "St", "Jr", "Sr", "vs", "Vol", "No", "U.S", "U.K")
_NOT_ABBREVIATED = "".join(rf"(?<!\b{re.escape(word)}\.)" for word in _ABBREVIATIONS)
_SENTENCE_END = re.compile(
    rf"(?:(?<=[.!?…]){_NOT_ABBREVIATED}(?<!\b[A-Z]\.)|(?<=[.!?…][\"'”’)]))\s+(?=[^\W\d_a-z])"
)


def split_sentences(text: str) -> list[str]:
    """One taste a line; a line that holds several sentences is split, bullets and numbers are dropped."""
    parts: list[str] = []
    for line in strip_control_characters(text).splitlines():
        line = _BULLET.sub("", line).strip()
        parts.extend(part.strip() for part in _SENTENCE_END.split(line) if part.strip())
    return parts


def first_sentence(text: str) -> str:
    """The first sentence of what a model wrote about one taste, cut to length; "" for nothing.

    >>> first_sentence("- Loves heists. And boats.")
    'Loves heists.'
    """
    found = split_sentences(text)
    return found[0][:MAX_SENTENCE_CHARACTERS].rstrip() if found else ""


def parse_profile(text: str) -> Profile:
    """Read a profile that a person wrote.

    Raises:
        ProfileError: nothing is written, there are more than five sentences, or one is too long.
    """
    if len(text) > MAX_PROFILE_CHARACTERS:
        raise ProfileError(
            f"This profile has {len(text):,} characters. Shorten it to {MAX_PROFILE_CHARACTERS:,}: "
            f"at most {MAX_SENTENCES} sentences, each one taste."
        )
    sentences = split_sentences(text)
    if not sentences:
        raise ProfileError("The profile is empty. Write at least one taste, e.g. 'Slow-burning space films.'")
    if len(sentences) > MAX_SENTENCES:
        raise ProfileError(
            f"The profile has {len(sentences)} sentences. Keep at most {MAX_SENTENCES}: join or remove "
            f"{len(sentences) - MAX_SENTENCES}."
        )
    for number, sentence in enumerate(sentences, start=1):
        if len(sentence) > MAX_SENTENCE_CHARACTERS:
            raise ProfileError(
                f"Sentence {number} has {len(sentence)} characters. Shorten it to {MAX_SENTENCE_CHARACTERS}: "
                "one taste a sentence."
            )
    return Profile(tuple(Sentence(sentence) for sentence in sentences))


def parse_generated(text: str) -> Profile:
    """Read what a language model wrote in one pass: the first five different tastes, cut to length.

    Raises:
        ProfileError: the model wrote nothing that could be a sentence.
    """
    kept: list[str] = []
    for sentence in split_sentences(text):
        if sentence not in kept and not any(same_taste(sentence, before) for before in kept):
            kept.append(sentence[:MAX_SENTENCE_CHARACTERS].rstrip())
    if not kept:
        raise ProfileError(NOTHING_WRITTEN)
    return Profile(tuple(Sentence(sentence) for sentence in kept[:MAX_SENTENCES]))


def nothing_written(history: Sequence[Interaction], items: Container[str]) -> str:
    """Why a history has no profile, and what to do about it; `items` are the ids of what is known.

    >>> print(nothing_written([Interaction("Zorvel", 5.0)], {})[:53])
    Nothing is known of “Zorvel”, so nothing was written.
    """
    unknown = [f"“{line.title}”" for line in history if line.item_id not in items]
    if len(unknown) < len(history):
        return NOTHING_WRITTEN
    more = [f"{len(unknown) - NAMED} more"] if len(unknown) > NAMED else []
    which = "which title it is" if len(unknown) == 1 else "which titles they are"
    return (
        f"Nothing is known of {', '.join(unknown[:NAMED] + more)}, so nothing was written. In your history, "
        f"choose {which}; or add titles that the catalogue has, or write the profile yourself."
    )


def carry_settings(edited: Profile, previous: Sequence[Sentence]) -> Profile:
    """Keep the weight and the switch of each sentence whose text, or else whose place, is unchanged."""
    by_text = {sentence.text: sentence for sentence in previous}
    kept = []
    for position, sentence in enumerate(edited.sentences):
        source = by_text.get(sentence.text)
        if source is None and len(edited.sentences) == len(previous):
            source = previous[position]  # the sentence was reworded in place
        kept.append(_reworded(source, sentence.text) if source else sentence)
    return Profile(tuple(kept))


def _reworded(source: Sentence, text: str) -> Sentence:
    """A sentence with other words: it no longer is what was written from its lines."""
    return source if source.text == text else replace(source, text=text, written_from=())
