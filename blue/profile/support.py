"""Is a sentence supported by its lines, and which lines support a sentence that a person wrote?

Every content word of a sentence either stands in its lines (in their themes, genres, makers, titles, kind or
decade) or is missing. How much a missing word counts was learned from profiles as a person would write them:
"enjoys" or "tale" is missing in most true sentences and tells nothing, "casino" hardly ever is. A logistic
regression over these log-ratios says how likely the sentence is true of its lines. Its weights and the table
of words stand in `assets/support.json`; `training.assets.fit_support` fits them, and states precision and
recall.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from blue.datatypes import Interaction, Item
from blue.profile.words import FUNCTION_WORDS, content_stems, stem, words_of
from blue.shipped import ASSETS

WEIGHTS = ASSETS / "support.json"
MOST_ROWS = 3  # lines that are looked for behind one sentence
SIMILAR = 0.6  # of the best line's evidence, from which another line supports the sentence too
TELLING = -1.0  # log-ratio of a missing word from which it is named as unsupported
FEATURES = (
    "missing",
    "worst missing",
    "held",
    "missing words",
    "held words",
    "share held",
    "best line",
    "lines",
)
KIND_WORDS = {
    "movie": ("film", "movi", "cinema"),
    "series": ("seri", "show", "televis"),
    "book": ("book", "novel", "fiction", "read"),
}  # fmt: skip

Words = frozenset[str]


@dataclass(frozen=True)
class Verdict:
    """Whether lines support a sentence: log-odds, the verdict, and the words that nothing in them says."""

    odds: float
    supported: bool
    missing: tuple[str, ...] = ()  # as written
    rows: tuple[int, ...] = ()  # of the lines that were asked; 0-based


@dataclass(frozen=True)
class SupportModel:
    """The fitted check; `table` is stem -> log-ratios of true to untrue sentences: (missing, held)."""

    table: Mapping[str, tuple[float, float]]
    rare: tuple[float, float]  # of a word that is not in the table
    weights: np.ndarray  # (F,) in the order of FEATURES
    intercept: float
    threshold: float  # log-odds from which a sentence is supported by the lines it was written from
    found_threshold: float  # and by lines that were looked for in a whole history

    def judge(self, sentence: str, lines: Sequence[Words]) -> Verdict:
        """Hold a sentence against the lines it was written from, given as `line_words`; at least one line."""
        odds = self.odds(sentence, lines)
        return Verdict(odds, odds >= self.threshold, self.missing(sentence, lines), tuple(range(len(lines))))

    def find(self, sentence: str, lines: Sequence[Words]) -> Verdict:
        """The lines of a history that say most of what the sentence says, and whether that is enough."""
        stems = content_stems(sentence)
        held = [sum(self._ratio(stem, True) for stem in stems if stem in words) for words in lines]
        if not lines or max(held) <= 0:
            return Verdict(-math.inf, False, tuple(words_of(sentence)))
        rows = self._best_rows(stems, lines, held)
        chosen = [lines[row] for row in rows]
        odds = self.odds(sentence, chosen)
        return Verdict(odds, odds >= self.found_threshold, self.missing(sentence, chosen), rows)

    def is_fused(self, sentence: str, lines: Sequence[Words]) -> bool:
        """Whether no line, and no two of them together, support the sentence."""
        if len(lines) <= 2:
            return not self.judge(sentence, lines).supported
        return not any(self.judge(sentence, pair).supported for pair in combinations(lines, 2))

    def missing(self, sentence: str, lines: Sequence[Words]) -> tuple[str, ...]:
        """Telling words of a sentence that stand in none of the lines, as they are written there."""
        held = frozenset().union(*lines)
        return tuple(
            word
            for word in words_of(sentence)
            if len(word) > 1 and word not in FUNCTION_WORDS and stem(word) not in held
            and self._ratio(stem(word), False) <= TELLING
        )  # fmt: skip

    def odds(self, sentence: str, lines: Sequence[Words]) -> float:
        """Log-odds that the sentence is true of the lines."""
        return float(self.features(content_stems(sentence), lines) @ self.weights + self.intercept)

    def features(self, stems: Sequence[str], lines: Sequence[Words]) -> np.ndarray:
        """(F,) in the order of FEATURES."""
        union = frozenset().union(*lines)
        held = [self._ratio(stem, True) for stem in stems if stem in union]
        missing = [self._ratio(stem, False) for stem in stems if stem not in union]
        count = max(1, len(stems))
        best = max(sum(stem in words for stem in stems) for words in lines)
        return np.array([
            sum(missing), min(missing, default=0.0), sum(held), len(missing), len(held),
            len(held) / count, best / count, len(lines),
        ])  # fmt: skip

    def told(self, sentence: str, lines: Sequence[Words]) -> float:
        """How much of its lines a sentence tells: the log-ratios of its words that stand in them, summed."""
        union = frozenset().union(*lines)
        stems = dict.fromkeys(content_stems(sentence))
        return sum(max(0.0, self._ratio(stem, True)) for stem in stems if stem in union)

    def _ratio(self, word: str, held: bool) -> float:
        return self.table.get(word, self.rare)[held]

    def _best_rows(
        self, stems: Sequence[str], lines: Sequence[Words], held: Sequence[float]
    ) -> tuple[int, ...]:
        """The line that holds most, those that add most to it, and those that hold about as much."""
        rows: list[int] = []
        covered: set[str] = set()
        while len(rows) < MOST_ROWS:
            gain = [
                sum(self._ratio(stem, True) for stem in set(stems) - covered if stem in words)
                for words in lines
            ]
            best = max(range(len(lines)), key=lambda row: (gain[row], held[row], row))
            if gain[best] <= (SIMILAR if rows else 0.0):
                break
            rows.append(best)
            covered |= set(stems) & lines[best]
        alike = sorted(range(len(lines)), key=lambda row: (-held[row], -row))
        near = [row for row in alike if row not in rows and held[row] >= SIMILAR * max(held)]
        return tuple(sorted((*rows, *near[: MOST_ROWS - len(rows)])))


def line_words(line: Interaction, item: Item | None) -> Words:
    """The stems of everything a line says: themes, tones, genres, makers, series, title, kind and decade."""
    known = (
        (*item.themes, *item.tones, *item.genres, *item.makers, item.series or "", item.title) if item else ()
    )
    kind = (item.kind if item else line.kind) or ""
    year = line.year or (item.year if item else None)
    decade = (f"{year % 100 // 10}0s",) if year and year >= 500 else content_stems("ancient") if year else ()
    text = " ".join((*known, line.title, line.creator or ""))
    return frozenset((*content_stems(text), *KIND_WORDS.get(kind, ()), *decade))


@lru_cache(maxsize=1)
def shipped_support() -> SupportModel:
    """The check that ships with the project."""
    stored = json.loads(WEIGHTS.read_text("utf-8"))
    return SupportModel(
        {word: tuple(ratios) for word, ratios in stored["words"].items()},
        tuple(stored["rare"]),
        np.array([stored["weights"][name] for name in FEATURES]),
        stored["intercept"],
        stored["threshold"],
        stored["found threshold"],
    )
