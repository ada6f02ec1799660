"""The log of a run as a picture for its card: the panels of GRPO, or the losses of a warm start."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.figure import Figure

from training.runs import curves

SMOOTH = 5  # steps that the bold lines average over
DOTS_PER_INCH = 80
LOSSES = ("loss", "eval_loss", "token_accuracy")


def draw_log(log: Sequence[Mapping[str, float]], path: Path) -> None:
    """Write a PNG of what was logged; a log without rewards shows its losses."""
    found = curves.curves_of(log)
    rewarded = any(name.startswith("rewards/") for name in found)
    figure = curves.draw(found, SMOOTH) if rewarded else draw_losses(found)
    figure.savefig(path, dpi=DOTS_PER_INCH)


def draw_losses(found: Mapping[str, curves.Curve]) -> Figure:
    """One panel a figure of supervised training."""
    names = [name for name in LOSSES if name in found] or sorted(found)[:3]
    figure = Figure(figsize=(3.6 * max(len(names), 1), 2.6), layout="constrained")
    for axis, name in zip(figure.subplots(1, max(len(names), 1), squeeze=False).flat, names, strict=False):
        axis.plot(found[name].steps, found[name].values)
        axis.set(title=name.replace("_", " "), xlabel="step")
        axis.grid(alpha=0.3)
    return figure
