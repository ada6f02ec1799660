"""What one sentence of a profile earned of the profile's reward.

A prompt of GRPO is one taste of a history and its group are G samples of that one sentence; the sentences of
the other tastes (`beside`) are written by the policy as it is and stay as they are within the group.

    sentence   R(the profile with it) - R(the profile without it): leave one out
    prefix     R(the sentences up to it) - R(those before it), the profile as it grows
    profile    R(the profile with it), the others sampled as well: the usual credit, with their luck in it

The formulas of the rewards are those of a whole profile, whichever credit is given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from blue.profile import first_sentence

Credit = Literal["sentence", "prefix", "profile"]
CREDITS = ("sentence", "prefix", "profile")


@dataclass
class Credited:
    """A reward of whole profiles as one of sentences, in TRL's signature."""

    reward: Callable
    credit: Credit

    @property
    def __name__(self) -> str:
        """The reward's own name, in TRL's logs."""
        return self.reward.__name__

    def __call__(self, prompts, completions, *, beside, place, **columns) -> list[float]:
        """B sentences, each with the sentences beside it and its place among them -> B rewards."""
        rows = list(zip(completions, beside, place, strict=True))
        with_it = [
            self._profile(others, at, first_sentence(said[-1]["content"])) for said, others, at in rows
        ]
        values = self.reward(prompts, with_it, **columns)
        if self.credit == "profile":
            return values
        without = [self._profile(others, at, "") for _, others, at in rows]
        # other users' profiles, which a reward may compare with, are the same on both sides
        before = self.reward(prompts, without, among=with_it, **columns)
        return [value - base for value, base in zip(values, before, strict=True)]

    def _profile(self, others: Sequence[str], place: int, sentence: str) -> list[dict]:
        after = () if self.credit == "prefix" else others[place:]
        return as_completion([*others[:place], sentence, *after])


@dataclass
class InPlace:
    """A rule about a profile, read with the sample in its place, whole as it was written."""

    rule: Callable

    @property
    def __name__(self) -> str:
        """The rule's own name, in TRL's logs."""
        return self.rule.__name__

    def __call__(self, prompts, completions, *, beside, place, **columns) -> list[float]:
        """B samples -> B rewards."""
        profiles = [
            # a second line would pass for a sentence of its own
            as_completion([*others[:at], " ".join(said[-1]["content"].split()), *others[at:]])
            for said, others, at in zip(completions, beside, place, strict=True)
        ]
        return self.rule(prompts, profiles, place=place, **columns)


def as_completion(sentences: Sequence[str]) -> list[dict]:
    """Sentences, one a line, as TRL hands a text to a reward."""
    return [{"role": "assistant", "content": "\n".join(filter(None, sentences))}]
