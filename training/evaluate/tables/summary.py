"""What the source tables decide, a line a data set: the table of the README and of the profiler's card."""

from collections.abc import Collection, Sequence
from pathlib import Path

from blue.models import write_whole
from training.evaluate.data import EvaluationError
from training.evaluate.tables.results import (
    Row,
    Table,
    largest_source_tables,
    main_rows,
    markdown_lines,
)

OURS = "blue-facets"
BESIDE = {  # method -> what the header calls it
    "untrained": "untrained",
    "raw-history": "raw history",
    "rule-based": "rules that taught it",
    "best-match": "best match of titles",
}
BEGIN, END = "<!-- made by make results -->", "<!-- end of what make results makes -->"


def summary(tables: Sequence[Table], trained_on: Collection[str]) -> list[str]:
    """Markdown: NDCG@10 over 1 + 99 of BLUE by taste, and how far it lies above each of BESIDE.

    Of several source tables of one data set that hold a method, the one with the most users counts; where
    that is not BLUE's own, its number of users stands in the cell. Bold: the interval excludes zero.
    """
    largest = largest_source_tables(tables, OURS)
    beside = {method: largest_source_tables(tables, OURS, method) for method in BESIDE}
    header = ["data set", "users", "BLUE, by taste", *(f"minus {name}" for name in BESIDE.values())]
    order = sorted(largest, key=lambda name: (name not in trained_on, name))
    body = []
    for name in order:
        ours = largest[name]
        place = name if name in trained_on else f"{name} (never trained on)"
        (row,) = main_rows(ours.rows, OURS)
        differences = [_difference(found.get(name), method, ours) for method, found in beside.items()]
        body.append([place, f"{ours.n_users:,}", _figure(row), *differences])
    return markdown_lines(header, body)


def put_between_marks(path: Path, lines: Sequence[str]) -> None:
    """Replace what stands between BEGIN and END in a file.

    Raises:
        EvaluationError: the file does not have both marks, in this order, once.
    """
    text = path.read_text(encoding="utf-8")
    before, begun, rest = text.partition(BEGIN)
    old, ended, after = rest.partition(END)
    if not (begun and ended) or BEGIN in old + after or END in after:
        raise EvaluationError(f"{path} must have one {BEGIN!r} and after it one {END!r}.")
    write_whole(path, "\n".join((before + BEGIN, "", *lines, "", END + after)))


def _difference(table: Table | None, method: str, ours: Table) -> str:
    if table is None:
        return "–"
    (row,) = main_rows(table.differences, f"{OURS} minus {method}")
    text = f"{_short(row.value, sign=True)} [{_short(row.low, sign=True)}, {_short(row.high, sign=True)}]"
    if row.low > 0 or row.high < 0:
        text = f"**{text}**"
    return text if table.n_users == ours.n_users else f"{text} ({table.n_users:,} users)"


def _figure(row: Row) -> str:
    return f"{_short(row.value)} [{_short(row.low)}, {_short(row.high)}]"


def _short(value: float, sign: bool = False) -> str:
    """
    >>> _short(0.2344), _short(-0.004, sign=True), _short(0.01, sign=True)
    ('.234', '-.004', '+.010')
    """
    return f"{value:{'+' if sign else ''}.3f}".replace("0.", ".", 1)
