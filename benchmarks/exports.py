"""Reading an export of 20,000 rows: CSV, JSON and ZIP, the most that is read of one source."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator

from benchmarks.measuring import Line, Report, is_busy, side_by_side
from blue.history import parse_history

ROWS = 20_000
ROUNDS = 3
GOAL = 1.0  # seconds


def measure() -> Report:
    """Seconds for each form, the median of the rounds; beside other work the processor's time."""
    sources = {"CSV": _csv().encode(), "JSON": _json().encode(), "ZIP": _zip()}
    found = side_by_side(
        {name: lambda _, source=source: parse_history(source) for name, source in sources.items()}, ROUNDS
    )
    lines = []
    for name, timing in found.items():
        seconds = timing.cpu_median if is_busy() else timing.median
        size = len(sources[name]) / 1e6
        lines.append(
            Line(f"{name}, {size:.1f} MB", f"{seconds:.2f} s", goal=f"≤ {GOAL:g} s", reached=seconds <= GOAL)
        )
    return Report(tuple(lines), (f"{ROWS:,} rows of titles, years, marks and days, all different.",))


def _rows() -> Iterator[tuple[str, str, int, float]]:
    for i in range(ROWS):
        yield f"2023-{1 + i % 12:02d}-{1 + i % 28:02d}", f"Film, the {i}th", 1950 + i % 70, (1 + i % 10) / 2


def _csv() -> str:
    """A diary as Letterboxd writes it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("Date", "Name", "Year", "Letterboxd URI", "Rating", "Rewatch", "Tags", "Watched Date"))
    for day, title, year, stars in _rows():
        writer.writerow((day, title, year, f"https://boxd.it/{title[-6:]}", stars, "", "", day))
    return text.getvalue()


def _json() -> str:
    """A list of rated films as Trakt writes it."""
    return json.dumps(
        [
            {
                "rated_at": f"{day}T12:00:00.000Z",
                "rating": int(2 * stars),
                "type": "movie",
                "movie": {"title": title, "year": year, "ids": {"trakt": number}},
            }
            for number, (day, title, year, stars) in enumerate(_rows())
        ]
    )


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("diary.csv", _csv())
    return packed.getvalue()
