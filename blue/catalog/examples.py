"""Histories that ship with the project, and the profiles that were really written for them.

A visitor's first sight is an example whose profile was computed by the loaded model on an earlier start.
Only these histories are ever cached; a visitor's own never is.
"""

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from blue.datatypes import Profile
from blue.profile import Conversation
from blue.shipped import ASSETS

_PROFILE = TypeAdapter(Profile)
_log = logging.getLogger(__name__)

EXAMPLES_FOLDER = ASSETS / "examples"


@dataclass(frozen=True)
class Example:
    """A history file that a visitor can load with one click."""

    file: str
    name: str
    mood: str

    def read(self) -> bytes:
        """The file as it is, to be parsed like any upload."""
        return (EXAMPLES_FOLDER / self.file).read_bytes()


def list_examples() -> tuple[Example, ...]:
    """The examples in the order they are shown."""
    return tuple(Example(**row) for row in json.loads((EXAMPLES_FOLDER / "examples.json").read_text()))


class ExampleProfiles:
    """Profiles of the examples on disk, named by all they depend on: what writes them, what it is asked."""

    def __init__(self, folder: Path, written_by: object) -> None:
        """`written_by` is `Profiler.written_by`: another model, prompt, writer or check writes anew."""
        self._folder = folder
        self._written_by = repr(written_by)

    def get(self, asked: Sequence[Conversation]) -> Profile | None:
        """The profile that this model wrote when it was asked just this, if it was."""
        path = self._path(asked)
        return _PROFILE.validate_json(path.read_bytes()) if path.is_file() else None

    def put(self, asked: Sequence[Conversation], profile: Profile) -> None:
        """Keep a profile; readers see the old file or the new one, never a part.

        Where the folder cannot be written the next visitor waits for the model again, and the log says why.
        """
        path = self._path(asked)
        temporary = path.with_suffix(f".{os.getpid()}.part")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            temporary.write_bytes(_PROFILE.dump_json(profile))
            temporary.replace(path)
        except OSError as error:
            _log.warning("The profile of an example cannot be kept: %s", error)

    def _path(self, asked: Sequence[Conversation]) -> Path:
        digest = hashlib.sha256(f"{self._written_by}{tuple(asked)!r}".encode())
        return self._folder / f"{digest.hexdigest()[:32]}.json"
