"""What one visitor has before them: a history, the versions of a profile, and how far they went back.

Values, never shared: every change returns a new `Session`. Nothing here is written to disk unless the
visitor exports it, and then only the parts they chose.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, fields, is_dataclass, replace
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from blue.control_characters import CONTROL_CHARACTERS
from blue.datatypes import DEFAULT_PRIOR, MOST_PRIOR, Interaction, Profile, Scoring
from blue.errors import ProfileError, SessionError
from blue.inspection import Models
from blue.profile import parse_profile
from blue.rewards import Counts

MAX_VERSIONS = 50  # beyond that the oldest are forgotten
EXPORT_FORMAT = "blue-session/2"
MAX_EXPORT_BYTES = 5_000_000
MAX_TOP = 500  # items of a ranking that a file may ask for
MAX_NEGATIVES = 100  # of each kind


@dataclass(frozen=True)
class Version:
    """One state of the profile and where it came from, such as "written by SmolLM2" or "edited"."""

    number: int  # 1-based, never reused
    profile: Profile
    origin: str
    without: str | None = None  # id of the item that was held out when the text it goes back to was written


@dataclass(frozen=True)
class HeldOut:
    """The item that a visitor held out; `row` is its place in `Session.history`, if it has one."""

    item_id: str
    row: int | None = None


@dataclass(frozen=True)
class Settings:
    """How the visitor looks at the profile: with these a replay gives the same ranking and rewards."""

    scoring: Scoring = "facets"
    kinds: tuple[str, ...] = ()  # none means all
    within: tuple[str, ...] = ()  # ids of the items of a wish list; none means all
    decades: tuple[int, ...] = ()  # by their first years; none means all
    genres: tuple[str, ...] = ()  # of which an item has one; none means all
    top: int = 20
    held_out: HeldOut | None = None
    prior: float = DEFAULT_PRIOR  # weight of how well known an item is; 0: none, negative: little known first
    seed: int = 0  # of the negatives
    negatives: Counts = field(default_factory=Counts)


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
    settings: Settings = Settings()

    @property
    def history(self) -> tuple[Interaction, ...]:
        """The interactions that count, oldest first."""
        return tuple(interaction for i, interaction in enumerate(self.interactions) if i not in self.removed)

    @property
    def current(self) -> Version | None:
        """The version on the screen."""
        return self.versions[self.position] if self.versions else None

    @property
    def previous(self) -> Version | None:
        """The version before the one on the screen: what its ranking is compared with."""
        return self.versions[self.position - 1] if self.position > 0 else None

    def with_history(self, interactions: Sequence[Interaction], removed: Iterable[int] = ()) -> "Session":
        """The same versions over another history; a row that is held out is followed to its new place.

        Where the new history lacks it, nothing is held out any more.
        """
        moved = replace(self, interactions=tuple(interactions), removed=frozenset(removed))
        return replace(moved, settings=replace(self.settings, held_out=self._followed(moved.history)))

    def _followed(self, history: Sequence[Interaction]) -> HeldOut | None:
        """What is held out, in another history: the same interaction, whatever stars it has there."""
        held_out = self.settings.held_out
        if held_out is None or held_out.row is None:
            return held_out
        before = replace(self.history[held_out.row], rating=None, match=None)
        rows = [row for row, interaction in enumerate(history) if interaction.item_id == held_out.item_id]
        same = [row for row in rows if replace(history[row], rating=None, match=None) == before]
        if not rows:
            return None
        return replace(held_out, row=min(same or rows, key=lambda row: abs(row - held_out.row)))

    def with_settings(self, settings: Settings) -> "Session":
        """The same versions, looked at otherwise."""
        return replace(self, settings=settings)

    def commit(self, profile: Profile, origin: str, *, written: bool = False) -> "Session":
        """Add a version after the current one; versions that were undone are dropped, as in any editor.

        A profile equal to the current one adds nothing. One that is `written` anew from the history has not
        read what is held out now, and the version says so; an edit goes back to the version before it.
        """
        held_out = self.settings.held_out
        before = self.current.without if self.current else None
        without = (held_out.item_id if held_out else None) if written else before
        if self.current and self.current.profile == profile and without == before:
            return replace(self, open_edit=False)
        number = max((version.number for version in self.versions), default=0) + 1
        added = Version(number, profile, origin, without)
        kept = (*self.versions[: self.position + 1], added)[-MAX_VERSIONS:]
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


def export_session(
    session: Session, *, with_history: bool, with_versions: bool, models: Models | None = None
) -> str:
    """What the visitor chose to share, as JSON: the current profile, and on request history and versions.

    Settings are always part of it. An item of the history that is held out is named only with the history.

    Raises:
        SessionError: there is nothing to share.
    """
    if session.current is None:
        raise SessionError("There is no profile to share yet. Write one first.")
    versions = session.versions if with_versions else (session.current,)
    if not with_history:
        versions = tuple(_without_lines(version) for version in versions)
    settings = session.settings
    if not with_history and settings.held_out and settings.held_out.row is not None:
        settings = replace(settings, held_out=None)
        versions = tuple(replace(version, without=None) for version in versions)
    shared = _Shared(
        EXPORT_FORMAT,
        session.history if with_history else (),
        versions,
        session.position if with_versions else 0,
        settings,
        models,
    )
    return _SHARED.dump_json(shared, indent=1).decode()


def _without_lines(version: Version) -> Version:
    """A version that does not name the lines of the history that its sentences were written from."""
    sentences = (replace(sentence, written_from=()) for sentence in version.profile.sentences)
    return replace(version, profile=Profile(tuple(sentences)))


def import_session(text: str) -> Session:
    """Read an exported session, of this or of the first format.

    Raises:
        SessionError: it is no such file, it is damaged, or a value is out of its range.
    """
    shared = _read(text)
    if not 0 <= shared.position < len(shared.versions) <= MAX_VERSIONS:
        raise SessionError("The session file is damaged (its versions do not fit together). Export it again.")
    numbers = [version.number for version in shared.versions]
    if numbers[0] < 1 or any(a >= b for a, b in pairwise(numbers)):
        raise SessionError("The session file is damaged (its versions are not in order). Export it again.")
    for interaction in shared.history:
        if interaction.rating is not None and not 0.5 <= interaction.rating <= 5:
            raise SessionError(
                f"The session file is damaged (the rating {interaction.rating} is not within 0.5-5)."
            )
    for version in shared.versions:
        _check_sentences(version)
    _check_settings(shared.settings, shared.history)
    return Session(
        shared.history, versions=shared.versions, position=shared.position, settings=shared.settings
    )


def exported_models(text: str) -> Models | None:
    """What an exported session was made with; None for files of the first format.

    Raises:
        SessionError: it is no such file, or it is damaged.
    """
    return _read(text).models


@dataclass(frozen=True)
class _Shared:
    """The contents of an exported file."""

    format: Literal["blue-session/1", "blue-session/2"]
    history: tuple[Interaction, ...]
    versions: tuple[Version, ...]
    position: int
    settings: Settings = Settings()  # from here on since the second format
    models: Models | None = None


_SHARED = TypeAdapter(_Shared)


def _read(text: str) -> _Shared:
    if len(text) > MAX_EXPORT_BYTES:
        raise SessionError(
            f"This file has {len(text):,} characters; a session has at most {MAX_EXPORT_BYTES:,}."
        )
    try:
        shared = _SHARED.validate_json(text)
    except ValidationError as error:
        raise SessionError(_damage(error)) from error
    if any(CONTROL_CHARACTERS.search(words) for words in _words_of(shared)):
        raise SessionError(
            "The session file is damaged (it holds characters that nobody sees). Export it again."
        )
    return shared if _names_prior(text) else replace(shared, settings=replace(shared.settings, prior=0.0))


def _names_prior(text: str) -> bool:
    """Whether a file says how much fame counted; when it did not count, files did not name it."""
    return "prior" in json.loads(text).get("settings", {})


def _words_of(value: object) -> Iterator[str]:
    """Every text in an imported file."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for element in value:
            yield from _words_of(element)
    elif is_dataclass(value):
        for field_ in fields(value):
            yield from _words_of(getattr(value, field_.name))


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


def _check_settings(settings: Settings, history: Sequence[Interaction]) -> None:
    """Hold imported settings to what the page can set."""
    counts = settings.negatives
    within = 1 <= settings.top <= MAX_TOP and abs(settings.prior) <= MOST_PRIOR
    if not (within and all(0 <= n <= MAX_NEGATIVES for n in astuple(counts))):
        raise SessionError("The session file is damaged (a setting is out of its range). Export it again.")
    held_out = settings.held_out
    if held_out is None or held_out.row is None:
        return
    if not (0 <= held_out.row < len(history) and history[held_out.row].item_id == held_out.item_id):
        raise SessionError(
            "The session file is damaged (what it holds out is not in its history). Export it again."
        )
