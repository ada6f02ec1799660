"""Any text is read or refused with a message, and what is written is read back."""

import math
from datetime import datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blue.datatypes import Interaction
from blue.errors import HistoryError
from blue.history import FORMATS, parse_history
from blue.history.entries import clean_title
from tests.history.writing import write_history

NOW = datetime(2026, 1, 1)
TOKENS = [
    '"',
    ",",
    ";",
    "\t",
    "|",
    "\n",
    "\r\n",
    "title",
    "rating",
    "date",
    "Title,Date",
    "Dune",
    '":',
    '"',
    "4/5",
    "10",
    "★",
    "½",
    "2021-03-01",
    "3/4/21",
    "(1999)",
    "{",
    "}",
    "[",
    "]",
    "::",
    "1::2::3::4",
    "#",
    "\\",
    "NaN",
    "inf",
    "-1",
    "userId,movieId,rating,timestamp",
    "asin",
    "properties",
    "é",
    "映画",
    "1e999",
    "sep=;",
    "null",
]
texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from([*TOKENS, "\n", "\x00", "\u202e", "\ud800"]), max_size=50).map("".join),
)
titles = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            [
                *'|#.()[]"“”-*+•–☑\\:;,%/★½',
                " ",
                "1",
                "1999",
                "(1999)",
                "Dune",
                "5 stars",
                "- 4/5",
                "The",
                "é",
                "{",
                '"title"',
            ]
        ),
        max_size=12,
    ).map("".join),
).map(clean_title)
interactions = st.builds(
    Interaction,
    title=titles.filter(bool),
    rating=st.one_of(st.none(), st.integers(50, 500).map(lambda hundredths: hundredths / 100)),
    time=st.one_of(
        st.none(),
        st.datetimes(datetime(1900, 1, 1), datetime(2025, 12, 31)).map(lambda t: t.replace(microsecond=0)),
    ),
    year=st.one_of(st.none(), st.integers(-3000, -1), st.integers(1, 2100)),
)
slow = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(source):
    try:
        parsed = parse_history(source, now=NOW)
    except HistoryError:
        return
    assert parsed.format in FORMATS
    assert parsed.interactions
    for row in parsed.interactions:
        assert row.title == clean_title(row.title)
        assert 1 <= len(row.title) <= 300
        assert row.rating is None or (math.isfinite(row.rating) and 0.5 <= row.rating <= 5)
        assert row.time is None or row.time.tzinfo is None
        assert (
            1
            <= row.line
            <= source.count("\n" if isinstance(source, str) else b"\n") * 2
            + source.count("\r" if isinstance(source, str) else b"\r")
            + 1
        )
    times = [row.time for row in parsed.interactions if row.time is not None]
    assert times == sorted(times)
    for row in parsed.skipped:
        assert row.reason
        assert len(row.text) <= 200
        row.text.encode()


@settings(slow, max_examples=400)
@given(texts)
def test_any_text_is_read_or_refused(text):
    check(text)


@settings(slow, max_examples=150)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(source):
    check(source)


@settings(slow, max_examples=300)
@given(st.lists(interactions, min_size=1, max_size=6, unique_by=lambda i: (i.title.casefold(), i.year)))
def test_what_is_written_is_read_back(history):
    def facts(rows):
        return sorted((i.title, i.year or 0, i.rating or 0, i.time or datetime.min) for i in rows)

    parsed = parse_history(write_history(history), now=NOW)
    assert parsed.format == "lines"
    assert facts(parsed.interactions) == facts(history)


@settings(slow, max_examples=100)
@given(st.lists(interactions, min_size=1, max_size=6, unique_by=lambda i: (i.title.casefold(), i.year)))
def test_writing_what_was_read_changes_nothing(history):
    once = write_history(parse_history(write_history(history), now=NOW).interactions)
    assert write_history(parse_history(once, now=NOW).interactions) == once
