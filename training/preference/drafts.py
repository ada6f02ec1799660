r"""Drafts of sentences for a reader to mark: draw tastes, let the profiler write, and keep the marks.

    python -m training.preference.drafts draw --data movies=DIR beauty=DIR toys=DIR --out runs/drafts
    python -m training.preference.drafts keep --out runs/drafts

The tastes are those that the app's grouping finds in windows of people of the training split, and of
assembled readers and visitors. `draw` writes `OUT/drafts.jsonl`, a taste a line, and `OUT/sheet-N.txt` for
readers: the lines of a taste as the profiler reads them, and its drafts in mixed order, numbered. A reader
writes `OUT/marks-N.tsv`, a number and a mark from 1 to 5 a line. `keep` adds what was marked to
`training/assets/marks.jsonl`, several readers' marks of a draft as their mean.
"""

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from blue.datatypes import Message, SamplingSettings, TextGenerator
from blue.items import load_catalog
from blue.models import DEFAULT_PRESET, load_generator
from blue.profile import first_sentence, taste_prompt
from training.data import MARKED, Dataset, grouper_of, load_all, synthetic_readers, synthetic_visitors
from training.data.windows import WindowSettings, examples

GREEDY = SamplingSettings(max_new_tokens=40, stop=("\n",))
TEMPERATURE, SAMPLES = 0.7, 5
TOGETHER, TASTES_A_SHEET = 32, 70
A_PERSON = 2  # tastes of one window, so that many people are read
MARKEDERS = 400  # assembled ones that windows are drawn from


@dataclass(frozen=True)
class DraftedTaste:
    """The lines of one taste as ids of items, what is asked about them, and what the profiler wrote."""

    kind: str
    item_ids: tuple[str, ...]
    messages: tuple[Message, ...]
    drafts: tuple[str, ...] = ()


def drawn_tastes(
    dataset: Dataset, count: int, seed: int, known: set[tuple[str, ...]]
) -> Iterator[DraftedTaste]:
    """`count` liked tastes of people of the training split, none of which is in `known`."""
    settings = WindowSettings(titles_only=0.0)
    draw, found = random.Random(seed), 0
    for example in examples(dataset, grouper_of(dataset), "train", 10 * count, settings, seed):
        liked = [taste for taste in example.tastes if taste.liked]
        for taste in draw.sample(liked, min(A_PERSON, len(liked))):
            lines = [example.history[row] for row in taste.rows]
            ids = tuple(line.item_id for line in lines)
            if ids in known or found == count:
                continue
            known.add(ids)
            found += 1
            yield DraftedTaste(dataset.name, ids, taste_prompt(lines, example.shown).messages)


def written(generator: TextGenerator, tastes: Sequence[DraftedTaste], seed: int) -> list[DraftedTaste]:
    """The tastes with the greedy draft first, then what is sampled, none twice."""
    prompts = [taste.messages for taste in tastes]
    settings = [
        GREEDY,
        *(
            SamplingSettings(
                GREEDY.max_new_tokens, temperature=TEMPERATURE, stop=GREEDY.stop, seed=seed + number
            )
            for number in range(SAMPLES)
        ),
    ]
    texts = zip(*(generator.generate(prompts, one) for one in settings), strict=True)
    return [
        DraftedTaste(
            taste.kind, taste.item_ids, taste.messages, tuple(dict.fromkeys(map(first_sentence, own)))
        )
        for taste, own in zip(tastes, texts, strict=True)
    ]


def write_sheets(tastes: Sequence[DraftedTaste], out: Path, seed: int) -> None:
    """Sheets for readers; `OUT/key.json` says which number is which draft of which taste."""
    draw, number, key = random.Random(seed), 0, {}
    for start in range(0, len(tastes), TASTES_A_SHEET):
        text = []
        for place, taste in enumerate(tastes[start : start + TASTES_A_SHEET], start):
            text.append(f"\n{taste.messages[1]['content']}")
            for draft in draw.sample(range(len(taste.drafts)), len(taste.drafts)):
                number += 1
                key[number] = (place, draft)
                text.append(f"   {number}. {taste.drafts[draft]}")
        (out / f"sheet-{start // TASTES_A_SHEET + 1}.txt").write_text(
            "\n".join(text) + "\n", encoding="utf-8"
        )
    (out / "key.json").write_text(json.dumps(key), encoding="utf-8")


def read_marks(out: Path) -> dict[tuple[int, int], float]:
    """(taste, draft) -> the mean of its marks."""
    key = json.loads((out / "key.json").read_text("utf-8"))
    marks = defaultdict(list)
    for file in sorted(out.glob("marks-*.tsv")):
        for line in file.read_text("utf-8").splitlines():
            number, mark = line.split("\t")[:2]
            if not 1 <= float(mark) <= 5:
                raise SystemExit(f"{file}: the mark {mark!r} of {number} is not between 1 and 5.")
            marks[tuple(key[number])].append(float(mark))
    return {place: sum(given) / len(given) for place, given in marks.items()}


def keep(out: Path, path: Path = MARKED) -> None:
    """Add the tastes whose drafts are all marked."""
    marks, kept = read_marks(out), 0
    with path.open("a", encoding="utf-8") as file:
        for place, line in enumerate((out / "drafts.jsonl").read_text("utf-8").splitlines()):
            record = json.loads(line)
            texts = record["drafts"]
            if all((place, draft) in marks for draft in range(len(texts))):
                record["drafts"] = [
                    {"text": text, "mark": marks[place, draft]} for draft, text in enumerate(texts)
                ]
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
                kept += 1
    print(f"{kept} tastes added to {path}")


def draw_drafts(arguments: argparse.Namespace) -> None:
    """Draw, write, and lay out for reading."""
    catalog = load_catalog()
    datasets = [
        *load_all(arguments.data).values(),
        synthetic_readers(catalog, MARKEDERS, arguments.seed),
        synthetic_visitors(catalog, MARKEDERS, arguments.seed),
    ]
    known = {tuple(json.loads(line)["item_ids"]) for line in MARKED.read_text("utf-8").splitlines()}
    asked = [taste for one in datasets for taste in drawn_tastes(one, arguments.each, arguments.seed, known)]
    random.Random(arguments.seed).shuffle(asked)
    arguments.out.mkdir(parents=True, exist_ok=True)
    generator = load_generator(DEFAULT_PRESET, adapter=arguments.adapter)
    tastes: list[DraftedTaste] = []
    with (arguments.out / "drafts.jsonl").open("w", encoding="utf-8") as file:
        for start in range(0, len(asked), TOGETHER):
            some = written(generator, asked[start : start + TOGETHER], arguments.seed)
            tastes += some
            for taste in some:
                kind = taste.kind if taste.kind not in ("movies", "books") else "visitors"
                record = {"kind": kind, "item_ids": taste.item_ids, "drafts": taste.drafts}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
            file.flush()
            print(f"{len(tastes)} of {len(asked)} tastes", flush=True)
    write_sheets(tastes, arguments.out, arguments.seed)


def main() -> None:
    """Read the command line, and draw or keep."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("what", choices=("draw", "keep"))
    add("--out", type=Path, required=True)
    add("--data", nargs="*", default=[], metavar="[NAME=]DIR")
    add("--adapter", type=Path, help="of the profiler that writes; without one, what ships")
    add("--each", type=int, default=120, metavar="N", help="tastes of each data set")
    add("--seed", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.what == "keep":
        keep(arguments.out)
    else:
        draw_drafts(arguments)


if __name__ == "__main__":
    main()
