"""What two would both like, worked out by hand on a circle of directions."""

import pytest

from blue.datatypes import Interaction, Profile, Sentence
from blue.errors import CatalogError, ProfileError
from blue.inspection.both import Person, both, shared_tastes
from tests.inspection.compass import DIRECTIONS, CompassEncoder, compass


def profile(*directions: float, **settings) -> Profile:
    return Profile(tuple(Sentence(f"{one} degrees.", **settings) for one in directions))


def names(found) -> list[str]:
    return [one.item.title for one in found.items]


def test_an_item_counts_by_the_less_pleased_of_the_two():
    # One looks to 0 degrees, the other to 60: the ranks of Way 0, 30, 60, 90, 180 and 270 are 1 2 3 4 6 4 and
    # 3 1 1 .. (30 and 90 lie equally far from 60, so that the order of the catalogue decides).
    found = both(compass(), (Person(profile(0)), Person(profile(60))), prior=0.0)
    assert found.candidates == len(DIRECTIONS) == 6
    ranks = {one.item.title: one.ranks for one in found.items}
    assert ranks["Way 0"] == (1, 4)
    assert ranks["Way 30"] == (2, 2)
    assert ranks["Way 60"] == (3, 1)
    assert names(found)[:2] == ["Way 30", "Way 60"]  # worst places 2 and 3
    assert found.items[0].score == pytest.approx(1 - (2 - 1) / 5)
    assert [one.score for one in found.items] == sorted((one.score for one in found.items), reverse=True)
    assert found.items[0].sentences == (0, 0)


def test_it_does_not_matter_who_is_first():
    one, other = Person(profile(0, 90)), Person(profile(180))
    there, back = both(compass(), (one, other)), both(compass(), (other, one))
    assert names(there) == names(back)
    assert [entry.ranks for entry in there.items] == [entry.ranks[::-1] for entry in back.items]


def test_what_either_knows_is_no_candidate():
    known = tuple(Interaction(f"Way {way}", item_id=str(n)) for n, way in enumerate(DIRECTIONS))
    found = both(compass(), (Person(profile(0), known[:2]), Person(profile(60), known[2:3])))
    assert sorted(names(found)) == ["Way 180", "Way 270", "Way 90"]
    with pytest.raises(CatalogError, match="neither of the two"):
        both(compass(), (Person(profile(0), known), Person(profile(60))))


def test_a_list_and_one_text_are_honoured():
    found = both(
        compass(), (Person(profile(0)), Person(profile(90))), within=("0", "5"), scoring="single", top=1
    )
    assert (len(found.items), found.candidates, found.items[0].sentences) == (1, 2, (None, None))
    with pytest.raises(ProfileError, match="switched off"):
        both(compass(), (Person(profile(0, enabled=False)), Person(profile(90))))


def test_shared_tastes_are_pairs_of_near_sentences_of_one_polarity():
    pairs = shared_tastes(profile(0, 90), profile(180, 80, 40), CompassEncoder())
    # cosines: 0-40 .77, 90-80 .98, 90-40 .64: below .65
    assert [pair.sentences for pair in pairs] == [(1, 1), (0, 2)]
    assert pairs[0].similarity == pytest.approx(0.985, abs=0.001)
    assert shared_tastes(profile(0), profile(0, enabled=False), CompassEncoder()) == ()
