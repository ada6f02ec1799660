r"""What a profiler makes of tastes that are given: greedy, best of several, and what a person wrote.

    python -m training.warm_start.trial --adapters shipped=assets/profiler --profiles reference.jsonl \
        --data beauty=DIR toys=DIR --out runs/trial

The lines of a taste are those that a teaching profile of the test split names, so that nothing but the
sentence is judged. Prints shares of sentences with 95 % intervals (Wilson), and writes every sentence beside
its lines to `OUT/sentences.jsonl` for reading.
"""

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from scipy.stats import binomtest

from blue.datatypes import SamplingSettings, TextGenerator
from blue.models import DEFAULT_PRESET, load_generator
from blue.profile import Guarded, guarded, line_words, shipped_support
from training.data import known_items, read_teaching
from training.warm_start.candidates import TOGETHER, WRITING, sample
from training.warm_start.pairs import Pair, pairs_of

KINDS = ("movies", "books", "visitors", "beauty", "toys")
GREEDY = SamplingSettings(max_new_tokens=WRITING.max_new_tokens, stop=WRITING.stop)
SHOWN = ("unsupported", "fused", "restates_title", "year", "stranger", "people")


@dataclass(frozen=True)
class Written:
    """One sentence of one taste: who wrote it and how, and the guards that it breaks."""

    writer: str
    kind: str
    lines: str  # as the profiler reads them
    text: str
    breaks: tuple[str, ...]


def written(name: str, generator: TextGenerator, pairs: Sequence[Pair], count: int) -> Iterator[Written]:
    """Each taste's greedy sentence, and the best supported one of it and `count` samples."""
    for start in range(0, len(pairs), TOGETHER):
        some = pairs[start : start + TOGETHER]
        greedy = [text.strip() for text in generator.generate([pair.prompt for pair in some], GREEDY)]
        for pair, first, others in zip(some, greedy, sample(generator, some, count, seed=1), strict=True):
            yield judged(f"{name}, greedy", pair, first)
            yield judged(f"{name}, best of {count + 1}", pair, best_supported(pair, (first, *others)))


def best_supported(pair: Pair, texts: Sequence[str]) -> str:
    """The sentence that breaks the fewest guards, of these the one that the lines support best."""
    words = [line_words(line, pair.items[line.item_id]) for line in pair.lines]
    support = shipped_support()
    return min(texts, key=lambda text: (len(judged("", pair, text).breaks), -support.odds(text, words)))


def judged(writer: str, pair: Pair, text: str) -> Written:
    """A sentence held against its lines."""
    words = [line_words(line, pair.items[line.item_id]) for line in pair.lines]
    found: Guarded = guarded(text, [line.title for line in pair.lines], words, shipped_support())
    breaks = tuple(name for name, broken in asdict(found).items() if broken)
    return Written(writer, pair.kind, pair.prompt[1]["content"], text, breaks)


def table(sentences: Sequence[Written]) -> str:
    """A line a writer: sentences, words, shares that break each guard, different first words."""
    lines = [f"| writer | sentences | words | different openings | {' | '.join(SHOWN)} |"]
    lines.append("|---" * (4 + len(SHOWN)) + "|")
    for name in dict.fromkeys(sentence.writer for sentence in sentences):
        own = [sentence for sentence in sentences if sentence.writer == name]
        words = sum(len(sentence.text.split()) for sentence in own) / len(own)
        openings = len({sentence.text.split(" ", 1)[0] for sentence in own}) / len(own)
        shares = [_share(sum(guard in sentence.breaks for sentence in own), len(own)) for guard in SHOWN]
        lines.append(f"| {name} | {len(own)} | {words:.1f} | {openings:.2f} | {' | '.join(shares)} |")
    return "\n".join(lines)


def _share(count: int, total: int) -> str:
    """`.12 (.07-.20)`: a share and its Wilson interval."""
    interval = binomtest(count, total).proportion_ci(method="wilson")
    return f"{count / total:.2f} ({interval.low:.2f}-{interval.high:.2f})"


def main() -> None:
    """Read the command line, write, judge, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--adapters", nargs="+", required=True, metavar="NAME=DIR")
    add(
        "--profiles", type=Path, nargs="+", required=True, help="teaching profiles; those of test users count"
    )
    add("--data", nargs="+", default=[], metavar="[NAME=]DIR")
    add("--kinds", nargs="+", default=list(KINDS))
    add("--samples", type=int, default=6)
    add("--limit", type=int, help="tastes at most, at random")
    add("--out", type=Path, required=True)
    arguments = parser.parse_args()
    items = known_items(arguments.kinds, arguments.data)
    pairs = list(pairs_of(read_teaching(arguments.profiles, items, "test")))
    random.Random(0).shuffle(pairs)
    pairs = pairs[: arguments.limit]
    sentences = [judged("a person", pair, pair.sentence) for pair in pairs]
    for name, _, folder in (adapter.partition("=") for adapter in arguments.adapters):
        generator = load_generator(DEFAULT_PRESET, adapter=Path(folder))
        sentences += written(name, generator, pairs, arguments.samples)
    arguments.out.mkdir(parents=True, exist_ok=True)
    rows = (json.dumps(asdict(sentence), ensure_ascii=False) + "\n" for sentence in sentences)
    (arguments.out / "sentences.jsonl").write_text("".join(rows), encoding="utf-8")
    print(table(sentences))


if __name__ == "__main__":
    main()
