"""What the maps learn from: (parts of a profile, item) pairs of training users, as rows of frozen embeddings.

Four kinds of pairs, drawn from one domain at a time:

- recent: the liked items among the ten before a position, each as a sentence, and the item at the position;
- profiles: the sentences of the rule-written profile of the same window, and that item;
- taught: one sentence as a person would write it, and a work that supports it (`training.data.teaching`);
- judged: one sentence, and a work that fits it; those that a reader found not to fit compete with it in full.

Every text is embedded once by the frozen base and kept on the disk.
"""

import json
import random
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blue.datatypes import Interaction
from blue.item_text import item_text
from blue.items import load_catalog
from blue.profile import rule_profile
from blue.retrieval import log_popularity
from training.data import Case, cut, grouper_of, item_vectors, known_items, read_teaching
from training.data.teaching import TEACHING
from training.evaluate import EvaluationContext, EvaluationData
from training.evaluate.tables.files import PROJECT

RECENT = 10  # items before a position that may stand for sentences
PARTS = 5  # of a pair at most, as many as a profile has sentences
TAUGHT = ("profiles.jsonl", "grouped.jsonl", "toned.jsonl", "kinds.jsonl")
JUDGED = PROJECT / "training" / "assets" / "fits.jsonl"
LIKED = 3.5  # stars from which an item is liked; an unrated one is

Embed = Callable[[Sequence[str]], np.ndarray]  # texts -> (N, D) rows of the frozen base


@dataclass(frozen=True)
class Pair:
    """Rows of a domain's queries, and the row of its item."""

    parts: tuple[int, ...]
    item: int
    alike: frozenset[int] = frozenset()  # rows of items that would do as well, or nearly: they do not compete
    others: tuple[int, ...] = ()  # rows of items that were looked at and do not fit


@dataclass(frozen=True)
class Domain:
    """The pairs whose items compete with each other; a query row below I is the item, read as a query."""

    name: str
    items: np.ndarray  # (I, D)
    queries: np.ndarray  # (I + N, D)
    prior: np.ndarray  # (I,) log quantiles of popularity
    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Amounts:
    """How many windows of each user, and how many of them get a rule-written profile."""

    windows: int
    profiles: int
    seed: int


def domain_of(data: EvaluationData, evaluation: EvaluationContext, embed: Embed, amounts: Amounts) -> Domain:
    """Windows of all training users of a data set."""
    draw = random.Random(f"{amounts.seed}:{data.name}")
    cases = list(_windows(data, amounts.windows, draw))
    recent = [Pair(liked(case.history, evaluation), evaluation.row_of[case.target.item_id]) for case in cases]
    written = draw.sample(range(len(cases)), min(amounts.profiles, len(cases)))
    grouper, items = grouper_of(data.dataset), data.dataset.items
    texts: dict[str, int] = {}
    profiles = []
    for number in written:
        said = rule_profile(cases[number].history[-25:], items, grouper).sentences
        rows = [texts.setdefault(one.text, len(items) + len(texts)) for one in said]
        profiles.append(Pair(tuple(rows[:PARTS]), recent[number].item))
    pairs = tuple(pair for pair in (*recent, *profiles) if pair.parts)
    queries = np.concatenate([evaluation.vectors, embed(list(texts))]) if texts else evaluation.vectors
    return Domain(data.name, evaluation.vectors, queries, evaluation.log_popularity, pairs)


def _windows(data: EvaluationData, most: int, draw: random.Random) -> Iterator[Case]:
    """At most so many positions of every training user, each the target of what came before it."""
    for user in data.users("train"):
        positions = range(1, len(data.dataset.histories[user]))
        for position in draw.sample(positions, min(most, len(positions))):
            if case := cut(data.dataset, user, position):
                yield case


def liked(history: Sequence[Interaction], evaluation: EvaluationContext) -> tuple[int, ...]:
    """Rows of the liked ones among the most recent items; of the last one where none is."""
    recent = history[-RECENT:]
    chosen = [one for one in recent if one.rating is None or one.rating >= LIKED] or recent[-1:]
    return tuple(evaluation.row_of[one.item_id] for one in chosen)


def taught_domains(embed: Embed, kinds: Sequence[str] = ("movies", "books", "visitors")) -> list[Domain]:
    """A domain a kind of work of the shipped catalogue: sentences of training users' teaching profiles."""
    found = known_items(kinds, ())
    wanted: dict[str, list[tuple[str, str]]] = {}  # kind of work -> sentence, item
    for profile in read_teaching([TEACHING / name for name in TAUGHT], found, "train"):
        for sentence in profile.sentences:
            for row in sentence.rows:
                one = profile.history[row]
                if one.rating is None or one.rating >= LIKED:
                    wanted.setdefault(one.kind, []).append((sentence.text, one.item_id))
    return [
        _of_works("taught", kind, [(text, [item_id], [], []) for text, item_id in pairs], embed)
        for kind, pairs in wanted.items()
    ]


def judged_domains(embed: Embed, path: Path = JUDGED, *, held_out: bool = False) -> list[Domain]:
    """A domain a kind of work: sentences, and what a reader found to fit them; one in five is held out."""
    read: dict[str, list[tuple[str, list[str], list[str], list[str]]]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        found = json.loads(line)
        if is_held_out(found["text"]) == held_out:
            row = found["text"], found["fits"], found["partly"], found["others"]
            read.setdefault(found["kind"], []).append(row)
    return [_of_works("judged", kind, rows, embed) for kind, rows in read.items()]


def is_held_out(text: str) -> bool:
    """Whether a judged sentence is for validation; its text alone decides."""
    return zlib.crc32(text.encode()) % 5 == 0


def _of_works(
    name: str,
    kind: str,
    wanted: Sequence[tuple[str, Sequence[str], Sequence[str], Sequence[str]]],
    embed: Embed,
) -> Domain:
    """Sentences with ids of works that fit, nearly fit and do not fit -> a pair each that fits."""
    items = [item for item in load_catalog().items if item.kind == kind]
    row_of = {item.item_id: row for row, item in enumerate(items)}
    texts: dict[str, int] = {}
    pairs = []
    for text, fits, partly, others in wanted:
        query = (texts.setdefault(text, len(items) + len(texts)),)
        alike = frozenset(row_of[one] for one in (*fits, *partly))
        wrong = tuple(row_of[one] for one in others)
        pairs += [Pair(query, row_of[item_id], alike, wrong) for item_id in fits]
    rows = embed([item_text(item) for item in items])
    prior = log_popularity(np.array([item.popularity for item in items], dtype=float))
    return Domain(f"{name} {kind}", rows, np.concatenate([rows, embed(list(texts))]), prior, tuple(pairs))


def kept(encoder, cache: Path) -> Embed:
    """Embed by the frozen base, and keep what was embedded."""
    return lambda texts: item_vectors(texts, encoder, cache)
