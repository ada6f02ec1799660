"""Every figure of the audit against rows that were counted by hand; the report stands alone."""

import re

import pytest

from blue.errors import PeopleError
from blue.items import load_catalog
from blue.people import Filters, PeopleStore, audit, report, segment
from blue.people.auditing import wilson
from blue.profile import line_words, shipped_support
from tests.people import conftest as known
from tests.people.making import Somebody, write_folder

# SPACE is said by ann and dee alone, CRIME by bob and eve, ROMANCE by cy and fay: three must say it.
MANY = (
    *known.PEOPLE,
    Somebody("gus", (known.SPACE,), known.seen(known.ALIEN)),
    Somebody("hal", (known.NO_HORROR,)),
)


@pytest.fixture(scope="module")
def crowd(tmp_path_factory, encoder) -> PeopleStore:
    return PeopleStore.open(write_folder(tmp_path_factory.mktemp("audited") / "profiles", MANY, encoder))


@pytest.fixture(scope="module")
def items():
    return load_catalog().by_id


@pytest.fixture(scope="module")
def found(crowd, items):
    return audit(crowd, items, segment(crowd, 3), ["a", "b", "c"])


def by_id(store: PeopleStore, rows) -> set[str]:
    return {person.user_id for person in store.people(rows)}


def test_what_is_judged(found):
    assert (found.people, found.profiled, found.sentences) == (10, 9, 13)
    assert (found.with_history, found.repeated_from) == (8, 3)


def test_sentences_that_many_say_word_for_word(crowd, found):
    one = found.figure("repeated")
    assert (one.marked, one.sentences, one.people) == (3, 13, 9)
    assert by_id(crowd, found.behind(one)) == {"ann", "dee", "gus"}
    assert one.share == pytest.approx(3 / 13)
    assert (one.share_of_people, one.interval) == (pytest.approx(3 / 9), wilson(3, 9))


def test_sensitive_sentences(crowd, found):
    one = found.figure("sensitive")
    assert (one.marked, one.sentences) == (1, 13)
    assert by_id(crowd, found.behind(one)) == {"eve"}


def test_sentences_that_restate_a_title_are_counted_where_histories_are(crowd, found):
    one = found.figure("restated")
    assert (one.marked, one.sentences, one.people) == (1, 12, 8)  # hal has no history
    assert by_id(crowd, found.behind(one)) == {"fay"}


def test_unsupported_sentences_as_the_support_model_says(crowd, found, items):
    expected = set()
    for person in MANY:
        lines = [line_words(line, items.get(line.item_id)) for line in person.history]
        for sentence in person.sentences:
            if lines and sentence != known.NO_HORROR:
                if not shipped_support().find(sentence, lines).supported:
                    expected.add(person.user_id)
            elif lines:  # a rejection is looked for among what was rated low: nothing was
                expected.add(person.user_id)
    one = found.figure("unsupported")
    assert by_id(crowd, found.behind(one)) == expected
    assert {"ann", "eve"} <= expected
    assert "bob" not in expected


def test_by_the_length_of_the_history_and_by_segment(crowd, found):
    short = found.figure("repeated", "1-4 titles")
    assert (short.marked, short.sentences) == (3, 12)  # hal read none
    with pytest.raises(PeopleError, match="no figure"):
        found.figure("repeated", "100 titles or more")
    parts = [one for one in found.figures if one.mark == "sensitive" and one.group.startswith("segment")]
    assert sum(one.sentences for one in parts) == 13
    assert sum(one.marked for one in parts) == 1
    assert sum(one.people for one in parts) == 9


def test_the_interval_by_hand():
    # 3 of 9 at z = 1.959964: (1/3 + z²/18 ± z sqrt((2/9)/9 + z²/324)) / (1 + z²/9)
    assert wilson(3, 9) == (pytest.approx(0.12058, abs=1e-5), pytest.approx(0.64579, abs=1e-5))
    assert wilson(0, 10)[0] == 0.0
    assert wilson(0, 0) == (0.0, 1.0)


def test_without_histories_nothing_is_said_of_support(tmp_path, encoder, items):
    bare = [Somebody(person.user_id, person.sentences) for person in known.PEOPLE[:3]]
    store = PeopleStore.open(write_folder(tmp_path / "bare", bare, encoder, histories=False))
    found = audit(store, items)
    assert {one.mark for one in found.figures} == {"sensitive", "repeated"}
    assert "keep no histories" in report(found, store)
    with pytest.raises(PeopleError, match="no kinds are known"):
        store.rows(Filters(kind="movie"))


def test_the_report_stands_alone_and_runs_nothing(crowd, found):
    page = report(found, crowd)
    assert "3 of 13" in page
    assert "33.3%" in page
    assert not re.search(r"<(script|link|img|iframe)|https?://", page)
    hostile = audit(crowd, {}, None)
    assert known.HOSTILE_ID not in report(hostile, crowd)
    assert "&lt;img src=x" in report(hostile, crowd)
