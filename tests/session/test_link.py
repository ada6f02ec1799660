"""A link holds the profile and the settings, survives the way through an address, and nothing else does."""

import zlib
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest

from blue.datatypes import Interaction, Profile, Sentence
from blue.errors import SessionError
from blue.session import HeldOut, Session, from_fragment, to_fragment

PROFILE = Profile(
    (Sentence("Heist films — with a code.", 1.5), Sentence("Can't stand musicals.", enabled=False))
)
HISTORY = (Interaction("My secret film", 5.0), Interaction("Heat", 4.0, item_id="ml:6"))


def a_session() -> Session:
    session = Session(HISTORY).commit(PROFILE, "edited")
    held = replace(session.settings, scoring="single", kinds=("movie",), held_out=HeldOut("ml:6", 1))
    return session.with_settings(held)


def test_profile_and_settings_come_through_and_the_history_does_not() -> None:
    fragment = to_fragment(a_session())
    assert fragment.replace("-", "").replace("_", "").isalnum()
    opened = from_fragment(fragment)
    assert opened.current.profile == PROFILE
    assert (opened.settings.scoring, opened.settings.kinds) == ("single", ("movie",))
    assert opened.interactions == ()
    assert opened.settings.held_out is None


def packed(text: str) -> str:
    return urlsafe_b64encode(zlib.compress(text.encode())).rstrip(b"=").decode()


@pytest.mark.parametrize(
    "fragment",
    [
        "",
        "drawers",
        "%%%",
        to_fragment(a_session())[:-8],
        packed("{}"),
        packed("[" * 9),
        packed("a" * 6_000_000),
    ],
    ids=["empty", "an anchor", "no letters", "cut", "no session", "no JSON", "a bomb"],
)
def test_what_is_no_link_is_refused(fragment: str) -> None:
    with pytest.raises(SessionError):
        from_fragment(fragment)


def test_without_a_profile_there_is_nothing_to_link_to() -> None:
    with pytest.raises(SessionError, match="no profile"):
        to_fragment(Session(HISTORY))
