"""Profile text <-> sentences: splitting, the limits of a profile, and what a sentence likes or dislikes.

A profile is at most five sentences, each one taste, one a line. A sentence may also *reject* something
("Can't stand musicals."). An embedding model places that next to the musicals it rejects, so the
rejected part is separated here and ranked against, not for (our choice; the paper does not say).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from blue.datatypes import Profile, Sentence
from blue.errors import ProfileError

MAX_SENTENCES = 5
MAX_SENTENCE_CHARACTERS = 400  # about what the embedder reads of one text (256 tokens)
MAX_PROFILE_CHARACTERS = 2_000

_BULLET = re.compile(r"^\s*(?:[-*•–—]\s+|\(?\d{1,2}[.)]\s+)+")
_ABBREVIATIONS = ("Dr", "Mr", "Mrs", "Ms", "St", "Jr", "Sr", "vs", "Vol", "No", "U.S", "U.K")
_NOT_ABBREVIATED = "".join(rf"(?<!\b{re.escape(word)}\.)" for word in _ABBREVIATIONS)
_SENTENCE_END = re.compile(rf"(?<=[.!?…]){_NOT_ABBREVIATED}(?<!\b[A-Z]\.)[\"'”’)]?\s+(?=[^\W\d_a-z])")

_PERSON = r"(?:(?:i|you|they|he|she|we|this (?:person|user|reader|viewer))\s+)?"
_ADVERB = r"(?:(?:really|absolutely|usually|generally|always|just|also|strongly|simply)\s+)*"
_REJECTS = (
    r"(?:can(?:no|\s+no|['’])?t\s+(?:stand|bear|abide)|hates?|dislikes?|detests?|loathes?|avoids?|rejects?|skips?"
    r"|(?:does|do)(?:n['’]t|\s+not)\s+(?:like|enjoy|want|care\s+for)"
    r"|(?:is|are|am|['’]re|['’]m)?\s*(?:not\s+(?:a\s+fan\s+of|fond\s+of|into|interested\s+in)|(?:tired|sick)\s+of|bored\s+by)"
    r"|(?:has\s+|have\s+)?no\s+(?:interest\s+in|time\s+for|patience\s+(?:for|with)))"
)
_AT_START = re.compile(
    rf"^{_PERSON}{_ADVERB}(?:{_REJECTS}|no(?:thing)?\b(?:\s+with)?|never)\b[\s:]+(?P<rest>.+)", re.I | re.S
)
_AFTER_TURN = re.compile(
    rf"^(?P<liked>.+?)[\s,;]+(?:but|yet|though|although|while|and)\s+{_PERSON}{_ADVERB}{_REJECTS}\s+(?P<rest>.+)",
    re.I | re.S,
)


@dataclass(frozen=True)
class Stance:
    """What one sentence asks for and what it rejects; at least one of them is a text."""

    liked: str | None
    disliked: str | None


def stance(text: str) -> Stance:
    """Separate what a sentence likes from what it rejects.

    >>> stance("Loves heist films but can't stand musicals.")
    Stance(liked='Loves heist films', disliked='musicals.')
    >>> stance("Avoids bloody horror.")
    Stance(liked=None, disliked='bloody horror.')
    """
    text = text.strip()
    if match := _AT_START.match(text):
        return Stance(None, match["rest"])
    if match := _AFTER_TURN.match(text):
        return Stance(match["liked"], match["rest"])
    return Stance(text, None)


def split_sentences(text: str) -> list[str]:
    """One taste a line; a line that holds several sentences is split, bullets and numbers are dropped."""
    parts: list[str] = []
    for line in text.splitlines():
        line = _BULLET.sub("", line).strip()
        parts.extend(part.strip() for part in _SENTENCE_END.split(line) if part.strip())
    return parts


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
    """Read what a language model wrote: the first five different sentences, cut to length.

    Raises:
        ProfileError: the model wrote nothing that could be a sentence.
    """
    unique = dict.fromkeys(sentence[:MAX_SENTENCE_CHARACTERS].rstrip() for sentence in split_sentences(text))
    if not unique:
        raise ProfileError("The profiler wrote nothing. Try again, or write the profile yourself.")
    return Profile(tuple(Sentence(sentence) for sentence in list(unique)[:MAX_SENTENCES]))


def carry_settings(edited: Profile, previous: Sequence[Sentence]) -> Profile:
    """Keep the weight and the switch of each sentence whose text, or else whose place, is unchanged."""
    by_text = {sentence.text: sentence for sentence in previous}
    kept = []
    for position, sentence in enumerate(edited.sentences):
        source = by_text.get(sentence.text)
        if source is None and len(edited.sentences) == len(previous):
            source = previous[position]  # the sentence was reworded in place
        kept.append(replace(source, text=sentence.text) if source else sentence)
    return Profile(tuple(kept))
