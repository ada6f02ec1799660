r"""The blind reading: profiles of several writers, mixed, each beside four histories of which one is its own.

    python -m training.evaluate.reading --reference reference.jsonl --out runs/reading \
        --data beauty=DIR toys=DIR
    python -m training.evaluate.reading --tally runs/reading

`reference.jsonl` holds profiles of test users that a person would write, in the form of the teaching
profiles. The same people's profiles are written by rules and by the shipped adapter, or by those of
`--profilers NAME=DIR ...`.

    OUT/sheet.md       what a reader gets: numbered profiles, each with four histories, A to D
    OUT/published.md   the same with ids for products, whose titles may not be passed on
    OUT/answers.csv    what the reader fills in: four marks from 1 to 5, and the history
    OUT/key.csv        who wrote which, and whose history is the right one: not for the reader

The wrong histories are those of the people whose taste lies nearest. `--tally` prints the means with 95 %
intervals (bootstrap over the profiles).
"""

import argparse
import csv
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blue.items import item_text
from blue.models import DEFAULT_PRESET, get_preset, load_generator
from blue.profile import Grouper, TasteWriter, rule_profile, shipped_support
from blue.retrieval import load_encoder
from training.data import TeachingProfile, data_folders, known_items, read_teaching

SCALES = ("truth", "specific", "readable", "useful")
HISTORIES = "ABCD"
SHOWN = 14  # lines of a history, the most recent ones
PRODUCTS = ("beauty", "toys")
RESAMPLES = 2_000
ABOUT = """# Profiles to read

Give each profile 1 (not at all) to 5 (fully): **truth** (the right history bears it out), **specific** (it
fits few other people), **readable** (as a person would write), **useful** (to somebody who edits it); and say
which history, A to D, it was written from. Who wrote it is not said."""


@dataclass(frozen=True)
class Entry:
    """One profile to read: who wrote it, for whom, and the four people whose histories are shown."""

    writer: str
    person: TeachingProfile
    sentences: tuple[str, ...]
    shown: tuple[TeachingProfile, ...]

    @property
    def right(self) -> str:
        """The letter of the person's own history."""
        return HISTORIES[[person.name for person in self.shown].index(self.person.name)]

    @property
    def field(self) -> str:
        """What the person's history is of."""
        return "products" if self.person.kind in PRODUCTS else "films"


def chosen_people(
    people: Sequence[TeachingProfile], count: int, dice: random.Random
) -> list[TeachingProfile]:
    """`count` people of films and as many of products."""
    films = [person for person in people if person.kind not in PRODUCTS]
    products = [person for person in people if person.kind in PRODUCTS]
    return [person for group in (films, products) for person in dice.sample(group, min(count, len(group)))]


def nearest(
    person: TeachingProfile, people: Sequence[TeachingProfile], vectors: Mapping[str, np.ndarray]
) -> list[TeachingProfile]:
    """The three people of the same kind whose mean line, a unit row of `vectors`, lies nearest."""
    others = [other for other in people if other.kind == person.kind and other.name != person.name]
    return sorted(others, key=lambda other: -float(vectors[other.name] @ vectors[person.name]))[:3]


def entries(
    people: Sequence[TeachingProfile],
    everyone: Sequence[TeachingProfile],
    writers: Mapping[str, Callable[[TeachingProfile], tuple[str, ...]]],
    vectors: Mapping[str, np.ndarray],
    dice: random.Random,
) -> list[Entry]:
    """Every person's profile by every writer, in random order; the same four histories for all writers."""
    made = []
    for person in people:
        shown = [person, *nearest(person, everyone, vectors)]
        dice.shuffle(shown)
        made += [Entry(name, person, write(person), tuple(shown)) for name, write in writers.items()]
    dice.shuffle(made)
    return [entry for entry in made if entry.sentences]


def sheet(made: Sequence[Entry], titles: bool) -> str:
    """What a reader gets; without `titles` products stand by their ids."""
    lines = [ABOUT]
    for number, entry in enumerate(made, start=1):
        lines += ["", f"## {number}", "", *(f"- {sentence}" for sentence in entry.sentences), ""]
        lines += [
            f"{letter}: {_history(person, titles)}  "
            for letter, person in zip(HISTORIES, entry.shown, strict=False)
        ]
    return "\n".join(lines) + "\n"


def _history(person: TeachingProfile, titles: bool) -> str:
    by_id = person.kind in PRODUCTS and not titles
    return "; ".join(
        (line.item_id if by_id else line.title) + ("" if line.rating is None else f" {line.rating:g}★")
        for line in person.history[-SHOWN:]
    )


def write_out(out: Path, made: Sequence[Entry]) -> None:
    """The four files of a reading."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "sheet.md").write_text(sheet(made, titles=True), encoding="utf-8")
    (out / "published.md").write_text(sheet(made, titles=False), encoding="utf-8")
    _write_rows(
        out / "key.csv",
        ("number", "writer", "field", "person", "right"),
        [
            (n, entry.writer, entry.field, entry.person.name, entry.right)
            for n, entry in enumerate(made, start=1)
        ],
    )
    blank = [(n, *("",) * (1 + len(SCALES))) for n in range(1, 1 + len(made))]
    _write_rows(out / "answers.csv", ("number", *SCALES, "history"), blank)


def _write_rows(path: Path, head: Sequence[str], rows: Sequence[Sequence]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])


def tally(folder: Path, seed: int = 0) -> str:
    """The reader's means by field and writer, as a Markdown table.

    Raises:
        SystemExit: an answer is missing, or is none.
    """
    key = list(csv.DictReader((folder / "key.csv").open(encoding="utf-8")))
    given = {row["number"]: row for row in csv.DictReader((folder / "answers.csv").open(encoding="utf-8"))}
    groups: dict[tuple[str, str], list[list[float]]] = {}
    for row in key:
        figures = _answer(folder, given.get(row["number"], {}), row)
        groups.setdefault((row["field"], row["writer"]), []).append(figures)
    lines = [f"| profiles of | by | n | {' | '.join(SCALES)} | right history |", "|---" * 8 + "|"]
    for (field, writer), found in sorted(groups.items()):
        cells = _intervals(np.array(found), seed)
        lines.append(f"| {field} | {writer} | {len(found)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _answer(folder: Path, given: Mapping[str, str], row: Mapping[str, str]) -> list[float]:
    try:
        marks = [float(given[scale]) for scale in SCALES]
        if not all(1 <= mark <= 5 for mark in marks) or given["history"] not in HISTORIES:
            raise ValueError
    except (KeyError, ValueError):
        raise SystemExit(
            f"{folder / 'answers.csv'}, number {row['number']}: write 1 to 5 for {', '.join(SCALES)}, and "
            "A, B, C or D for history."
        ) from None
    return [*marks, float(given["history"] == row["right"])]


def _intervals(found: np.ndarray, seed: int) -> list[str]:
    """(n, F) -> F cells `3.2 [2.8, 3.6]`."""
    draws = np.random.default_rng(seed).integers(0, len(found), (RESAMPLES, len(found)))
    low, high = np.percentile(found[draws].mean(axis=1), (2.5, 97.5), axis=0)
    return [
        f"{mean:.2f} [{a:.2f}, {b:.2f}]" for mean, a, b in zip(found.mean(axis=0), low, high, strict=True)
    ]


def make(arguments: argparse.Namespace) -> None:
    """Read the reference, write what the others write, and the files."""
    kinds = ["movies", *(folder.name for folder in data_folders(arguments.data))]
    items = known_items(kinds, arguments.data)
    people = list(read_teaching([arguments.reference], items, "test"))
    encoder = load_encoder(get_preset(DEFAULT_PRESET).embedder).encoder
    rows = {
        person.name: encoder.encode_items([item_text(person.items[line.item_id]) for line in person.history])
        for person in people
    }
    means = {name: _unit(vectors.mean(axis=0)) for name, vectors in rows.items()}
    groupers = {
        kind: Grouper.over(
            found := list(known.values()),
            lambda places, found=found: encoder.encode_items([item_text(found[place]) for place in places]),
        )
        for kind, known in items.items()
    }

    def profiler(adapter: Path | None) -> Callable[[TeachingProfile], tuple[str, ...]]:
        writer = TasteWriter(load_generator(DEFAULT_PRESET, adapter=adapter), shipped_support())

        def write(person: TeachingProfile) -> tuple[str, ...]:
            tastes = groupers[person.kind](person.history, person.items, rows[person.name])
            return tuple(sentence.text for sentence in writer.write(tastes, person.history, person.items))

        return write

    def rules(person: TeachingProfile) -> tuple[str, ...]:
        written = rule_profile(person.history, person.items, groupers[person.kind], rows[person.name])
        return tuple(sentence.text for sentence in written.sentences)

    def by_hand(person: TeachingProfile) -> tuple[str, ...]:
        return tuple(sentence.text for sentence in person.sentences)

    dice = random.Random(arguments.seed)
    chosen = chosen_people(people, arguments.people, dice)
    writers = {name: profiler(adapter) for name, adapter in arguments.profilers}
    writers |= {"by hand": by_hand, "rules": rules}
    made = entries(chosen, people, writers, means, dice)
    write_out(arguments.out, made)
    print(f"{len(made)} profiles of {len(chosen)} people in {arguments.out / 'sheet.md'}")


def _named(argument: str) -> tuple[str, Path]:
    """NAME=DIR."""
    name, _, folder = argument.partition("=")
    return name, Path(folder)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)


def main() -> None:
    """Read the command line; make a reading, or tally one."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--tally", type=Path, metavar="DIR", help="a reading whose answers.csv is filled in")
    add("--reference", type=Path, help="profiles of test users by hand")
    add("--data", nargs="+", default=[], metavar="[NAME=]DIR", help="the shops of the reference")
    add(
        "--profilers", nargs="+", type=_named, metavar="NAME=DIR", default=[("profiler", None)],
        help="adapters (default: the shipped one)",
    )  # fmt: skip
    add("--people", type=int, default=12, help="of films, and as many of products")
    add("--seed", type=int, default=0)
    add("--out", type=Path)
    arguments = parser.parse_args()
    if arguments.tally:
        print(tally(arguments.tally))
        return
    if not (arguments.reference and arguments.out):
        parser.error("give --reference and --out, or --tally DIR")
    make(arguments)


if __name__ == "__main__":
    main()
