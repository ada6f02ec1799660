"""What one visitor has before them: a history, the versions of a profile, and how far they went back.

Values, never shared: every change returns a new `Session`. Nothing here is written to disk unless the
visitor exports it, and then only the parts they chose.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from blue.datatypes import Interaction, Profile
from blue.errors import ProfileError, SessionError
from blue.sentences import parse_profile

MAX_VERSIONS = 50  # beyond that the oldest are forgotten
EXPORT_FORMAT = "blue-session/1"
MAX_EXPORT_BYTES = 5_000_000


@dataclass(frozen=True)
class Version:
    """One state of the profile and where it came from, such as "written by SmolLM2" or "edited"."""

    number: int  # 1-based, never reused
    profile: Profile
    origin: str


@dataclass(frozen=True)
class Session:
    """A history and the versions of its profile; `position` is the version on the screen.

    `removed` holds the positions of interactions that the visitor took out. `open_edit` is True while an
    edit is going on: its steps, every key pressed or slider moved, are one version.
    """

    interactions: tuple[Interaction, ...] = ()
    removed: frozenset[int] = frozenset()
    versions: tuple[Version, ...] = ()
    position: int = -1  # index into versions; -1 while there is none
    open_edit: bool = False

    @property
    def history(self) -> tuple[Interaction, ...]:
        """The interactions that count, oldest first."""
        return tuple(one for i, one in enumerate(self.interactions) if i not in self.removed)

    @property
    def current(self) -> Version | None:
        """The version on the screen."""
        return self.versions[self.position] if self.versions else None

    @property
    def previous(self) -> Version | None:
        """The version before the one on the screen: what its ranking is compared with."""
        return self.versions[self.position - 1] if self.position > 0 else None

    def with_history(self, interactions: Sequence[Interaction], removed: Iterable[int] = ()) -> "Session":
        """The same versions over another history."""
        return replace(self, interactions=tuple(interactions), removed=frozenset(removed))

    def commit(self, profile: Profile, origin: str) -> "Session":
        """Add a version after the current one; versions that were undone are dropped, as in any editor.

        A profile equal to the current one adds nothing.
        """
        if self.current and self.current.profile == profile:
            return replace(self, open_edit=False)
        number = max((version.number for version in self.versions), default=0) + 1
        kept = (*self.versions[: self.position + 1], Version(number, profile, origin))[-MAX_VERSIONS:]
        return replace(self, versions=kept, position=len(kept) - 1, open_edit=False)

    def edit(self, profile: Profile, origin: str) -> "Session":
        """Like `commit`, but steps of one edit (same origin, not sealed in between) share one version."""
        if self.open_edit and self.current and self.current.origin == origin:
            edited = replace(self.current, profile=profile)
            return replace(self, versions=(*self.versions[: self.position], edited))
        committed = self.commit(profile, origin)
        return committed if committed.versions == self.versions else replace(committed, open_edit=True)

    def seal(self) -> "Session":
        """End an edit: what is changed next is a version of its own."""
        return replace(self, open_edit=False)

    def undo(self) -> "Session":
        """One version back, if there is one."""
        return replace(self, position=max(self.position - 1, min(0, self.position)), open_edit=False)

    def redo(self) -> "Session":
        """One version forward, if there is one."""
        return replace(self, position=min(self.position + 1, len(self.versions) - 1), open_edit=False)

    def go_to(self, number: int) -> "Session":
        """The version of that number.

        Raises:
            SessionError: there is no such version (any more).
        """
        return replace(self, position=self.versions.index(self.version(number)), open_edit=False)

    def version(self, number: int) -> Version:
        """Find a version by its number; SessionError if it is gone."""
        for version in self.versions:
            if version.number == number:
                return version
        raise SessionError(f"There is no version {number} any more. Choose one from the list.")


@dataclass(frozen=True)
class WordChange:
    """A run of words that two texts share, or that only one of them has."""

    text: str
    change: Literal["same", "added", "removed"]


def word_changes(old: str, new: str) -> list[WordChange]:
    """Word by word from one text to the other, line breaks kept as words."""
    old_words, new_words = _words(old), _words(new)
    changes: list[WordChange] = []
    for tag, a, b, c, d in SequenceMatcher(a=old_words, b=new_words, autojunk=False).get_opcodes():
        if tag == "equal":
            changes.append(WordChange(" ".join(old_words[a:b]), "same"))
            continue
        if a < b:
            changes.append(WordChange(" ".join(old_words[a:b]), "removed"))
        if c < d:
            changes.append(WordChange(" ".join(new_words[c:d]), "added"))
    return changes


def _words(text: str) -> list[str]:
    return text.replace("\n", " \n ").split(" ")


def export_session(session: Session, *, with_history: bool, with_versions: bool) -> str:
    """What the visitor chose to share, as JSON: the current profile, and on request history and versions.

    Raises:
        SessionError: there is nothing to share.
    """
    if session.current is None:
        raise SessionError("There is no profile to share yet. Write one first.")
    shared = _Shared(
        EXPORT_FORMAT,
        session.history if with_history else (),
        session.versions if with_versions else (session.current,),
        session.position if with_versions else 0,
    )
    return _SHARED.dump_json(shared, indent=1).decode()


def import_session(text: str) -> Session:
    """Read an exported session.

    Raises:
        SessionError: it is no such file, it is damaged, or a value is out of its range.
    """
    if len(text) > MAX_EXPORT_BYTES:
        raise SessionError(
            f"This file has {len(text):,} characters; a session has at most {MAX_EXPORT_BYTES:,}."
        )
    try:
        shared = _SHARED.validate_json(text)
    except ValidationError as error:
        raise SessionError(_damage(error)) from error
    if not 0 <= shared.position < len(shared.versions) <= MAX_VERSIONS:
        raise SessionError("The session file is damaged (its versions do not fit together). Export it again.")
    numbers = [version.number for version in shared.versions]
    if numbers[0] < 1 or any(a >= b for a, b in pairwise(numbers)):
        raise SessionError("The session file is damaged (its versions are not in order). Export it again.")
    for one in shared.history:
        if one.rating is not None and not 0.5 <= one.rating <= 5:
            raise SessionError(f"The session file is damaged (the rating {one.rating} is not within 0.5-5).")
    for version in shared.versions:
        _check_sentences(version)
    return Session(shared.history, versions=shared.versions, position=shared.position)


@dataclass(frozen=True)
class _Shared:
    """The contents of an exported file."""

    format: Literal["blue-session/1"]
    history: tuple[Interaction, ...]
    versions: tuple[Version, ...]
    position: int


_SHARED = TypeAdapter(_Shared)


def _damage(error: ValidationError) -> str:
    """Where a file stops being a session, in words."""
    first = error.errors(include_url=False, include_input=False)[0]
    if not first["loc"] or first["loc"] == ("format",):
        return f"This is not a session file ({first['msg']}). Choose the file you exported."
    place = ".".join(str(part) for part in first["loc"])
    return f"The session file is damaged ({place}: {first['msg']}). Export it again."


def _check_sentences(version: Version) -> None:
    """Hold an imported profile to the limits of one that is written here."""
    texts = [sentence.text for sentence in version.profile.sentences]
    try:
        read = [sentence.text for sentence in parse_profile("\n".join(texts)).sentences]
    except ProfileError as error:
        raise SessionError(f"Version {version.number} in this file cannot be used: {error}") from error
    if read != texts or any(not 0 <= sentence.weight <= 2 for sentence in version.profile.sentences):
        raise SessionError(f"Version {version.number} in this file is damaged. Export it again.")
