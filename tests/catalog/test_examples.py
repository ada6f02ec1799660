from pathlib import Path

import pytest

from blue.catalog.examples import ExampleProfiles, list_examples
from blue.datatypes import Profile, Sentence
from blue.history import parse_history
from blue.profile.prompts import Conversation

SPACE = Profile((Sentence("Space films.", written_from=("ml:1",)),))


@pytest.mark.parametrize("example", list_examples(), ids=lambda example: example.file)
def test_every_example_is_read_but_for_books_not_read_yet(example) -> None:
    parsed = parse_history(example.read(), example.file)
    assert len(parsed.interactions) >= 12
    assert all("shelf" in row.reason for row in parsed.skipped)


def asked(about: str) -> tuple[Conversation, ...]:
    return (Conversation(({"role": "user", "content": about},)),)


def test_a_profile_belongs_to_what_wrote_it_and_to_what_was_asked(tmp_path: Path) -> None:
    profiles = ExampleProfiles(tmp_path, ("model", "writer 1"))
    profiles.put(asked("Alien"), SPACE)
    assert profiles.get(asked("Alien")) == SPACE
    assert profiles.get(asked("Heat")) is None
    assert ExampleProfiles(tmp_path, ("model", "writer 2")).get(asked("Alien")) is None


def test_a_folder_that_cannot_be_written_costs_only_the_cache(tmp_path: Path, caplog) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    profiles = ExampleProfiles(blocked / "below", ("model", "writer 1"))
    profiles.put(asked("Alien"), SPACE)
    assert "cannot be kept" in caplog.text
    assert profiles.get(asked("Alien")) is None
