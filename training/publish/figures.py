"""The log of a run as a picture for its card: the panels of GRPO, or the losses of a warm start."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from training.runs import curves

SMOOTH = 5  # steps that the bold lines average over
DOTS_PER_INCH = 80
LOSSES = ("loss", "eval_loss", "token_accuracy")


def draw_log(log: Sequence[Mapping[str, float]], path: Path) -> None:
    """Write a PNG of what was logged; a log without rewards shows its losses."""
    found = curves_of(log)
    rewarded = any(name.startswith("rewards/") for name in found)
    figure = curves.draw(found, SMOOTH) if rewarded else draw_losses(found)
    figure.savefig(path, dpi=DOTS_PER_INCH)


def curves_of(log: Sequence[Mapping[str, float]]) -> dict[str, curves.Curve]:
    """Rows of a log -> name -> curve.

    >>> loss = curves_of([{"step": 5, "loss": 2.0}, {"step": 10, "loss": 1.0}, {"step": 10}])["loss"]
    >>> loss.steps.tolist(), loss.values.tolist()
    ([5.0, 10.0], [2.0, 1.0])
    """
    names = dict.fromkeys(name for row in log for name in row if name != "step")
    points = {
        name: [(row["step"], row[name]) for row in log if name in row and "step" in row] for name in names
    }
    return {name: curves.Curve(*np.array(curve, dtype=float).T) for name, curve in points.items() if curve}


def draw_losses(found: Mapping[str, curves.Curve]) -> Figure:
    """One panel a figure of supervised training."""
    names = [name for name in LOSSES if name in found] or sorted(found)[:3]
    figure = Figure(figsize=(3.6 * max(len(names), 1), 2.6), layout="constrained")
    for axis, name in zip(figure.subplots(1, max(len(names), 1), squeeze=False).flat, names, strict=False):
        axis.plot(found[name].steps, found[name].values)
        axis.set(title=name.replace("_", " "), xlabel="step")
        axis.grid(alpha=0.3)
    return figure
