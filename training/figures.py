"""The log of a run as a picture for its card: every reward (or loss) over the steps."""

from collections.abc import Mapping, Sequence
from pathlib import Path

MOST_PANELS = 6


def draw_log(log: Sequence[Mapping[str, float]], path: Path) -> None:
    """One small panel a figure that was logged, the rewards first; a PNG of about 60 kB."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    names = shown_names(log)
    columns = min(len(names), 3)
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(3.6 * columns, 2.4 * rows), layout="constrained")
    FigureCanvasAgg(figure)
    for number, name in enumerate(names, start=1):
        points = [(row.get("step", at), row[name]) for at, row in enumerate(log) if name in row]
        panel = figure.add_subplot(rows, columns, number)
        panel.plot(*zip(*points, strict=True), color="#2455c3", linewidth=1.2)
        panel.set_title(name.removeprefix("rewards/").removesuffix("/mean"), fontsize=9, loc="left")
        panel.tick_params(labelsize=7)
        panel.set_xlabel("step", fontsize=7)
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=110)


def shown_names(log: Sequence[Mapping[str, float]]) -> list[str]:
    """The figures worth a panel: the rewards' means and validation, else the losses.

    >>> shown_names([{"step": 1, "reward": 0.1, "rewards/copy/mean": 1.0, "rewards/copy/std": 0.0}])
    ['reward', 'rewards/copy/mean']
    """
    logged = dict.fromkeys(name for row in log for name in row)
    rewards = [name for name in logged if name in ("reward", "eval_reward", "validation_ndcg@10")]
    rewards += [name for name in logged if name.startswith("rewards/") and name.endswith("/mean")]
    losses = [name for name in logged if name in ("loss", "eval_loss", "token_accuracy")]
    return (rewards or losses or [name for name in logged if name != "step"])[:MOST_PANELS]
