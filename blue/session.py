"""What one visitor has before them: a history, the versions of a profile, and how far they went back.

Values, never shared: every change returns a new `Session`. Nothing here is written to disk unless the
visitor exports it, and then only the parts they chose.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Literal

from blue.datatypes import Interaction, Profile, Sentence
from blue.errors import SessionError
from blue.sentences import MAX_SENTENCES, parse_profile

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
    """A history and the versions of its profile; `position` is the version on the screen."""

    history: tuple[Interaction, ...] = ()
    versions: tuple[Version, ...] = ()
    position: int = -1  # index into versions; -1 while there is none

    @property
    def current(self) -> Version | None:
        """The version on the screen."""
        return self.versions[self.position] if self.versions else None

    @property
    def previous(self) -> Version | None:
        """The version before the one on the screen: what its ranking is compared with."""
        return self.versions[self.position - 1] if self.position > 0 else None

    def with_history(self, history: Sequence[Interaction]) -> "Session":
        """The same versions over another history."""
        return replace(self, history=tuple(history))

    def commit(self, profile: Profile, origin: str) -> "Session":
        """Add a version after the current one; versions that were undone are dropped, as in any editor.

        A profile equal to the current one adds nothing.
        """
        if self.current and self.current.profile == profile:
            return self
        number = max((version.number for version in self.versions), default=0) + 1
        kept = (*self.versions[: self.position + 1], Version(number, profile, origin))[-MAX_VERSIONS:]
        return replace(self, versions=kept, position=len(kept) - 1)

    def undo(self) -> "Session":
        """One version back, if there is one."""
        return replace(self, position=max(self.position - 1, min(0, self.position)))

    def redo(self) -> "Session":
        """One version forward, if there is one."""
        return replace(self, position=min(self.position + 1, len(self.versions) - 1))

    def go_to(self, number: int) -> "Session":
        """The version of that number.

        Raises:
            SessionError: there is no such version (any more).
        """
        return replace(self, position=self.versions.index(self.version(number)))

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
    versions = session.versions if with_versions else (session.current,)
    return json.dumps(
        {
            "format": EXPORT_FORMAT,
            "history": [_interaction_row(one) for one in session.history] if with_history else [],
            "versions": [asdict(version) for version in versions],
            "position": session.position if with_versions else 0,
        },
        ensure_ascii=False,
        indent=1,
    )


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
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise SessionError(
            "This is not a session file: it is not JSON. Choose the file you exported."
        ) from error
    if not isinstance(data, dict) or data.get("format") != EXPORT_FORMAT:
        raise SessionError(f"This is not a session file: its format is not {EXPORT_FORMAT!r}.")
    try:
        history = tuple(_interaction(row) for row in data["history"])
        versions = tuple(_version(row) for row in data["versions"])
        position = int(data["position"])
    except (KeyError, TypeError, ValueError) as error:
        raise SessionError(f"The session file is damaged ({error}). Export it again.") from error
    if not versions or not 0 <= position < len(versions) or len(versions) > MAX_VERSIONS:
        raise SessionError("The session file is damaged (its versions do not fit together). Export it again.")
    return Session(history, versions, position)


def _interaction_row(one: Interaction) -> dict:
    return asdict(one) | {"time": one.time.isoformat() if one.time else None}


def _interaction(row: dict) -> Interaction:
    time = datetime.fromisoformat(row["time"]) if row.get("time") else None
    rating = None if row.get("rating") is None else float(row["rating"])
    if rating is not None and not 0.5 <= rating <= 5:
        raise ValueError(f"the rating {rating} is not within 0.5-5")
    fields = {name: row.get(name) for name in ("kind", "year", "creator", "item_id", "line")}
    return Interaction(str(row["title"]), rating, time, **fields)


def _version(row: dict) -> Version:
    sentences = tuple(
        Sentence(str(one["text"]), float(one["weight"]), bool(one["enabled"]))
        for one in row["profile"]["sentences"]
    )
    parse_profile("\n".join(sentence.text for sentence in sentences))
    if len(sentences) > MAX_SENTENCES or any(not 0 <= sentence.weight <= 2 for sentence in sentences):
        raise ValueError("a sentence's weight is not within 0-2")
    return Version(int(row["number"]), Profile(sentences), str(row["origin"]))
