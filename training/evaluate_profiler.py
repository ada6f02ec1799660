r"""Compare a trained adapter with the untrained profiler, the rules that taught it, and the raw history.

    python -m training.evaluate_profiler --adapter runs/warm-start/adapter --untrained one-pass \
        --trials 500 --out runs/results.json \
        --data movies=movielens:DIR beauty=benchmark:DIR toys=benchmark:DIR

Prints one table a data set: NDCG@10 and Recall@10 over 1 + 99 candidates with 95 % bootstrap intervals, the
paired differences to the adapter, and the guards. Profiles go to OUT's folder, to be read.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from blue.datatypes import Profile, SamplingSettings
from blue.encoder import SentenceEncoder
from blue.errors import ProfileError
from blue.generator import load_generator
from blue.metrics import bootstrap, ndcg_at_k, recall_at_k
from blue.presets import get_preset
from blue.profiler import WHOLE_PROFILE
from blue.prompts import guided, guided_by_titles, most_recent, one_pass
from blue.rewards import well_formed
from blue.rules import rule_profile, taste_subjects
from blue.sentences import parse_generated
from blue.weights import resolve
from training.data.loaders import information_of, load_all
from training.evaluation import HISTORY, RECENT, Judge, Trial, guards, trials

ONE_SENTENCE = SamplingSettings(max_new_tokens=28, repetition_penalty=1.1, stop=("\n",))
BATCH = 16


def one_pass_texts(generator, chosen: Sequence[Trial], items) -> list[str]:
    """What a profiler writes that gets the whole history in one prompt."""
    conversations = []
    for trial in chosen:
        history = most_recent(trial.case.history[-HISTORY:], items, generator.count_tokens)
        conversations.append(one_pass(history, items).messages)
    return in_batches(generator, conversations, WHOLE_PROFILE)


def guided_texts(generator, chosen: Sequence[Trial], items, information) -> list[str]:
    """What the untrained profiler writes when it is led, one question a taste, as the app leads it."""
    questions = []
    for number, trial in enumerate(chosen):
        history = trial.case.history[-HISTORY:]
        asked = guided(taste_subjects(history, items, information)) or guided_by_titles(history)
        questions += [(number, conversation) for conversation in asked]
    sentences: list[list[str]] = [[] for _ in chosen]
    for number, conversation in questions:
        pieces = generator.stream(conversation.messages, ONE_SENTENCE, prefill=conversation.opening)
        sentence = conversation.opening + "".join(pieces).split("\n")[0].split(".")[0]
        sentences[number].append(sentence.strip() + ".")
    return ["\n".join(lines) for lines in sentences]


def in_batches(generator, conversations, settings: SamplingSettings) -> list[str]:
    """All continuations, a few prompts of similar length at a time."""
    order = sorted(range(len(conversations)), key=lambda n: len(conversations[n][-1]["content"]))
    texts = [""] * len(conversations)
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        for n, text in zip(
            batch, generator.generate([conversations[n] for n in batch], settings), strict=True
        ):
            texts[n] = text
    return texts


def as_profile(text: str) -> Profile:
    """A generated text as the app reads it; an unusable one is an empty profile that retrieves nothing."""
    try:
        return parse_generated(text)
    except ProfileError:
        return Profile(())


def evaluate(name: str, dataset, information, arguments, generators, encoder) -> dict:
    """All systems on one data set."""
    chosen = trials(dataset, arguments.trials, arguments.seed, cuts=arguments.cuts)
    users = [trial.case.user_id for trial in chosen]
    judge = Judge(chosen, encoder)
    histories = [trial.case.history[-HISTORY:] for trial in chosen]
    recent = [[one.title for one in history[-RECENT:]] for history in histories]
    written = {"rules": [rule_profile(history, dataset.items, information).text for history in histories]}
    if "untrained" in generators:
        if arguments.untrained == "guided":
            texts = guided_texts(generators["untrained"], chosen, dataset.items, information)
        else:
            texts = one_pass_texts(generators["untrained"], chosen, dataset.items)
        written["untrained"] = texts
    if "trained" in generators:
        written["trained"] = one_pass_texts(generators["trained"], chosen, dataset.items)

    ranks = {
        "raw history (last 10 titles)": judge.single(["\n".join(titles) for titles in recent]),
        "last item": judge.single([titles[-1] for titles in recent]),
        "best match over the last 10": judge.best_of(recent),
    }
    readable = {}
    for system, texts in written.items():
        profiles = [as_profile(text) for text in texts]
        ranks[f"{system}, single"] = judge.single([profile.text or "." for profile in profiles])
        ranks[f"{system}, facets"] = judge.facets(profiles)
        readable[system] = asdict(guards(profiles, [well_formed(text) for text in texts], chosen, judge))
    arguments.out.with_name(f"profiles-{name}.json").write_text(json.dumps(written, indent=1))
    return {
        "trials": len(chosen),
        "users": len(set(users)),
        "systems": table(ranks, users),
        "guards": readable,
    }


def table(ranks: dict[str, np.ndarray], users: Sequence[str]) -> dict[str, dict]:
    """NDCG@10 and Recall@10 of every system, and how far the trained profiler is above it, with intervals."""
    ndcg = {system: ndcg_at_k(values) for system, values in ranks.items()}
    rows = {}
    for system, values in ranks.items():
        rows[system] = {
            "ndcg@10": asdict(bootstrap(ndcg[system], users)),
            "recall@10": asdict(bootstrap(recall_at_k(values), users)),
        }
        for scoring in ("single", "facets"):
            if f"trained, {scoring}" in ndcg:
                gain = ndcg[f"trained, {scoring}"] - ndcg[system]
                rows[system][f"trained {scoring} minus this"] = asdict(bootstrap(gain, users))
    return rows


def show(name: str, result: dict) -> None:
    """The table of one data set as Markdown."""
    print(f"\n### {name}, {result['trials']} trials of {result['users']} users\n")
    print("| system | NDCG@10 | Recall@10 | trained facets minus this |\n|---|---|---|---|")
    for system, row in result["systems"].items():
        gain = row.get("trained facets minus this")
        difference = f"{gain['mean']:+.3f} [{gain['low']:+.3f}, {gain['high']:+.3f}]" if gain else ""
        ndcg = row["ndcg@10"]
        print(
            f"| {system} | {ndcg['mean']:.3f} [{ndcg['low']:.3f}, {ndcg['high']:.3f}] "
            f"| {row['recall@10']['mean']:.3f} | {difference} |"
        )
    for system, guard in result["guards"].items():
        print(f"\n{system}: " + ", ".join(f"{key} {value:.3f}" for key, value in guard.items()))


def main() -> None:
    """Read the command line, evaluate every data set, write and print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", nargs="+", required=True, metavar="NAME=KIND:DIR")
    parser.add_argument("--adapter", type=Path, help="without one only the baselines are evaluated")
    parser.add_argument(
        "--untrained",
        choices=("one-pass", "guided"),
        help="also the untrained profiler: with the same prompt, or asked one question a taste",
    )
    parser.add_argument("--preset", default="embedded")
    parser.add_argument("--trials", type=int, default=500)
    parser.add_argument("--cuts", type=int, default=1, help="targets a user, where users are few")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True, help="a JSON file")
    arguments = parser.parse_args()
    arguments.out.parent.mkdir(parents=True, exist_ok=True)

    encoder = SentenceEncoder(resolve(get_preset(arguments.preset).embedder).path)
    generators = {}
    if arguments.untrained:
        generators["untrained"] = load_generator(str(resolve(get_preset(arguments.preset).profiler).path))
    if arguments.adapter:
        generators["trained"] = load_generator(arguments.preset, adapter=arguments.adapter)
    results = {}
    for name, dataset in load_all(arguments.data).items():
        information = information_of(dataset)
        results[name] = evaluate(name, dataset, information, arguments, generators, encoder)
        show(name, results[name])
        arguments.out.write_text(json.dumps({"seed": arguments.seed, "results": results}, indent=1))


if __name__ == "__main__":
    main()
