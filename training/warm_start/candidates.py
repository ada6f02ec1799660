r"""Sentence by sentence: the profiler writes several sentences a taste, the best teach the next round.

    python -m training.warm_start.candidates --adapter runs/warm-start/adapter --out runs/round-1 \
        --tastes 500 --samples 8 --data movies=DIR beauty=DIR toys=DIR
    python -m training.warm_start.train --config training/configs/embedded.yaml --out runs/round-1/trained \
        --start runs/warm-start/adapter --teaching runs/round-1/chosen.jsonl

The tastes are those of the teaching profiles, of people in the training split. What was sampled is kept in
`OUT/sampled.jsonl`, a taste a line, so that a run goes on where it was stopped. A sentence is chosen if its
lines support it and it breaks no guard; of several the one that is nearest to what the person took next,
compared with other items of the domain; where nothing came next, the one that its lines support best.
`OUT/chosen.jsonl` has the form of the teaching profiles.
"""

import argparse
import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blue.datatypes import Item, SamplingSettings, TextEncoder, TextGenerator
from blue.items import item_text
from blue.models import DEFAULT_PRESET, get_preset, load_generator
from blue.profile import Guarded, guarded, line_words, shipped_support
from blue.retrieval import load_encoder
from training.data import (
    TEACHING,
    Dataset,
    TeachingProfile,
    data_folder,
    known_items,
    load_all,
    read_teaching,
)
from training.warm_start.pairs import Pair, pairs_of

TOGETHER = 16  # tastes of one batch
NEXT_ITEMS, OTHERS = 3, 256  # what came next, and how many items it is compared with
WRITING = SamplingSettings(max_new_tokens=40, temperature=0.8, stop=("\n",))


@dataclass(frozen=True)
class Candidate:
    """One sentence that was sampled, how well its lines support it (log-odds), and what it earns."""

    text: str
    odds: float
    breaks: tuple[str, ...]  # names of guards
    reward: float | None  # cosine to the next items less that to others; None where nothing came next


def sample(generator: TextGenerator, pairs: Sequence[Pair], count: int, seed: int) -> list[tuple[str, ...]]:
    """Sentences of `count` seeds for each taste, those that ran into the limit left out, none twice."""
    prompts = [pair.prompt for pair in pairs]
    drawn = [generator.generate(prompts, _settings(seed * count + number)) for number in range(count)]
    ended = [[text.strip() for text in texts] for texts in zip(*drawn, strict=True)]
    return [tuple(dict.fromkeys(text for text in texts if text.endswith("."))) for texts in ended]


def _settings(seed: int) -> SamplingSettings:
    return SamplingSettings(**{**vars(WRITING), "seed": seed})


class Judge:
    """Holds sentences against their lines, and against what the person took next."""

    def __init__(self, encoder: TextEncoder, shops: Mapping[str, Dataset], seed: int) -> None:
        self._encoder, self._shops = encoder, shops
        self._support = shipped_support()
        self._random = random.Random(seed)
        self._others: dict[str, np.ndarray] = {}

    def candidates(self, profile: TeachingProfile, pair: Pair, texts: Sequence[str]) -> list[Candidate]:
        """The sentences of one taste with what they are worth."""
        words = [line_words(line, pair.items[line.item_id]) for line in pair.lines]
        titles = [line.title for line in pair.lines]
        rewards = self._rewards(profile, texts)
        return [
            Candidate(
                text, self._support.odds(text, words), _broken(text, titles, words, self._support), reward
            )
            for text, reward in zip(texts, rewards, strict=True)
        ]

    def _rewards(self, profile: TeachingProfile, texts: Sequence[str]) -> list[float | None]:
        following = next_items(profile, self._shops)
        if not following or not texts:
            return [None] * len(texts)
        sentences = self._encoder.encode_queries(list(texts))  # (S, D)
        targets = self._encoder.encode_items([item_text(item) for item in following])  # (3, D)
        own, others = sentences @ targets.T, sentences @ self._pool(profile.kind).T
        return [float(value) for value in own.mean(axis=1) - others.mean(axis=1)]

    def _pool(self, kind: str) -> np.ndarray:
        """(OTHERS, D) items of the domain, drawn once."""
        if kind not in self._others:
            items = sorted(self._shops[kind].items.values(), key=lambda item: item.item_id)
            chosen = self._random.sample(items, min(OTHERS, len(items)))
            self._others[kind] = self._encoder.encode_items([item_text(item) for item in chosen])
        return self._others[kind]


def _broken(text: str, titles: Sequence[str], words: Sequence, support) -> tuple[str, ...]:
    found: Guarded = guarded(text, titles, words, support)
    return tuple(name for name, broken in vars(found).items() if broken)


def next_items(profile: TeachingProfile, shops: Mapping[str, Dataset]) -> list[Item]:
    """What the person took after the teaching profile's history, where the data says."""
    dataset = shops.get(profile.kind)
    taken = (
        [interaction.item_id for interaction in dataset.histories.get(profile.user, ())] if dataset else []
    )
    last = profile.history[-1].item_id
    after = taken[taken.index(last) + 1 :] if last in taken else []
    return [dataset.items[name] for name in after[:NEXT_ITEMS]] if dataset else []


def choose(candidates: Sequence[Candidate], taken: Sequence[str]) -> Candidate | None:
    """The best sentence that breaks no guard and does not stand in the profile already."""
    good = [candidate for candidate in candidates if not candidate.breaks and candidate.text not in taken]
    return max(
        good,
        key=lambda candidate: candidate.odds if candidate.reward is None else candidate.reward,
        default=None,
    )


def tastes(profiles: Sequence[TeachingProfile], count: int, seed: int) -> list[tuple[TeachingProfile, int]]:
    """`count` sentences' lines at random: a profile and the place of the sentence in it."""
    places = [(profile, place) for profile in profiles for place in range(len(profile.sentences))]
    return random.Random(seed).sample(places, min(count, len(places)))


def sampled(path: Path) -> Iterator[dict]:
    """The rows that a run before has written; a last one cut by a kill is left out."""
    if path.is_file():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.endswith("}"):
                yield json.loads(line)


def run(arguments: argparse.Namespace) -> None:
    """Sample what is missing, judge it, choose."""
    shops = load_all(arguments.data)
    items = known_items(
        arguments.kinds, [source for source in arguments.data if data_folder(source).name != "movies"]
    )
    profiles = list(read_teaching(arguments.teaching, items, "train"))
    asked = tastes(profiles, arguments.tastes, arguments.seed)
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / "sampled.jsonl"
    done = list(sampled(path))
    generator = load_generator(DEFAULT_PRESET, adapter=arguments.adapter)
    judge = Judge(load_encoder(get_preset(DEFAULT_PRESET).embedder).encoder, shops, arguments.seed)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in done)
        for start in range(len(done), len(asked), TOGETHER):
            some = asked[start : start + TOGETHER]
            pairs = [list(pairs_of([profile]))[place] for profile, place in some]
            texts = sample(generator, pairs, arguments.samples, arguments.seed)
            for (profile, place), pair, found in zip(some, pairs, texts, strict=True):
                judged = [vars(candidate) for candidate in judge.candidates(profile, pair, found)]
                row = {"profile": profile.name, "sentence": place, "candidates": judged}
                file.write(json.dumps(row) + "\n")
            file.flush()
    write_chosen(arguments.out, list(sampled(path)), {profile.name: profile for profile in profiles})


def write_chosen(out: Path, rows: Sequence[dict], profiles: Mapping[str, TeachingProfile]) -> None:
    """OUT/chosen.jsonl, and the counts that belong to it."""
    chosen: dict[str, list[dict]] = {}
    for row in rows:
        taken = [sentence["text"] for sentence in chosen.get(row["profile"], ())]
        best = choose([Candidate(**candidate) for candidate in row["candidates"]], taken)
        if best:
            lines = profiles[row["profile"]].sentences[row["sentence"]].rows
            sentence = {"text": best.text, "rows": [place + 1 for place in lines]}
            chosen.setdefault(row["profile"], []).append(sentence)
    with (out / "chosen.jsonl").open("w", encoding="utf-8") as file:
        for name, sentences in chosen.items():
            file.write(
                json.dumps(_record(profiles[name]) | {"sentences": sentences}, ensure_ascii=False) + "\n"
            )
    candidates = [candidate for row in rows for candidate in row["candidates"]]
    whole = sum(not candidate["breaks"] for candidate in candidates)
    print(
        f"{len(rows)} tastes, {len(candidates)} different sentences, {whole} break no guard; "
        f"{sum(map(len, chosen.values()))} tastes have one that is chosen"
    )


def _record(profile: TeachingProfile) -> dict:
    return {
        "id": profile.name,
        "kind": profile.kind,
        "user": profile.user,
        "item_ids": [line.item_id for line in profile.history],
        "ratings": [line.rating for line in profile.history],
    }


def parser() -> argparse.ArgumentParser:
    """What the command line may say."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--adapter", type=Path, required=True)
    add("--out", type=Path, required=True)
    add("--data", nargs="+", default=[], metavar="[NAME=]DIR")
    add("--kinds", nargs="+", default=["movies", "books", "visitors", "beauty", "toys"])
    add("--teaching", type=Path, nargs="+", default=sorted(TEACHING.glob("*.jsonl")))
    add("--tastes", type=int, default=500)
    add("--samples", type=int, default=8)
    add("--seed", type=int, default=0)
    return parser


if __name__ == "__main__":
    run(parser().parse_args())
