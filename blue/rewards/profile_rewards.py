"""The rewards of one profile, from its text and an encoder: what training and the app's panel both call.

The formulas are in `blue.rewards.formulas`. A profile that rejects something is rewarded for what it likes
alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from blue.datatypes import Profile, Scoring, TextEncoder
from blue.profile import stance
from blue.rewards import formulas as rewards


@dataclass(frozen=True)
class GuardValues:
    """How readable one profile is, each in [0, 1], 1 is good; ordered as `blue.rewards.formulas.WEIGHTS`."""

    format: float
    length: float
    copy: float
    grounding: float
    repetition: float


def liked_parts(profile: Profile) -> list[str]:
    """What each sentence likes, without what it rejects; a sentence that only rejects has no part."""
    return [part for sentence in profile.sentences if (part := stance(sentence.text).liked)]


def reward_vectors(encoder: TextEncoder, profile: Profile, scoring: Scoring) -> np.ndarray:
    """(S, D) unit rows: one a liked sentence, or one for the whole profile under single or without likes."""
    liked = liked_parts(profile)
    single = scoring == "single" or not liked
    return encoder.encode_queries([profile.text or "."] if single else liked)


def grounding(encoder: TextEncoder, profile: Profile, history: np.ndarray) -> float:
    """Share of the liked sentences near something in the history, (H, D) unit rows; 0 without likes."""
    liked = liked_parts(profile)
    return rewards.grounded(encoder.encode_queries(liked), history) if liked else 0.0


def guard_values(
    encoder: TextEncoder, text: str, profile: Profile, titles: Sequence[str], history: np.ndarray
) -> GuardValues:
    """The guards of a profile and of the raw `text` it was read from.

    Args:
        titles: of the history.
        history: (H, D) unit rows of its items.
    """
    return GuardValues(
        format=rewards.well_formed(text),
        length=rewards.right_length(text),
        copy=rewards.uncopied(profile, titles),
        grounding=grounding(encoder, profile, history),
        repetition=rewards.unrepeated(profile),
    )
