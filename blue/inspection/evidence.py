"""Sentences -> history: the lines that support a sentence, and whether they do.

A sentence that was written from lines of the history is held against just these. One that a person wrote, or
changed, or whose lines have left the history, is held against the lines that say most of it. When lines are
enough, and how often that verdict is right, `blue.profile.support` and `training.assets.fit_support` say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from blue.datatypes import Interaction, Item, Profile, Sentence
from blue.inspection.reports import Evidence, Support
from blue.profile import Verdict, Words, known_item, line_words, shipped_support, stance

MIDDLE = 3.0  # stars that a rating is held against where the history has no spread of its own


def evidence(
    profile: Profile, history: Sequence[Interaction], items: Mapping[str, Item]
) -> tuple[Evidence, ...]:
    """One for every sentence of the profile, in order.

    A sentence that only rejects looks for support among what was rated below the person's mean, any other one
    among everything else. Where neither is there nothing supports it.
    """
    lines = [line_words(line, known_item(line, items)) for line in history]
    return tuple(
        _evidence(number, sentence, history, lines) for number, sentence in enumerate(profile.sentences)
    )


def _evidence(
    number: int, sentence: Sentence, history: Sequence[Interaction], lines: Sequence[Words]
) -> Evidence:
    rejects = not stance(sentence.text).liked
    rows = [row for row, line in enumerate(history) if line.key in sentence.written_from]
    verdict = _written_from(sentence, rows, lines) if rows else _looked_for(sentence, history, lines, rejects)
    support = tuple(Support(history[row], row) for row in verdict.rows)
    return Evidence(number, support, verdict.supported, verdict.missing, rejects)


def _written_from(sentence: Sentence, rows: Sequence[int], lines: Sequence[Words]) -> Verdict:
    return replace(shipped_support().judge(sentence.text, [lines[row] for row in rows]), rows=tuple(rows))


def _looked_for(
    sentence: Sentence, history: Sequence[Interaction], lines: Sequence[Words], rejects: bool
) -> Verdict:
    low = rated_low(history)
    rows = [row for row, is_low in enumerate(low) if is_low == rejects]
    verdict = shipped_support().find(sentence.text, [lines[row] for row in rows])
    return replace(verdict, rows=tuple(rows[place] for place in verdict.rows))


def rated_low(history: Sequence[Interaction]) -> list[bool]:
    """Whether each line was rated below the mean of the ratings, or below the middle."""
    ratings = [line.rating for line in history if line.rating is not None]
    mean = min(sum(ratings) / len(ratings), MIDDLE) if ratings else MIDDLE
    return [line.rating is not None and line.rating < mean for line in history]
