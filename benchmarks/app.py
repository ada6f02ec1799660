"""How fast the app's core is on this machine, and how much memory it takes: each goal beside its value.

python -m benchmarks.app                # about two minutes on an idle 2-core machine

1. load the models, catalogue and index          (start-up)
2. read each example history                     (a click on an example)
3. write its profile: first sentence, whole profile (a click on Write profile)
4. replace one sentence of a profile by one never seen before, rank again   (an edit)
5. the process's peak of resident memory, after all of that
"""

import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice, product

from blue.catalog import list_examples
from blue.datatypes import Profile, Sentence
from blue.models import memory
from blue.profiler import Profiler, load_profiler
from training.runs import parser_of

EDITS = 50
MOODS = ("Quiet", "Bleak", "Playful", "Tense", "Dreamlike", "Bloody", "Tender", "Sarcastic", "Slow", "Grand")
SUBJECTS = (
    "robots",
    "gangsters",
    "orphans",
    "sailors",
    "painters",
    "spies",
    "witches",
    "farmers",
    "boxers",
    "nuns",
)


@dataclass(frozen=True)
class Measured:
    """One quantity over its repeats, in milliseconds or megabytes."""

    name: str
    values: tuple[float, ...]
    unit: str
    goal: float | None = None

    def __str__(self) -> str:
        ordered = sorted(self.values)
        middle = statistics.median(ordered)
        spread = "" if len(ordered) == 1 else f"{ordered[0]:,.0f}-{ordered[-1]:,.0f}"
        tail = f"{ordered[round(0.95 * (len(ordered) - 1))]:,.0f}" if len(ordered) >= 20 else ""
        goal = "" if self.goal is None else f"< {self.goal:,.0f}"
        return (
            f"{self.name:<34}{middle:>10,.0f}{tail:>8}{spread:>16}{len(ordered):>6}  {self.unit:<4}{goal:>9}"
        )


def main() -> None:
    """Measure everything once and print one table."""
    parser_of(__doc__).parse_args()
    start = time.perf_counter()
    memory.bound_heaps()
    profiler = load_profiler()
    memory.return_freed()
    loaded = _since(start)
    examples = [(example, profiler.read(example.read(), example.file)) for example in list_examples()]
    reading = [_timed(lambda e=e: profiler.read(e.read(), e.file)) for e, _ in examples]
    writing = [_write(profiler, parsed.interactions) for _, parsed in examples]
    profiles = [profile for _, _, profile in writing]
    known = examples[0][1].interactions
    facets = [_timed(lambda p=p: profiler.rank(p, known)) for p in islice(_edits(profiles), EDITS)]
    single = [
        _timed(lambda p=p: profiler.rank(p, known, scoring="single"))
        for p in islice(_edits(profiles), EDITS, 2 * EDITS)
    ]
    print(_machine(profiler))
    print(f"{'':<34}{'median':>10}{'p95':>8}{'spread':>16}{'runs':>6}  {'':<4}{'goal':>9}")
    for measured in (
        Measured("start-up: models, catalogue, index", (loaded,), "ms"),
        Measured("read an example", tuple(reading), "ms"),
        Measured("first sentence of a profile", tuple(first for first, _, _ in writing), "ms", 1_000),
        Measured("whole profile", tuple(whole for _, whole, _ in writing), "ms"),
        Measured("edit -> ranking, facets", tuple(facets), "ms", 200),
        Measured("edit -> ranking, single", tuple(single), "ms", 200),
        Measured("resident memory, peak", (_peak_megabytes(),), "MB", 2_000),
    ):
        print(measured)


def _write(profiler: Profiler, interactions: Sequence) -> tuple[float, float, Profile]:
    """(ms until the first sentence stands, ms until the last, the profile)."""
    start = time.perf_counter()
    stream = profiler.stream(interactions)
    sentences = [next(stream)]
    first = _since(start)
    sentences.extend(stream)
    return first, _since(start), Profile(tuple(sentences))


def _edits(profiles: Sequence[Profile]) -> Iterator[Profile]:
    """Profiles with one sentence replaced; no two new sentences are equal, so that none is remembered."""
    sentences = (f"{mood} stories about {subject}." for mood, subject in product(MOODS, SUBJECTS))
    for profile, text in zip(cycle(profiles), sentences, strict=False):
        yield Profile((Sentence(text), *profile.sentences[1:]))


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return _since(start)


def _since(start: float) -> float:
    return 1_000 * (time.perf_counter() - start)


def _peak_megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak / 1e3  # bytes there, kilobytes elsewhere


def _machine(profiler: Profiler) -> str:
    about = profiler.generator.about
    load = os.getloadavg()[0]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}; "
        f"{about.name} on {about.engine}, {profiler.encoder.name}, {len(profiler.catalog):,} items"
    )


if __name__ == "__main__":
    main()
