"""Histories that nobody would write: noise, tokens of the formats, attacks, damaged exports."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import strategies as st

from blue.datatypes import Profile, Sentence
from blue.errors import BlueError
from blue.profiler import Profiler
from tests.hostile.corpus import attacks

PROFILE = Profile((Sentence("Lonely space films."), Sentence("Heist films with a code of honour.")))
SLOWEST_SECONDS = 5.0  # a text that takes a runaway's time, on however busy a machine
HISTORIES = Path(__file__).resolve().parents[1] / "history"
EXPORTS = tuple(
    path.read_bytes()[:3_000]
    for folder in ("fixtures", "exports/reported", "exports/made_up")
    for path in sorted((HISTORIES / folder).iterdir())
)

_tokens = st.sampled_from(
    [
        *',;|{}[]:#=', '"', '\t', '\n', '\r\n', '\\',
        *("title", "rating", "Title,Date", "4/5", "10", "★", "½", "2021-03-01", "::"),
        *("(1999)", "1::2::3::4", "NaN", "inf", "1e999", "-1", "null", "true", "sep=;", "\x00", "\u202e"),
        *("\ud800", "映画", "Heat", "Alien (1979)", '{"title":', "userId,movieId,rating,timestamp"),
        "Name,Year,Letterboxd URI,Rating",
    ]
)  # fmt: skip
_attacks = st.sampled_from([attack.text for attack in attacks("title", "review", "profile")])


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """A real export with pieces cut out, doubled, or overwritten."""
    content = draw(st.sampled_from(EXPORTS))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        length = draw(st.integers(0, 200))
        piece = draw(st.one_of(st.binary(max_size=20), st.just(content[at : at + length] * 2), st.just(b"")))
        content = content[:at] + piece + content[at + length :]
    return content


histories = st.one_of(
    st.text(max_size=300),
    st.binary(max_size=300),
    st.lists(st.one_of(_tokens, _attacks, st.text(max_size=8)), max_size=40).map("".join),
    st.lists(st.tuples(_attacks, st.sampled_from(["5", "x", "", "-1", "4.5/5"])), max_size=12).map(
        lambda rows: "\n".join(f"{title} | {stars}" for title, stars in rows)
    ),
    _damaged(),
)


@dataclass
class Walk:
    """Histories on their way through the real models' path: read, prompt, rank."""

    profiler: Profiler
    read: int = 0
    refused: int = 0
    slowest: float = field(default=0.0)  # seconds of this thread's own computing

    def walk(self, source: str | bytes) -> None:
        """One history; AssertionError if it computes for more than a second."""
        start = time.thread_time()
        try:
            parsed = self.profiler.read(source)
            self.profiler.conversations(parsed.interactions)
            ranking = self.profiler.rank(PROFILE, parsed.interactions, top=20)
            assert len(ranking.items) == 20
            self.read += 1
        except BlueError as error:
            assert str(error)  # noqa: PT017
            self.refused += 1
        spent = time.thread_time() - start
        self.slowest = max(self.slowest, spent)
        assert spent < SLOWEST_SECONDS, f"{spent:.1f} s for {source[:300]!r}"
