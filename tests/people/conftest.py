"""Eight people, three a shard: what each says and has seen is known by heart."""

from pathlib import Path

import pytest

from blue.datatypes import Interaction
from blue.models import get_preset
from blue.people import PeopleStore
from blue.retrieval import load_encoder
from tests.people.making import Somebody, write_folder

SPACE = "Loves slow science fiction about space and isolation."
CRIME = "Drawn to violent crime thrillers with heists."
ROMANCE = "Enjoys light romantic comedies about weddings."
MUSICALS = "Loves exuberant musicals full of dancing."
NO_HORROR = "Avoids bloody horror."
DEVOUT = "Suffers from depression and seeks comfort."
TITLED = "Often picks Dark Souls and Scholar."
HOSTILE_ID = "<img src=x onerror=document.title='gotcha'>"
HOSTILE = "Loves <script>document.title='gotcha'</script> films about space."


def seen(*titles: str) -> tuple[Interaction, ...]:
    """Titles, each with four stars; "ml:..." is an item of the shipped catalogue with its id."""
    return tuple(
        Interaction(title.partition("=")[0], 4.0, kind="movie", item_id=title.partition("=")[2] or None)
        for title in titles
    )


HEAT, ALIEN, GREASE = "Heat=ml:6", "Alien=ml:1214", "Grease=ml:1380"
PEOPLE = (
    Somebody("ann", (SPACE, NO_HORROR), seen(ALIEN)),
    Somebody("bob", (CRIME,), seen(HEAT, "Nobody Knows This One")),
    Somebody("cy", (ROMANCE, MUSICALS), seen(GREASE)),
    Somebody("dee", (SPACE,), seen(ALIEN, HEAT, GREASE)),
    Somebody("eve", (CRIME, DEVOUT), seen(HEAT)),
    Somebody("fay", (ROMANCE, TITLED), seen("Dark Souls II: Scholar of the First Sin")),
    Somebody(HOSTILE_ID, (HOSTILE,), seen(ALIEN)),
    Somebody("none", error="The history has 0 titles."),
)


@pytest.fixture(scope="session")
def encoder():
    """The embedder alone: no language model is loaded."""
    return load_encoder(get_preset("embedded").embedder).encoder


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory, encoder) -> Path:
    """The eight people, for tests that change nothing."""
    return write_folder(tmp_path_factory.mktemp("people") / "profiles", PEOPLE, encoder)


@pytest.fixture
def folder(tmp_path, encoder) -> Path:
    """The eight people, for a test that changes them."""
    return write_folder(tmp_path / "profiles", PEOPLE, encoder)


@pytest.fixture(scope="session")
def store(shared_folder) -> PeopleStore:
    return PeopleStore.open(shared_folder)
