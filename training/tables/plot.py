"""A table as a picture: one bar a method with its interval, one panel a metric and pool."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # no display is needed, or there

from matplotlib import pyplot

from training.tables.results import Row, Table, shown_columns, title

OURS, OTHERS = "#2b5fad", "#b4bac4"
MOST_PANELS = 6


def plot(table: Table, path: Path) -> None:
    """Write a PNG; methods in the order of the table, the first one on top."""
    columns = [one for one in shown_columns(table) if one[1] != "recall@10"][:MOST_PANELS]
    height = 1.2 + 0.28 * len(table.methods)
    figure, axes = pyplot.subplots(
        1, len(columns), figsize=(1.8 + 3.4 * len(columns), height), sharey=True, squeeze=False
    )
    for axis, (pool, metric) in zip(axes[0], columns, strict=True):
        _panel(axis, [row for row in table.rows if (row.pool, row.metric) == (pool, metric)])
        axis.set_xlabel(f"{metric}, {pool}")
    figure.suptitle(title(table), fontsize=10, x=0.02, ha="left")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)


def overview(tables: Sequence[Table], path: Path) -> None:
    """NDCG@10 over 1 + 99 of every method, a panel a data set: the source tables, then the transfers."""
    panels = [table for table in tables if table.table in ("source", "transfer")]
    panels = [table for table in panels if _main_rows(table)]
    if not panels:
        return
    columns = min(3, len(panels))
    lines = -(-len(panels) // columns)
    tallest = max(len(_main_rows(table)) for table in panels)
    size = (1.0 + 4.2 * columns, lines * (1.0 + 0.24 * tallest))
    figure, axes = pyplot.subplots(lines, columns, figsize=size, squeeze=False)
    for axis in axes.flat[len(panels) :]:
        axis.set_visible(False)
    for axis, table in zip(axes.flat, panels, strict=False):
        _panel(axis, _main_rows(table))
        axis.set_title(f"{table.dataset}, {table.n_users} users", fontsize=9, loc="left")
        axis.tick_params(labelsize=8)
    figure.suptitle("NDCG@10 among the target and 99 items, 95 % intervals", fontsize=10, x=0.02, ha="left")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)


def _main_rows(table: Table) -> list[Row]:
    return [row for row in table.rows if (row.pool, row.metric) == ("sampled", "ndcg@10")]


def _panel(axis, rows: Sequence[Row]) -> None:
    """One bar a row, the first on top, with its interval."""
    rows = rows[::-1]
    errors = [[row.value - row.low for row in rows], [row.high - row.value for row in rows]]
    colours = [OURS if row.method.startswith("blue") else OTHERS for row in rows]
    axis.barh(
        [row.method for row in rows], [row.value for row in rows], xerr=errors, color=colours, capsize=2
    )
    axis.spines[["top", "right"]].set_visible(False)
