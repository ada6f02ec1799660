"""Who may use an app that shows many people: users of a file, or whoever sits at this computer.

The file has a line `user:password` each, and nobody but its owner may read it. Gradio asks for them and keeps
who is logged in; the gate refuses everything else to who is not (Gradio alone leaves some routes open).
"""

import hmac
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from blue.errors import PeopleError
from blue.people import Library
from blue.ui.serving.gate import LOOPBACK

SHORTEST = 8  # characters of a password
MESSAGE = "This app shows what is said of people. Log in to use it."


@dataclass(frozen=True)
class Access:
    """Users with their passwords."""

    passwords: Mapping[str, str]

    def check(self, user: str, password: str) -> bool:
        """Whether they fit; it takes as long for a user who is none."""
        known = self.passwords.get(user, "")
        return hmac.compare_digest(known.encode(), password.encode()) and bool(known)


def access_to(library: Library | None, file: str | os.PathLike | None) -> Access | None:
    """Who must log in; None where everybody may who reaches the app.

    Raises:
        PeopleError: people would be shown to whoever comes, or the file of users cannot be used.
    """
    if library is None:
        return None
    if file:
        return Access(_read(Path(file).expanduser()))
    if is_for_this_computer():
        return None
    raise PeopleError(
        "--profiles shows what is said of people, and this app can be reached from outside. Give "
        "--people-auth FILE with a line user:password each, or leave HOST and BLUE_HOSTS away."
    )


def is_for_this_computer() -> bool:
    """Whether nobody else reaches the app: it listens on loopback, and no proxy stands before it."""
    host = os.environ.get("HOST") or "127.0.0.1"
    return (
        host in LOOPBACK and not os.environ.get("BLUE_HOSTS", "").strip(", ") and "SPACE_ID" not in os.environ
    )


def _read(file: Path) -> dict[str, str]:
    try:
        if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise PeopleError(
                f"Others can read the passwords in {file}. Make it yours alone: chmod 600 {file}"
            )
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PeopleError(f"Cannot read {file}. Name a file with a line user:password each.") from error
    users = {}
    for number, line in enumerate(lines, start=1):
        user, colon, password = line.strip().partition(":")
        if not line.strip():
            continue
        if not colon or not user.strip() or len(password) < SHORTEST or user.strip() in users:
            raise PeopleError(
                f"{file}, line {number}: write user:password, each user once, {SHORTEST} characters or more."
            )
        users[user.strip()] = password
    if not users:
        raise PeopleError(f"{file} names nobody. Write a line user:password each.")
    return users
