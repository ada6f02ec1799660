"""The picture of the results: BLUE and what it must beat, data set by data set, with intervals."""

from collections.abc import Collection, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")  # no display is needed, or there

from matplotlib import pyplot

from training.evaluate.tables.results import (
    Row,
    Table,
    largest_source_tables,
    main_rows,
)

OURS, OTHERS = "#2b5fad", "#b4bac4"
GROUP_WIDTH = 0.72  # of the unit between two data sets
COMPARED = {  # method -> what the overview calls it, its colour and marker; ours is the one in colour
    "popularity": ("popularity", "#c3c7ce", "s"),
    "raw-history": ("raw history", "#8a919c", "v"),
    "best-match": ("best match of titles", "#5f6670", "D"),
    "rule-based": ("rules (its teacher)", "#c08a3e", "^"),
    "blue-facets": ("BLUE, by taste", OURS, "o"),
    "transitions": ("transitions (no text)", "#3a3f47", "x"),
    "sasrec": ("SASRec (no text, trained there)", "#3a3f47", "*"),
}


def draw_overview(tables: Sequence[Table], trained_on: Collection[str], path: Path) -> None:
    """NDCG@10 over 1 + 99 of BLUE and what it must beat, one group a data set, with intervals.

    Data sets that the profiler was trained on stand on the left, the others behind a line. Of several source
    tables of one data set the one with the most users is shown.
    """
    largest = largest_source_tables(tables)
    groups = sorted(largest.values(), key=lambda table: (table.dataset not in trained_on, table.dataset))
    if not groups:
        return
    figure, axis = pyplot.subplots(figsize=(10, 4.5))
    methods = [method for method in COMPARED if any(method in table.methods for table in groups)]
    for place, method in enumerate(methods):
        shift = (place - (len(methods) - 1) / 2) * GROUP_WIDTH / len(methods)
        points = [
            (group + shift, row)
            for group, table in enumerate(groups)
            for row in main_rows(table.rows, method)
        ]
        _points(axis, points, method)
    axis.set_xticks(range(len(groups)), [f"{table.dataset}\n{table.n_users:,} users" for table in groups])
    _divide(axis, sum(table.dataset in trained_on for table in groups), len(groups))
    axis.set_ylabel("NDCG@10, 1 + 99 items")
    axis.set_ylim(bottom=0)
    axis.spines[["top", "right"]].set_visible(False)
    columns = -(-len(methods) // 2)
    axis.legend(ncols=columns, frameon=False, loc="lower center", bbox_to_anchor=(0.5, 1.08), fontsize=9)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)


def _points(axis, points: Sequence[tuple[float, Row]], method: str) -> None:
    label, colour, marker = COMPARED[method]
    values = [row.value for _, row in points]
    errors = [[row.value - row.low for _, row in points], [row.high - row.value for _, row in points]]
    style = {"color": colour, "fmt": marker, "capsize": 2, "label": label}
    axis.errorbar([at for at, _ in points], values, yerr=errors, markersize=7, linewidth=1.2, **style)


def _divide(axis, trained: int, groups: int) -> None:
    """A line between the data sets that were trained on and the others, each side named."""
    if 0 < trained < groups:
        axis.axvline(trained - 0.5, color=OTHERS, linewidth=1)
    for left, right, words in ((0, trained, "trained on"), (trained, groups, "never trained on")):
        if right > left:
            middle = (left + right - 1) / 2
            axis.text(middle, 1.02, words, transform=axis.get_xaxis_transform(), ha="center", fontsize=9)
