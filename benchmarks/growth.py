"""How cost grows: with the history's length, a profile's sentences, visitors at once, users profiled."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.many_profiles import SETTINGS
from benchmarks.material import edits, histories
from benchmarks.measuring import Line, Report, percentile, timed
from blue.datatypes import Profile, Sentence
from blue.profiler import Profiler, load_profiler

LENGTHS = (5, 20, 50, 200)  # titles
SENTENCES = (1, 2, 3, 4, 5)
VISITORS = (1, 5, 20, 50)
USERS = (100, 1_000, 10_000, 100_000)
EDITS_EACH = 4
PROFILED = 16


def measure() -> Report:
    """One line a point."""
    profiler = load_profiler()
    list(profiler.stream(histories(profiler.catalog, 1)[0]))  # warm-up
    curves = (_by_length, _by_sentences, _by_visitors, _by_users)
    return Report(
        tuple(line for curve in curves for line in curve(profiler)),
        (
            "Histories: only what fits the prompt's budget of tokens is read: long ones cost no more.",
            f"Users: extrapolated from {PROFILED} profiles written in one batch. Items: see the search.",
            "Visitors edit a sentence at the same moment, each "
            f"{EDITS_EACH} times; the time is that of one edit.",
        ),
    )


def _by_length(profiler: Profiler) -> list[Line]:
    lines = []
    for length in LENGTHS:
        some = histories(profiler.catalog, 2, length)
        wall, cpu = zip(*(timed(lambda one=one: list(profiler.stream(one))) for one in some), strict=True)
        text = f"{min(wall):.1f} s ({min(cpu):.1f} s of the processor)"
        lines.append(Line(f"a history of {length} titles: whole profile", text))
    return lines


def _by_sentences(profiler: Profiler) -> list[Line]:
    lines = []
    for count in SENTENCES:
        new = [
            Profile(tuple(Sentence(f"{edit.sentences[0].text} {part} of {count}") for part in range(count)))
            for edit in edits(8, 1)
        ]
        wall = [timed(lambda profile=profile: profiler.rank(profile))[0] for profile in new]
        milliseconds = 1e3 * percentile(wall, 0.5)
        lines.append(Line(f"a profile of {count} sentences, all new: ranking", f"{milliseconds:.0f} ms"))
    return lines


def _by_visitors(profiler: Profiler) -> list[Line]:
    lines = []
    for visitors in VISITORS:
        asked = list(edits(visitors * EDITS_EACH))
        asked = [Profile((Sentence(f"{p.sentences[0].text} {visitors}"), *p.sentences[1:])) for p in asked]
        with ThreadPoolExecutor(visitors) as pool:
            shares = [asked[number::visitors] for number in range(visitors)]
            seconds = [s for one in pool.map(lambda some: _visit(profiler, some), shares) for s in one]
        middle, late = (1e3 * percentile(seconds, share) for share in (0.5, 0.95))
        lines.append(
            Line(f"{visitors} visitors at once: an edit, median (95th)", f"{middle:.0f} ms ({late:.0f} ms)")
        )
    return lines


def _visit(profiler: Profiler, profiles: Sequence[Profile]) -> list[float]:
    seconds = []
    for profile in profiles:
        start = time.perf_counter()
        profiler.rank(profile)
        seconds.append(time.perf_counter() - start)
    return seconds


def _by_users(profiler: Profiler) -> list[Line]:
    asked = [
        conversation.messages
        for history in histories(profiler.catalog, PROFILED)
        for conversation in profiler.conversations(history)
    ]
    wall, _ = timed(lambda: profiler.generator.generate(asked, SETTINGS))
    each = wall / PROFILED
    return [Line(f"{users:,} users profiled", f"{users * each / 3600:.1f} h") for users in USERS]
