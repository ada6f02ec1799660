"""Profiles of other people, which a profile's item must prefer it to (item->profile InfoNCE).

In training these are the other profiles of the batch. A visitor has no batch, so a fixed set ships with the
project, written by the rules for films and books (`training/assets/build_negative_profiles.py`); our choice.
Those for films are derived from MovieLens: the terms of assets/catalog-licences/movielens-README.txt hold.
"""

import json
from functools import cache

from blue.datatypes import Profile
from blue.profile import parse_profile
from blue.shipped import ASSETS

NEGATIVE_PROFILES = ASSETS / "negative_profiles.json"


@cache
def negative_profiles(kind: str) -> tuple[Profile, ...]:
    """The other profiles for a target of this kind; of every kind where none is about it."""
    written = json.loads(NEGATIVE_PROFILES.read_text(encoding="utf-8"))
    texts = written.get(kind) or [text for texts in written.values() for text in texts]
    return tuple(parse_profile(text) for text in texts)
