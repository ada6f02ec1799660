"""When is a sentence supported by its lines: fit `blue.profile.support`, or measure it.

    python -m training.assets.fit_support --data beauty=DIR toys=DIR
    python -m training.assets.fit_support --measure --reference reference.jsonl --data ...

True are the sentences of the teaching profiles, held against the lines that their writer cites. Untrue are
the same sentences held against as many lines of somebody else ("swapped") or of other tastes of the same
person ("other taste"), and sentences whose end comes from somebody else's ("spliced"), which is how a small
model goes wrong. The threshold keeps `KEPT` of the true sentences of the users that were fitted on.
"""

import json
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from blue.profile.support import FEATURES, WEIGHTS, SupportModel, Words, line_words, shipped_support
from blue.profile.words import content_stems
from training.assets.fit_grouping import fit_linear, held_out
from training.data import TEACHING, TeachingProfile, data_folders, known_items, read_teaching
from training.data.teaching import WORKS
from training.runs import parser_of

KEPT = 0.97  # of the true sentences
PRIOR = 3.0  # sentences that a word's own counts are held against
LEAST = 3  # true sentences with a word from which it has a place in the table
UNTRUE_MISSING = 0.97  # of rare words in untrue sentences
_JOINT = re.compile(r"(?<=\w)(?:, | (?:with|of|in|about|from|where|among|by|and|between|to) )")


@dataclass(frozen=True)
class Claim:
    """A sentence held against lines; `how` it came about: "true", "swapped", "other taste" or "spliced"."""

    sentence: str
    lines: tuple[Words, ...]
    history: tuple[Words, ...]  # all lines, where the sentence's may be looked for
    how: str = "true"


def claims(profiles: Sequence[TeachingProfile], seed: int = 0) -> list[Claim]:
    """True and untrue claims of these profiles."""
    draw = random.Random(seed)
    words = [_words_of(profile) for profile in profiles]
    by_kind: dict[str, list[int]] = {}
    for place, profile in enumerate(profiles):
        by_kind.setdefault(profile.kind, []).append(place)
    found = []
    for place, profile in enumerate(profiles):
        strangers = [other for other in by_kind[profile.kind] if other != place]
        if not strangers:
            continue
        for taught in profile.sentences:
            lines = tuple(words[place][row] for row in taught.rows)
            true = Claim(taught.text, lines, words[place])
            found.append(true)
            other = draw.choice(strangers)
            count = min(len(lines), len(words[other]))
            found.append(
                replace(
                    true, lines=tuple(draw.sample(words[other], count)), history=words[other], how="swapped"
                )
            )
            rest = [line for row, line in enumerate(words[place]) if row not in taught.rows]
            if len(rest) >= len(lines):
                found.append(replace(true, lines=tuple(draw.sample(rest, len(lines))), how="other taste"))
            donor = draw.choice(profiles[draw.choice(strangers)].sentences)
            if spliced := splice(taught.text, donor.text):
                found.append(replace(true, sentence=spliced, how="spliced"))
    return found


def splice(head: str, tail: str) -> str | None:
    """A sentence with the end of another one, or None where one cannot be cut.

    >>> splice("Loves heist films with a code.", "Drawn to romance in a small town.")
    'Loves heist films in a small town.'
    """
    begins = [joint.start() for joint in _JOINT.finditer(head) if len(head[: joint.start()].split()) >= 3]
    ends = [joint.start() for joint in _JOINT.finditer(tail) if len(tail[joint.start() :].split()) >= 3]
    return head[: begins[-1]] + tail[ends[-1] :] if begins and ends else None


def fit(taught: Sequence[Claim]) -> SupportModel:
    """Word table, regression and thresholds from the claims of training users."""
    table, rare = word_table(taught)
    model = SupportModel(table, rare, np.zeros(len(FEATURES)), 0.0, 0.0, 0.0)
    features = np.array([model.features(content_stems(claim.sentence), claim.lines) for claim in taught])
    linear = fit_linear(features, np.array([claim.how == "true" for claim in taught], float))
    model = replace(model, weights=linear.weights, intercept=linear.intercept)
    true = [claim for claim in taught if claim.how == "true"]
    return replace(
        model,
        threshold=float(np.quantile([model.odds(claim.sentence, claim.lines) for claim in true], 1 - KEPT)),
        found_threshold=float(
            np.quantile([model.find(claim.sentence, claim.history).odds for claim in true], 1 - KEPT)
        ),
    )


def word_table(taught: Sequence[Claim]) -> tuple[dict[str, tuple[float, float]], tuple[float, float]]:
    """Stem -> log-ratios (missing, held) of true to untrue claims, and those of a word that is rare."""
    missing, seen = {True: Counter(), False: Counter()}, {True: Counter(), False: Counter()}
    for claim in taught:
        if claim.how == "spliced":
            continue
        stems, held = content_stems(claim.sentence), frozenset().union(*claim.lines)
        seen[claim.how == "true"].update(stems)
        missing[claim.how == "true"].update(stem for stem in stems if stem not in held)
    few = [word for word, count in seen[True].items() if count < LEAST]
    base = sum(missing[True][word] for word in few) / max(1, sum(seen[True][word] for word in few))

    def ratios(word: str) -> tuple[float, float]:
        true = (missing[True][word] + PRIOR * base) / (seen[True][word] + PRIOR)
        untrue = (missing[False][word] + PRIOR * UNTRUE_MISSING) / (seen[False][word] + PRIOR)
        return round(float(np.log(true / untrue)), 3), round(float(np.log((1 - true) / (1 - untrue))), 3)

    return {word: ratios(word) for word, count in sorted(seen[True].items()) if count >= LEAST}, ratios("")


def measure(model: SupportModel, held_out: Sequence[Claim]) -> dict[str, float]:
    """Shares of claims: the true that are kept, the untrue of each kind that are found out, precision."""
    verdicts = {how: [] for how in ("true", "swapped", "other taste", "spliced")}
    for claim in held_out:
        verdicts[claim.how].append(model.judge(claim.sentence, claim.lines).supported)
    kept = {how: float(np.mean(some)) for how, some in verdicts.items()}
    looked_for = {
        how: float(
            np.mean(
                [
                    model.find(claim.sentence, claim.history).supported
                    for claim in held_out
                    if claim.how == how
                ]
            )
        )
        for how in ("true", "swapped")
    }
    untrue = [verdict for how, some in verdicts.items() if how != "true" for verdict in some]
    return {
        "true sentences": len(verdicts["true"]), "recall": kept["true"],
        "precision at as many untrue": kept["true"] / (kept["true"] + float(np.mean(untrue))),
        "swapped found out": 1 - kept["swapped"], "other taste found out": 1 - kept["other taste"],
        "spliced found out": 1 - kept["spliced"], "recall, lines looked for": looked_for["true"],
        "swapped history found out": 1 - looked_for["swapped"],
        "fused (no two lines) of the true": float(
            np.mean([model.is_fused(true.sentence, true.lines) for true in held_out if true.how == "true"])
        ),
    }  # fmt: skip


def _words_of(profile: TeachingProfile) -> tuple[Words, ...]:
    return tuple(line_words(line, profile.items.get(line.item_id)) for line in profile.history)


def write(model: SupportModel, path: Path) -> None:
    """Model -> a JSON file that a person can read."""
    stored: Mapping = {
        "weights": {name: round(float(w), 4) for name, w in zip(FEATURES, model.weights, strict=True)},
        "intercept": round(model.intercept, 4),
        "threshold": round(model.threshold, 4),
        "found threshold": round(model.found_threshold, 4),
        "rare": list(model.rare),
        "words": {word: list(ratios) for word, ratios in model.table.items()},
    }
    text = json.dumps(stored, indent=1, ensure_ascii=False)
    path.write_text(re.sub(r"\[\s+(\S+),\s+(\S+)\s+\]", r"[\1, \2]", text) + "\n", encoding="utf-8")


def main() -> None:
    """Fit, write and measure; with --measure only measure."""
    parser = parser_of(__doc__)
    parser.add_argument("--data", nargs="*", default=(), metavar="[NAME=]DIR", help="the shops")
    parser.add_argument("--reference", type=Path, help="more profiles to measure on, of test users")
    parser.add_argument("--measure", action="store_true", help="leave the weights as they are")
    parser.add_argument("--seed", type=int, default=0, help="draws whose lines a sentence is held against")
    arguments = parser.parse_args()
    kinds = (*WORKS, *(folder.name for folder in data_folders(arguments.data)))
    items = known_items(kinds, arguments.data)
    if not arguments.measure:
        taught = read_teaching(sorted(TEACHING.glob("*.jsonl")), items, "train")
        write(fit(claims(list(taught), arguments.seed)), WEIGHTS)
        shipped_support.cache_clear()
    for name, profiles in held_out(items, arguments.reference).items():
        print(f"{name}: {len(profiles)} profiles, seed {arguments.seed}")
        measured = measure(shipped_support(), claims(profiles, arguments.seed))
        print("".join(f"  {value:.3f} {metric}\n" for metric, value in measured.items()), end="")


if __name__ == "__main__":
    main()
