"""A table of results: rows with intervals, as JSON, as Markdown and on the terminal.

Intervals are paired bootstraps: one draw of users serves every method and metric, so that two rows of a
table, and their difference, are resampled together.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table as RichTable

from blue.retrieval import mrr_at_k, ndcg_at_k, recall_at_k
from training.evaluate.data import EvaluationError
from training.evaluate.protocol import POOLS, Pool, Ranks

DEPTHS = (1, 5, 10, 20)
METRICS = {"ndcg": ndcg_at_k, "recall": recall_at_k, "mrr": mrr_at_k}
RESAMPLES = 2_000
CONFIDENCE = 0.95
MOST_COLUMNS = 5  # of a table with a row a method; others have a row a metric
SHOWN_BESIDE = "title-copy-rate-as-written"  # what a ranking table may hold besides ranks


@dataclass(frozen=True)
class Row:
    """One figure: the mean over users and its 95 % interval, in the metric's own unit."""

    method: str
    pool: Pool
    metric: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Table:
    """One table on one data set. `notes` say in words what was skipped or chosen."""

    table: str
    dataset: str
    n_users: int
    seed: int
    rows: tuple[Row, ...]
    differences: tuple[Row, ...] = ()  # `method` is "A minus B"
    notes: tuple[str, ...] = ()

    def record(self) -> dict:
        """What `results.json` holds of it."""
        return asdict(self)

    @classmethod
    def of_record(cls, record: Mapping) -> "Table":
        """From what `record` gave; KeyError or TypeError for anything else."""
        rows, differences = (tuple(Row(**row) for row in record[name]) for name in ("rows", "differences"))
        about = (record[name] for name in ("table", "dataset", "n_users", "seed"))
        return cls(*about, rows, differences, tuple(record["notes"]))

    @classmethod
    def of_file(cls, path: Path) -> tuple["Table", ...]:
        """Every table that a `results.json` holds; EvaluationError if it is none."""
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return tuple(map(cls.of_record, content if isinstance(content, list) else [content]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EvaluationError(f"{path} holds no results that can be read ({error!r}).") from error

    @property
    def methods(self) -> tuple[str, ...]:
        """In the order of the rows."""
        return tuple(dict.fromkeys(row.method for row in self.rows))


class PairedBootstrap:
    """Means over trials with percentile intervals; whole users are drawn, the same ones for all values."""

    def __init__(self, users: Sequence[str], seed: int = 0, resamples: int = RESAMPLES) -> None:
        _, self._user = np.unique(np.array(users), return_inverse=True)
        number = int(self._user.max()) + 1
        self._trials = np.bincount(self._user).astype(np.float64)  # (U,)
        draws = np.random.default_rng(seed)
        even = np.full(number, 1.0 / number)
        self._weights = draws.multinomial(number, even, size=resamples).astype(np.float32)  # (R, U)
        self.n_users = number

    def intervals(self, values: np.ndarray) -> np.ndarray:
        """(T, M) values -> (M, 3) mean, low, high. For a difference give the differences."""
        values = np.asarray(values, dtype=np.float64)
        totals = np.zeros((self.n_users, values.shape[1]))
        np.add.at(totals, self._user, values)
        means = (self._weights @ totals) / (self._weights @ self._trials)[:, None]
        low, high = np.quantile(means, ((1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2), axis=0)
        return np.stack((values.mean(axis=0), low, high), axis=1)


def metric_names() -> tuple[str, ...]:
    """ "ndcg@1" to "mrr@20", in the order of `metric_values`."""
    return tuple(f"{name}@{k}" for name in METRICS for k in DEPTHS)


def metric_values(ranks: np.ndarray) -> np.ndarray:
    """(T,) ranks -> (T, M) values of every metric at every depth."""
    return np.stack([metric(ranks, k) for metric in METRICS.values() for k in DEPTHS], axis=1)


def ranking_rows(ranks: Mapping[str, Ranks], bootstrap: PairedBootstrap) -> tuple[Row, ...]:
    """Every metric of every method in both pools."""
    rows = []
    for method, found in ranks.items():
        for pool in POOLS:
            figures = bootstrap.intervals(metric_values(found.of(pool)))
            rows += [
                Row(method, pool, metric, *map(float, interval))
                for metric, interval in zip(metric_names(), figures, strict=True)
            ]
    return tuple(rows)


def difference_rows(ranks: Mapping[str, Ranks], bootstrap: PairedBootstrap, ours: str) -> tuple[Row, ...]:
    """How far `ours` is above every other method in NDCG@10, paired."""
    rows = []
    for method in ranks:
        for pool in POOLS if method != ours else ():
            gain = ndcg_at_k(ranks[ours].of(pool)) - ndcg_at_k(ranks[method].of(pool))
            (one,) = bootstrap.intervals(gain[:, None])
            rows.append(Row(f"{ours} minus {method}", pool, "ndcg@10", *map(float, one)))
    return tuple(rows)


def shown_columns(table: Table) -> list[tuple[Pool, str]]:
    """The columns a person reads: NDCG@10 and Recall@10 of both pools, or all metrics of another table."""
    columns = list(dict.fromkeys((row.pool, row.metric) for row in table.rows))
    if not any(metric == "ndcg@10" for _, metric in columns):
        return columns
    return [column for column in columns if column[1] in ("ndcg@10", "recall@10", SHOWN_BESIDE)]


def largest_source_tables(tables: Sequence[Table], *methods: str) -> dict[str, Table]:
    """data set -> its source table with the most users, then methods, among those with all of `methods`."""
    found: dict[str, Table] = {}
    for table in tables:
        if table.table == "source" and set(methods) <= set(table.methods):
            before = found.get(table.dataset, table)
            found[table.dataset] = max(before, table, key=lambda run: (run.n_users, len(run.methods)))
    return found


def main_rows(rows: Sequence[Row], method: str) -> list[Row]:
    """The row of a method, or of a difference, in NDCG@10 over 1 + 99; or none."""
    return [row for row in rows if (row.method, row.pool, row.metric) == (method, "sampled", "ndcg@10")]


def cells(table: Table) -> tuple[list[str], list[list[str]]]:
    """Header and body of a table as texts: a row a method, or a row a metric where those are many."""
    columns = shown_columns(table)
    found = {(row.method, row.pool, row.metric): row for row in table.rows}
    pools = {pool for pool, _ in columns}
    header = ["method", *(f"{metric} {pool}" if len(pools) > 1 else metric for pool, metric in columns)]
    body = []
    for method in table.methods:
        rows = [found.get((method, *column)) for column in columns]
        body.append([method, *(figure(row) if row else "" for row in rows)])
    if len(columns) > MOST_COLUMNS:
        turned = [list(line) for line in zip(header, *body, strict=True)]
        return ["metric", *turned[0][1:]], turned[1:]
    return header, body


def figure(row: Row) -> str:
    """The mean and its interval."""
    digits = 3 if max(abs(row.value), abs(row.high)) < 10 else 1
    return f"{row.value:.{digits}f} [{row.low:.{digits}f}, {row.high:.{digits}f}]"


def title(table: Table) -> str:
    """The line above a table."""
    return f"{table.table}, {table.dataset}, {table.n_users} users, seed {table.seed}"


def markdown(table: Table) -> str:
    """A table with its notes and differences."""
    lines = [f"### {title(table)}", "", *markdown_lines(*cells(table))]
    if table.differences:
        lines += ["", "Paired differences:", ""]
        lines += [f"- {row.metric}, {row.method}, {row.pool}: {figure(row)}" for row in table.differences]
    if table.notes:
        lines += ["", *(f"- {note}" for note in table.notes)]
    return "\n".join(lines) + "\n"


def markdown_lines(header: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    """Header and body as a Markdown table."""
    return [_line(header), _line(["---"] * len(header)), *map(_line, body)]


def _line(texts: Sequence[str]) -> str:
    return "| " + " | ".join(texts) + " |"


def show(table: Table, console: Console) -> None:
    """Print a table with rich."""
    header, body = cells(table)
    shown = RichTable(*header, title=title(table), title_justify="left")
    for line in body:
        shown.add_row(*line)
    console.print(shown)
    for note in table.notes:
        console.print(f"- {note}", markup=False)
