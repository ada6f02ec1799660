"""One edit for many: what moves, recomputed person by person."""

import pytest

from blue.datatypes import Profile, Sentence
from blue.errors import PeopleError
from blue.people import replay
from tests.people import conftest as known


def test_what_moves_is_what_each_ranking_says(store, profiler):
    rows = [0, 1, 7]  # ann, bob, and who has no profile
    steps = list(replay(store, profiler.retriever, rows, known.MUSICALS))
    assert [(len(step.people), step.asked, step.done) for step in steps] == [(1, 2, False), (2, 2, True)]
    kept = {}
    entered: dict[str, int] = {}
    for person in store.people([0, 1]):
        longer = Profile((*person.profile.sentences, Sentence(known.MUSICALS)))
        old, new = (
            [entry.item for entry in profiler.rank(one, person.history, top=10).items]
            for one in (person.profile, longer)
        )
        kept[person.user_id] = len(set(old) & set(new)) / 10
        for item in set(new) - set(old):
            entered[item.title] = entered.get(item.title, 0) + 1
    last = steps[-1]
    assert {one.user_id: one.kept for one in last.people} == pytest.approx(kept)
    assert last.kept == pytest.approx(sum(kept.values()) / 2)
    assert last.kept < 1
    assert dict(last.entered).items() <= entered.items()
    assert last.interval[0] <= last.kept <= last.interval[1]
    assert last.most_moved[0].kept == min(kept.values())


def test_an_edit_is_one_sentence_for_somebody(store, profiler):
    for edit, message in (("", "no sentence to add"), ("Loves a. Hates b.\nLoves c.", "are 3 sentences")):
        with pytest.raises(PeopleError, match=message):
            next(replay(store, profiler.retriever, [0], edit))
    with pytest.raises(PeopleError, match="None of these people has a profile"):
        next(replay(store, profiler.retriever, [7], known.MUSICALS))
