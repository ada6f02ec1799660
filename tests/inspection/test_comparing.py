"""Two versions of a profile, and the raw history as a query."""

import pytest

from blue.datatypes import Interaction, Profile, Sentence
from blue.inspection.comparing import compare_versions, raw_query
from tests.inspection.compass import compass


def test_two_versions_tell_what_moved():
    retriever = compass()
    old, new = Profile((Sentence("0 degrees."),)), Profile((Sentence("90 degrees."),))
    told = compare_versions(
        old, new, lambda profile, depth: retriever.rank(profile, (), top=depth), None, top=3
    )
    # Before: Way 0, 30, 60; after: Way 90, 60, 30.
    assert [(one.item.title, one.old_rank, one.new_rank) for one in told.arrived] == [
        ("Way 90", 4, 1), ("Way 60", 3, 2), ("Way 30", 2, 3),
    ]  # fmt: skip
    assert [(one.item.title, one.new_rank) for one in told.left] == [("Way 0", 4)]
    assert told.overlap == pytest.approx(2 / 3)
    assert told.rewards == ()


def test_the_raw_query_is_the_last_ten_titles():
    history = [Interaction(f"Film {n}") for n in range(12)]
    assert raw_query(history).splitlines() == [f"Film {n}" for n in range(2, 12)]
