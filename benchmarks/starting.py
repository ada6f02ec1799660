"""The second start of the app: until the page is served, until the models behind it are ready."""

from benchmarks.measuring import Line, Report, Spread
from benchmarks.start import start_once

STARTS = 3
PAGE, READY = 3.0, 10.0  # seconds


def measure() -> Report:
    """One start fills what is kept between starts; those after it count."""
    start_once()
    pages, ready = zip(*(start_once() for _ in range(STARTS)), strict=True)
    page, models = Spread.of(pages), Spread.of(ready)
    return Report(
        (
            Line("page served", f"{page} s", goal=f"≤ {PAGE:g} s", reached=page.median <= PAGE),
            Line("models ready", f"{models} s", goal=f"≤ {READY:g} s", reached=models.median <= READY),
        ),
        (f"Median of {STARTS} starts with filled caches (least-largest).",),
    )
