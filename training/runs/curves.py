r"""Draw the log of a GRPO run.

    python -m training.runs.curves runs/grpo                       # runs/grpo/curves.svg
    python -m training.runs.curves runs/grpo --out curves.png --smooth 10

One panel a question: do the rewards rise, do the profiles stay readable, how far has the policy moved, what
do the validation users get, how out of date were the samples, where does the time go.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from training.runs.command import parser_of
from training.runs.log import entries

FORMATS = (".svg", ".png", ".pdf")


@dataclass(frozen=True)
class Panel:
    """Figures that share an axis: names that begin with one of `prefixes` and end in `suffix`."""

    title: str
    unit: str
    prefixes: tuple[str, ...]
    suffix: str = ""


PANELS = (
    Panel("Rewards", "mean, each in its own unit", ("rewards/",), "/mean"),
    Panel("Guards", "share, 1 is good", ("guards/",)),
    Panel("Validation", "greedy profiles", ("eval_ndcg@10", "eval_recall@10")),
    Panel(
        "Validation guards",
        "share",
        ("eval_guards/well_formed", "eval_guards/copied", "eval_guards/grounded"),
    ),
    Panel("Policy", "nats", ("kl", "entropy")),
    Panel(
        "Shares",
        "of tokens or profiles",
        ("clip_ratio/region_mean", "completions/clipped_ratio", "frac_reward"),
    ),
    Panel("Lag of the samples", "nats, or a ratio", ("lag/kl", "lag/ratio_mean")),
    Panel("Time", "seconds a step", ("seconds/", "step_time")),
)


@dataclass(frozen=True)
class Curve:
    """One figure over the run: (N,) steps and (N,) values."""

    steps: np.ndarray
    values: np.ndarray


def read_curves(path: Path) -> dict[str, Curve]:
    """Name -> curve, of everything in a log that is a number.

    Raises:
        SystemExit: there is no log, or nothing in it yet.
    """
    if not path.is_file():
        raise SystemExit(f"{path} is not there. Give the folder that was --out of training.grpo.train.")
    if not (found := curves_of(entries(path))):
        raise SystemExit(f"{path} is empty: the run has not finished a step yet.")
    return found


def curves_of(log: Iterable[Mapping[str, object]]) -> dict[str, Curve]:
    """Rows of a log -> name -> curve, of everything that is a number.

    >>> loss = curves_of([{"step": 5, "loss": 2.0}, {"step": 10, "loss": 1.0}, {"step": 10}])["loss"]
    >>> loss.steps.tolist(), loss.values.tolist()
    ([5.0, 10.0], [2.0, 1.0])
    """
    found: dict[str, list[tuple[float, float]]] = {}
    for row in log:
        for name, value in row.items():
            if name != "step" and "step" in row and isinstance(value, int | float):
                found.setdefault(name, []).append((row["step"], value))
    return {name: Curve(*np.array(points, dtype=float).T) for name, points in found.items()}


def smoothed(values: np.ndarray, window: int) -> np.ndarray:
    """Mean of the last `window` values, or of fewer at the start: (N,) -> (N,).

    >>> smoothed(np.array([1.0, 3.0, 5.0]), 2).tolist()
    [1.0, 2.0, 4.0]
    """
    total = np.cumsum(np.concatenate(([0.0], values)))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - window, 0)
    return (total[ends] - total[starts]) / (ends - starts)


def draw(curves: Mapping[str, Curve], window: int) -> Figure:
    """The panels that have something to show, two a row."""
    shown = [(panel, names) for panel in PANELS if (names := names_of(panel, curves))]
    if not shown:
        raise SystemExit("The log holds no figure of GRPO. Give the folder of a GRPO run.")
    rows = (len(shown) + 1) // 2
    figure = Figure(figsize=(11, 3 * rows), layout="constrained")
    axes = figure.subplots(rows, 2, squeeze=False).flat
    for axis, (panel, names) in zip(axes, shown, strict=False):
        _fill(axis, panel, names, curves, window)
    for axis in list(axes)[len(shown) :]:
        axis.set_axis_off()
    return figure


def names_of(panel: Panel, curves: Mapping[str, Curve]) -> list[str]:
    """The figures of a panel, in the order of the log."""
    return [name for name in curves if name.startswith(panel.prefixes) and name.endswith(panel.suffix)]


def _fill(axis: Axes, panel: Panel, names: Sequence[str], curves: Mapping[str, Curve], window: int) -> None:
    for number, name in enumerate(names):
        curve, colour = curves[name], f"C{number % 10}"
        label = name.removeprefix("eval_").removesuffix(panel.suffix)
        rare = name.startswith("eval_")  # few points: shown as they are
        if not rare:
            axis.plot(curve.steps, curve.values, color=colour, alpha=0.25, linewidth=0.8)
        values = curve.values if rare else smoothed(curve.values, window)
        axis.plot(curve.steps, values, color=colour, label=label, marker="o" if rare else None, markersize=3)
    axis.set(title=panel.title, xlabel="step", ylabel=panel.unit)
    axis.grid(alpha=0.3)
    axis.legend(fontsize="x-small")


def main() -> None:
    """Read the command line and draw."""
    parser = parser_of(__doc__)
    parser.add_argument("run", type=Path, help="the folder that was --out of the run")
    parser.add_argument("--out", type=Path, help="an .svg, .png or .pdf file; RUN/curves.svg if not given")
    parser.add_argument("--smooth", type=int, default=5, help="steps that the bold lines average over")
    arguments = parser.parse_args()
    out = arguments.out or arguments.run / "curves.svg"
    if out.suffix not in FORMATS:
        parser.error(f"--out {out}: name a file that ends in {', '.join(FORMATS)}")
    if arguments.smooth < 1:
        parser.error(f"--smooth {arguments.smooth}: write 1 or more")
    draw(read_curves(arguments.run / "log.jsonl"), arguments.smooth).savefig(out)
    print(f"written to {out}")


if __name__ == "__main__":
    main()
