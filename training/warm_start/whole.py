"""Teaching profiles -> the whole history and its whole profile, for a model that writes it in one pass."""

from collections.abc import Callable
from dataclasses import replace

from blue.datatypes import Message
from blue.profile import liked, most_recent, one_pass
from training.data import TeachingProfile


def whole(
    profile: TeachingProfile, count_tokens: Callable[[str], int], budget: int
) -> tuple[tuple[Message, ...], str] | None:
    """The prompt as the app writes it, and the sentences whose lines it shows; None where it shows none.

    `budget` is of the history lines, in the tokens that `count_tokens` counts.
    """
    numbered = [replace(line, line=row) for row, line in enumerate(profile.history)]
    shown = most_recent(liked(numbered), profile.items, count_tokens, budget)
    rows = {line.line for line in shown}
    sentences = [one.text for one in profile.sentences if rows >= set(one.rows)]
    return (one_pass(shown, profile.items).messages, "\n".join(sentences)) if sentences else None
