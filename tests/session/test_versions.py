"""A visitor's versions: undo, redo, going anywhere, and a file that opens to the same state."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blue.datatypes import Interaction, Profile, Sentence
from blue.errors import SessionError
from blue.session.versions import (
    MAX_EXPORT_BYTES,
    MAX_VERSIONS,
    HeldOut,
    Session,
    Settings,
    WordChange,
    export_session,
    import_session,
    word_changes,
)

ALIEN = Interaction("Alien", 5.0, datetime(2024, 5, 1, tzinfo=UTC), "movie", 1979, item_id="ml:1214", line=3)
DUNE = Interaction("Dune", None, None, "book", creator="Frank Herbert")


def profile(text: str) -> Profile:
    return Profile((Sentence(text),))


def session_of(*texts: str) -> Session:
    session = Session((ALIEN, DUNE))
    for text in texts:
        session = session.commit(profile(text), "edited")
    return session


def shown(session: Session) -> str | None:
    return session.current.profile.text if session.current else None


def test_a_new_session_has_nothing_to_show_undo_or_compare():
    empty = Session()
    assert (empty.current, empty.previous) == (None, None)
    assert empty.undo() == empty
    assert empty.redo() == empty


def test_undo_and_redo_stop_at_the_ends():
    session = session_of("a", "b")
    assert shown(session.undo()) == "a"
    assert shown(session.undo().undo().undo()) == "a"
    assert shown(session.undo().redo()) == "b"
    assert shown(session.redo()) == "b"
    assert session.previous.profile.text == "a"
    assert session.undo().previous is None


HEAT = Interaction("Heat", 4.0, None, "movie", 1995, item_id="ml:6", line=4)
MOON = Interaction("Moon", 4.5, None, "movie", 2009, item_id="ml:68237", line=5)


def holding_out_heat() -> Session:
    return Session((ALIEN, DUNE, HEAT, MOON)).with_settings(Settings(held_out=HeldOut("ml:6", 2)))


def test_a_held_out_row_is_followed_when_rows_are_taken_out_put_back_added_or_sorted():
    session = holding_out_heat()
    fewer = session.with_history(session.interactions, {0, 3})
    assert fewer.settings.held_out == HeldOut("ml:6", 1)
    assert fewer.with_history(session.interactions).settings.held_out == HeldOut("ml:6", 2)
    assert session.with_history((MOON, *session.interactions)).settings.held_out == HeldOut("ml:6", 3)
    by_title = sorted(session.interactions, key=lambda one: one.title)
    assert session.with_history(by_title).settings.held_out == HeldOut("ml:6", 2)
    assert session.with_history(by_title[::-1]).settings.held_out == HeldOut("ml:6", 1)
    other_stars = [replace(one, rating=1.0) for one in (HEAT, ALIEN)]
    assert session.with_history(other_stars).settings.held_out == HeldOut("ml:6", 0)


def test_of_two_rows_of_a_title_the_one_that_was_held_out_is_followed():
    again = replace(HEAT, line=9)
    session = Session((again, ALIEN, HEAT)).with_settings(Settings(held_out=HeldOut("ml:6", 2)))
    assert session.with_history((HEAT, ALIEN, again)).settings.held_out == HeldOut("ml:6", 0)
    assert session.with_history((ALIEN, again)).settings.held_out == HeldOut("ml:6", 1)


def test_nothing_is_held_out_once_the_history_lacks_it_but_a_title_stays_held_out():
    session = holding_out_heat()
    assert session.with_history(session.interactions, {2}).settings.held_out is None
    title = session.with_settings(Settings(held_out=HeldOut("ml:99")))
    assert title.with_history((ALIEN,)).settings.held_out == HeldOut("ml:99")


@given(st.permutations((ALIEN, DUNE, HEAT, MOON)), st.sets(st.integers(0, 3)))
def test_no_change_of_the_history_ever_holds_out_another_title(interactions, removed):
    changed = holding_out_heat().with_history(interactions, removed)
    held_out = changed.settings.held_out
    assert (held_out is None) == (HEAT not in changed.history)
    assert held_out is None or changed.history[held_out.row] == HEAT


def test_a_commit_after_undo_drops_what_was_undone_and_never_reuses_its_number():
    session = session_of("a", "b", "c").undo().undo().commit(profile("d"), "edited")
    assert [(v.number, v.profile.text) for v in session.versions] == [(1, "a"), (4, "d")]
    with pytest.raises(SessionError, match="no version 2 any more"):
        session.go_to(2)


def test_go_to_keeps_the_later_versions():
    session = session_of("a", "b", "c").go_to(1)
    assert shown(session) == "a"
    assert shown(session.go_to(3)) == "c"


def test_an_equal_profile_is_no_new_version_but_another_weight_is():
    session = session_of("a")
    assert session.commit(profile("a"), "edited").versions == session.versions
    heavier = Profile((Sentence("a", weight=1.5),))
    assert len(session.commit(heavier, "weighted").versions) == 2


def test_the_oldest_versions_are_forgotten_beyond_the_limit():
    session = session_of(*(f"taste {n}" for n in range(1, MAX_VERSIONS + 4)))
    assert len(session.versions) == MAX_VERSIONS
    assert session.versions[0].number == 4
    assert shown(session) == f"taste {MAX_VERSIONS + 3}"


def test_the_steps_of_one_edit_are_one_version_until_it_is_sealed():
    session = session_of("a")
    for text in ("ab", "abc"):
        session = session.edit(profile(text), "edited")
    assert [v.profile.text for v in session.versions] == ["a", "abc"]
    session = session.seal().edit(profile("abcd"), "edited")
    assert [v.profile.text for v in session.versions] == ["a", "abc", "abcd"]


def test_an_edit_after_undo_or_of_another_kind_is_a_version_of_its_own():
    session = session_of("a").edit(profile("b"), "edited")
    undone = session.undo().edit(profile("c"), "edited")
    assert [v.profile.text for v in undone.versions] == ["a", "c"]
    weighted = session.edit(profile("c"), "weighted")
    assert [v.origin for v in weighted.versions] == ["edited", "edited", "weighted"]


def test_removed_interactions_do_not_count_and_changes_never_touch_the_old_session():
    session = session_of("a")
    fewer = session.with_history(session.interactions, removed={0})
    assert fewer.history == (DUNE,)
    assert session.history == (ALIEN, DUNE)


@given(
    st.lists(
        st.sampled_from(["a", "b", "c"]) | st.sampled_from(["undo", "redo", "first", "seal"]), max_size=30
    )
)
def test_whatever_is_pressed_the_position_points_at_a_version(steps):
    session = Session()
    for step in steps:
        if step in ("undo", "redo", "seal"):
            session = getattr(session, step)()
        elif step == "first":
            session = session.go_to(session.versions[0].number) if session.versions else session
        else:
            session = session.edit(profile(step), "edited")
    assert (session.position == -1) == (not session.versions)
    assert not session.versions or session.current in session.versions
    numbers = [version.number for version in session.versions]
    assert numbers == sorted(set(numbers))


def test_word_changes_tell_what_was_added_and_removed():
    assert word_changes("loves old musicals", "hates musicals and gore") == [
        WordChange("loves old", "removed"),
        WordChange("hates", "added"),
        WordChange("musicals", "same"),
        WordChange("and gore", "added"),
    ]
    assert word_changes("a b", "a b") == [WordChange("a b", "same")]


@given(st.text(alphabet="ab \n", max_size=40), st.text(alphabet="ab \n", max_size=40))
def test_word_changes_hold_both_texts(old, new):
    changes = word_changes(old, new)
    spaced = {text: text.replace("\n", " \n ") for text in (old, new)}
    assert " ".join(c.text for c in changes if c.change != "added") == spaced[old]
    assert " ".join(c.text for c in changes if c.change != "removed") == spaced[new]


def test_a_file_opens_to_the_same_state():
    session = session_of("a", "b", "c").undo()
    opened = import_session(export_session(session, with_history=True, with_versions=True))
    assert opened == session


def test_a_file_holds_only_what_was_chosen():
    session = session_of("a", "b").with_history((ALIEN, DUNE), removed={0})
    alone = export_session(session, with_history=False, with_versions=False)
    assert "Dune" not in alone
    assert import_session(alone).history == ()
    assert [v.profile.text for v in import_session(alone).versions] == ["b"]

    shared = export_session(session, with_history=True, with_versions=False)
    assert "Alien" not in shared  # the visitor removed it
    assert import_session(shared).history == (DUNE,)


def test_there_is_nothing_to_share_before_a_profile():
    with pytest.raises(SessionError, match="no profile to share yet"):
        export_session(Session((ALIEN,)), with_history=True, with_versions=True)


def changed(**changes: object) -> str:
    content = json.loads(export_session(session_of("a", "b"), with_history=True, with_versions=True))
    return json.dumps(content | changes)


def version(number: object = 1, text: object = "a", weight: object = 1.0) -> dict:
    return {
        "number": number,
        "origin": "edited",
        "profile": {"sentences": [{"text": text, "weight": weight, "enabled": True}]},
    }


@pytest.mark.parametrize(
    "content",
    ["", "not json", "[]", "null", "{}", '{"format": "blue-session/3"}', "[" * 100_000, "1" * 10_000],
)
def test_a_file_that_is_no_session_is_refused(content):
    with pytest.raises(SessionError, match="not a session file"):
        import_session(content)


@pytest.mark.parametrize(
    "content",
    [
        changed(history=["Alien"]),
        changed(history=[{"title": "Alien", "rating": 9}]),
        changed(history=[{"title": "Alien", "rating": float("nan")}]),
        changed(history=[{"title": "Alien", "item_id": {"a": 1}}]),
        changed(history=[{"rating": 3}]),
        changed(versions=[]),
        changed(versions="b"),
        changed(versions=[version(weight=float("inf"))], position=0),
        changed(versions=[version(weight=-1)], position=0),
        changed(versions=[version(text=7)], position=0),
        changed(versions=[version(text="two\nlines")], position=0),
        changed(versions=[version(2), version(2)]),
        changed(versions=[version(0), version(1)]),
        changed(versions=[version(n + 1) for n in range(MAX_VERSIONS + 1)]),
        changed(position=2),
        changed(position=-1),
        changed(position=float("inf")),
    ],
)
def test_a_damaged_file_is_refused(content):
    with pytest.raises(SessionError, match="damaged"):
        import_session(content)


def test_an_imported_profile_keeps_the_limits_of_a_written_one():
    content = changed(versions=[version(text="x" * 401)], position=0)
    with pytest.raises(SessionError, match=r"Version 1 in this file cannot be used: Sentence 1 has 401"):
        import_session(content)


def test_a_file_of_another_size_class_is_refused_unread():
    with pytest.raises(SessionError, match="at most 5,000,000"):
        import_session(" " * (MAX_EXPORT_BYTES + 1))
