"""A title is typed letter by letter: what each key costs the server that searches the catalogue's titles."""

import time

from benchmarks.measuring import Line, Report, percentile, timed
from blue.history import TitleSearch
from blue.items import load_catalog

TITLES = 40  # of the best known works, typed as they are
SLIPPED = ("the lord of teh rinsg", "harry poter and teh prisnoer", "crouching tigr hiden dragn")
MOST = 20
GOAL = 30.0  # ms


def measure() -> Report:
    """Processor time of a key, over titles as they are and mistyped ones."""
    items = load_catalog().items
    built: list[TitleSearch] = []
    _, seconds = timed(lambda: built.append(TitleSearch(items)))
    best_known = sorted(items, key=lambda item: -item.popularity)[:TITLES]
    lines = [
        _line(built[0], "a title as it is", [item.title for item in best_known]),
        _line(built[0], "a mistyped title", SLIPPED),
    ]
    return Report(
        tuple(lines),
        (f"{len(items):,} works; the index of their titles is built in {seconds:.1f} s of the processor.",),
    )


def _line(search: TitleSearch, what: str, titles: list[str] | tuple[str, ...]) -> Line:
    milliseconds = []
    for title in titles:
        for end in range(1, len(title) + 1):
            start = time.process_time()
            search.search(title[:end], MOST)
            milliseconds.append(1e3 * (time.process_time() - start))
    high = percentile(milliseconds, 0.95)
    return Line(
        f"One key of {what}, in processor time",
        f"{percentile(milliseconds, 0.50):.1f} ms (p95 {high:.1f})",
        goal=f"p95 ≤ {GOAL:.0f} ms",
        reached=high <= GOAL,
    )
