"""Segments, what tells them apart, and how two folders differ: by people whose tastes are plain to see."""

import numpy as np
import pytest

from blue.errors import PeopleError
from blue.people import PeopleStore, describe, diff, segment
from blue.people.phrases import distinctive
from tests.people.making import Somebody, write_folder

SPACE = ("Loves films about space and astronauts.", "Drawn to lonely astronauts in space.")
COOKING = ("Loves warm films about cooking and restaurants.", "Drawn to chefs cooking in restaurants.")
CROWD = [Somebody(f"s{n}", SPACE[: 1 + n % 2]) for n in range(7)] + [
    Somebody(f"c{n}", COOKING[: 1 + n % 2]) for n in range(5)
]


@pytest.fixture(scope="module")
def crowd(tmp_path_factory, encoder) -> PeopleStore:
    people = [*CROWD, Somebody("none", error="The history has 0 titles.")]
    return PeopleStore.open(write_folder(tmp_path_factory.mktemp("crowd") / "profiles", people, encoder))


def test_two_tastes_are_two_segments_the_larger_first(crowd):
    segments = segment(crowd, 2)
    assert segments.labels.tolist() == [0] * 7 + [1] * 5 + [-1]
    assert np.allclose(np.linalg.norm(segments.centres, axis=1), 1, atol=1e-5)
    assert segments.rows(1).tolist() == [7, 8, 9, 10, 11]
    again = segment(crowd, 2)  # from the cache
    assert np.array_equal(again.centres, segments.centres)
    with pytest.raises(PeopleError, match="There is no segment 3; there are 2"):
        segments.rows(2)
    with pytest.raises(PeopleError, match="write 1 to 60, or 0"):
        segment(crowd, 61)


def test_a_segment_is_named_by_its_own_sentence_and_told_apart_by_its_phrases(crowd):
    space, cooking = describe(crowd, segment(crowd, 2))
    assert (space.name in SPACE, cooking.name in COOKING) == (True, True)
    assert (space.people, cooking.people) == (7, 5)
    assert "cooking" in " ".join(phrase.text for phrase in cooking.phrases)
    assert not any("space" in phrase.text for phrase in cooking.phrases)
    best = cooking.phrases[0]
    assert (best.here, best.of_here, best.elsewhere, best.of_elsewhere) == (5, 5, 0, 7)
    assert set(space.examples) <= {f"s{n}" for n in range(7)}


def test_the_items_of_a_segment_are_those_nearest_to_its_centre(store, profiler):
    segments = segment(store, 2)
    (first, _) = describe(store, segments, profiler.retriever)
    cosines = profiler.retriever.index.embeddings() @ segments.centres[0]
    expected = [profiler.catalog.items[position].item_id for position in np.argsort(-cosines)[:8]]
    assert [item.item_id for item in first.items] == expected


def test_more_segments_than_kinds_of_people_are_not_made_up(crowd):
    assert len(segment(crowd, 10)) == 4  # one sentence or both, of two tastes


def test_phrases_by_hand():
    from collections import Counter

    (one,) = distinctive(Counter({"space": 8, "films": 5}), 10, Counter({"space": 2, "films": 9}), 20, 1)
    ratio = np.log((8.5 * 18.5) / (2.5 * 2.5))
    assert (one.text, one.here, one.elsewhere) == ("space", 8, 2)
    assert one.z == pytest.approx(ratio / np.sqrt(1 / 8.5 + 1 / 2.5 + 1 / 2.5 + 1 / 18.5))


def test_what_moved_and_which_sentences_came_and_went(crowd, tmp_path, encoder):
    changed = [Somebody("s0", COOKING[:1]), *CROWD[1:6], Somebody("c0", COOKING[1:]), Somebody("new", SPACE)]
    found = diff(crowd, PeopleStore.open(write_folder(tmp_path / "new", changed, encoder)), 2)
    assert (found.shared, found.only_old, found.only_new) == (7, 6, 1)
    assert (found.moved, found.compared) == (1, 7)
    (move,) = found.moves
    assert (move.old, move.new, move.people, move.examples) == (0, 1, 1, ("s0",))
    # s0 had SPACE[0], c0 had COOKING[0]; s1 ... s5 kept 2 + 1 + 2 + 1 + 2
    assert (found.kept, found.came, found.went) == (8, 2, 2)
    assert dict(found.most_came) == {COOKING[0]: 1, COOKING[1]: 1}
    assert dict(found.most_went) == {COOKING[0]: 1, SPACE[0]: 1}


def test_folders_that_cannot_be_compared_are_refused(crowd, tmp_path, encoder):
    strangers = write_folder(tmp_path / "strangers", [Somebody("zoe", SPACE)], encoder)
    with pytest.raises(PeopleError, match="Nobody is both in"):
        diff(crowd, PeopleStore.open(strangers))
    other = write_folder(tmp_path / "other", [Somebody("s0", SPACE)], encoder, embedder="other 12")
    with pytest.raises(PeopleError, match="have different embedders"):
        diff(crowd, PeopleStore.open(other))
