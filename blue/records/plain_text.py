"""Results as aligned plain text, for a terminal."""

import unicodedata
from collections.abc import Sequence
from io import StringIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from blue.datatypes import ParsedHistory, Profile, Ranking, SkippedRow
from blue.history import FORMATS

_WIDEST_TITLE = 60  # columns; longer titles are shortened
_RIGHT = frozenset(
    {"rank", "stars", "close", "taste", "value", "weight", "adds", "cosine", "rank without", "chance", "was"}
    | {"old", "new", "change"}
)


def history_text(parsed: ParsedHistory) -> str:
    """What was read, one interaction a line, oldest first; then remarks, then skipped rows and why."""
    known = sum(interaction.item_id is not None for interaction in parsed.interactions)
    rows = [
        (
            "" if interaction.rating is None else f"{interaction.rating:g}",
            interaction.title,
            str(interaction.year or ""),
            interaction.kind or "",
            f"{interaction.time:%Y-%m-%d}" if interaction.time else "",
            interaction.item_id or "",
        )
        for interaction in parsed.interactions
    ]
    parts = [
        f"{FORMATS[parsed.format]}: {len(rows):,} read, {known:,} of them in the catalogue, "
        f"{len(parsed.skipped):,} skipped",
        table(("stars", "title", "year", "kind", "date", "item"), rows),
        *parsed.notes,
    ]
    if parsed.wish_list:
        parts.append(f"{len(parsed.wish_list):,} on a wish list: no part of the history.")
    if parsed.skipped:
        parts.append("\n".join(_skipped_line(row) for row in parsed.skipped))
    return "\n\n".join(parts)


def _skipped_line(row: SkippedRow) -> str:
    return f"line {row.line}: {row.reason}  {one_line(row.text)}".rstrip()


def ranking_text(profile: Profile, ranking: Ranking) -> str:
    """The numbered sentences, then the items; facets also show the number of the sentence of each."""
    sentences = "\n".join(f"{n}. {sentence.text}" for n, sentence in enumerate(profile.sentences, start=1))
    if not ranking.items:
        return f"{sentences}\n\nNothing is left to rank: the history holds every item."
    rows = [
        (
            str(entry.rank),
            entry.item.title,
            str(entry.item.year or ""),
            entry.item.kind,
            f"{entry.similarity:.2f}",
            "" if entry.sentence is None else str(entry.sentence + 1),
        )
        for entry in ranking.items
    ]
    return f"{sentences}\n\n{table(('rank', 'title', 'year', 'kind', 'close', 'taste'), rows)}"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell; a column without any content is left out."""
    kept = [column for column in range(len(heads)) if any(row[column] for row in rows)]
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="none")
    for column in kept:
        side = "right" if heads[column] in _RIGHT else "left"
        grid.add_column(heads[column], justify=side, no_wrap=True, max_width=_WIDEST_TITLE)
    for row in rows:
        grid.add_row(*(Text(one_line(row[column])) for column in kept))
    console = Console(width=_WIDEST_TITLE * (len(kept) + 1), color_system=None, file=StringIO())
    with console.capture() as shown:
        console.print(grid)
    return "\n".join(line.rstrip() for line in shown.get().splitlines())


def one_line(text: str) -> str:
    """Other people's text can't break a line or command the terminal."""
    return "".join(mark if unicodedata.category(mark) != "Cc" else " " for mark in text)
