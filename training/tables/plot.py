"""A table as a picture: one bar a method with its interval, one panel a metric and pool."""

from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # no display is needed, or there

from matplotlib import pyplot

from training.tables.results import Table, shown_columns, title

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
        rows = [row for row in table.rows if (row.pool, row.metric) == (pool, metric)][::-1]
        values = [row.value for row in rows]
        errors = [[row.value - row.low for row in rows], [row.high - row.value for row in rows]]
        colours = [OURS if row.method.startswith("blue") else OTHERS for row in rows]
        axis.barh([row.method for row in rows], values, xerr=errors, color=colours, capsize=2)
        axis.set_xlabel(f"{metric}, {pool}")
        axis.spines[["top", "right"]].set_visible(False)
    figure.suptitle(title(table), fontsize=10, x=0.02, ha="left")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)
