"""One table a question: every data set beside the others, without intervals, with what was decided.

A cell is a mean over users. ▲ or ▼ behind it: the method is decided above or below the one that differences
are taken from, on the same users. Nothing: it is that one, or they are not told apart, or not compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from training.evaluate.protocol import Pool
from training.evaluate.tables.results import Table, markdown_lines

MAIN = ("sampled", "ndcg@10")
SHOWN: dict[str, tuple[tuple[Pool, str], ...]] = {  # table -> its columns, or rows, of each data set
    "qa": (("sampled", "cloze-accuracy-1-of-4"), ("sampled", "cloze-accuracy-1-of-10")),
    "interpretability": tuple(
        ("full", metric)
        for metric in (
            "grounding-rate",
            "unsupported-claim-rate",
            "title-copy-rate-as-written",
            "well-formed",
            "distinct",
            "stability-one-added-overlap@10",
            "steer-add",
            "steer-negate",
            "attribution-fidelity",
        )
    ),
    "readable": tuple(
        ("full", metric)
        for metric in (
            "restates-title",
            "year",
            "unsupported",
            "fused",
            "stranger",
            "people",
            "same-taste-twice",
            "distinct",
            "sentences",
        )
    ),
    "cost": (
        ("full", "seconds-per-ranking"),
        ("full", "seconds-per-profile"),
        ("full", "peak-memory-mb"),
        ("full", "seconds-per-training-step"),
    ),
}
A_ROW_A_METRIC = ("interpretability", "readable", "cost")
EVERY_RUN = ("ablation",)  # its runs of one data set have different methods; of others the largest counts


@dataclass(frozen=True)
class Column:
    """One figure of every method, on one data set."""

    head: str
    table: Table
    pool: Pool
    metric: str

    def cell(self, method: str) -> str:
        """The mean, and what was decided; empty where the method was not run."""
        found = [row.value for row in self.table.rows if self._key(row) == (method, self.pool, self.metric)]
        return f"{_short(found[0])}{self._decided(method)}" if found else ""

    def _decided(self, method: str) -> str:
        for row in self.table.differences:
            if (row.pool, row.metric) == (self.pool, self.metric) and row.method.endswith(f" minus {method}"):
                return " ▼" if row.low > 0 else " ▲" if row.high < 0 else ""
        return ""

    @staticmethod
    def _key(row) -> tuple[str, str, str]:
        return row.method, row.pool, row.metric


def overview(tables: Sequence[Table]) -> list[str]:
    """The runs of one question as one Markdown table: a row a method, or a metric where those are many."""
    name = tables[0].table
    chosen = list(tables) if name in EVERY_RUN else _largest(tables)
    metrics = SHOWN.get(name, (MAIN,))
    columns = [
        Column(f"{table.dataset} ({table.n_users:,})", table, pool, metric)
        for table in chosen
        for pool, metric in metrics
    ]
    methods = list(dict.fromkeys(method for table in chosen for method in table.methods))
    if name in A_ROW_A_METRIC:
        return _by_metric(columns, methods, [metric for _, metric in metrics])
    long = len(metrics) > 1
    heads = [f"{column.head}, {column.metric}" if long else column.head for column in columns]
    rows = [[method, *(column.cell(method) for column in columns)] for method in methods]
    return markdown_lines(["method", *heads], [row for row in rows if any(row[1:])])


def _by_metric(columns: Sequence[Column], methods: Sequence[str], metrics: Sequence[str]) -> list[str]:
    heads = list(dict.fromkeys(column.head for column in columns))
    cells = {(c.head, c.metric, method): c.cell(method) for c in columns for method in methods}
    places = [(head, method) for head in heads for method in methods]
    places = [(h, m) for h, m in places if any(cells[h, metric, m] for metric in metrics)]
    rows = [[metric, *(cells[head, metric, method] for head, method in places)] for metric in metrics]
    return markdown_lines(["metric", *(f"{head}, {method}" for head, method in places)], rows)


def _largest(tables: Sequence[Table]) -> list[Table]:
    """Of several runs on one data set the one with the most users, then with the most methods."""
    found: dict[str, Table] = {}
    for table in tables:
        before = found.get(table.dataset, table)
        found[table.dataset] = max(before, table, key=lambda run: (run.n_users, len(run.methods)))
    return list(found.values())


def _short(value: float) -> str:
    """
    >>> _short(0.2344), _short(-0.31), _short(12.34), _short(2349.0)
    ('.234', '-.310', '12.3', '2,349')
    """
    if abs(value) >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}".replace("0.", ".", 1)
