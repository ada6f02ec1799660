"""The next-item question: which of these does the person choose next, given the profile?

The paper's reward in text space; wording and number of options are our choices. Training and the app ask in
the same words, so that what the page shows is what a profile was rewarded for.
"""

import string
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from blue.datatypes import Interaction, Item
from blue.profile import history_line

QUESTION = (
    "What a person likes:\n{profile}\n\nWhich of these does the person choose next?\n{options}\n"
    "Answer with one letter."
)
LETTERS = string.ascii_uppercase
MAX_PROFILE_CHARACTERS = 1_000  # a runaway text must not decide how long the batch takes


@dataclass(frozen=True)
class Question:
    """A profile and the options, the right one at `right`."""

    profile: str
    options: tuple[Item, ...]
    right: int

    def orders(self) -> tuple[tuple[tuple[Item, ...], int], ...]:
        """The options as they are and reversed, each with the position of the right one."""
        return (self.options, self.right), (self.options[::-1], len(self.options) - 1 - self.right)


class NextItemJudge(Protocol):
    """A frozen language model that is asked for a letter; `name` says which, as the page shows it."""

    name: str

    def log_probabilities(self, questions: Sequence[Question]) -> np.ndarray:
        """Q questions of 1 + N options each -> (Q, 2, 1 + N) nats, in the order of `Question.orders`."""
        ...


def question_text(profile: str, options: Sequence[Item]) -> str:
    """The question as the judge reads it, before its chat template."""
    listed = "\n".join(
        f"{letter}. {option_line(item)}" for letter, item in zip(LETTERS, options, strict=False)
    )
    # A sampled text may hold special tokens; the angle brackets they need are replaced.
    profile = profile[:MAX_PROFILE_CHARACTERS].replace("<", "‹").replace(">", "›")
    return QUESTION.format(profile=profile, options=listed)


def option_line(item: Item) -> str:
    """An option as the profiler's prompt shows an item: `Alien (1979), horror, science fiction`."""
    return history_line(Interaction(item.title, year=item.year), item).removeprefix("- ")


def option_probabilities(log_probabilities: np.ndarray) -> np.ndarray:
    """Probability of each option, averaged over both orders: (2, 1 + N) nats -> (1 + N,), summing to 1.

    The rows are those of `Question.orders`: the second one has the options reversed. The letters' share alone
    counts, as in `blue.rewards.formulas.next_item_choice`.

    >>> option_probabilities(np.log([[0.6, 0.2], [0.1, 0.3]])).round(3)
    array([0.75, 0.25])
    """
    shares = np.exp(log_probabilities - log_probabilities.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    return (shares[0] + shares[1][::-1]) / 2
