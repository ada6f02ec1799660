"""Inspections as Plotly figures, as JSON for `blue.ui.widgets.figure`. The one module that knows plotly.

Colours are names of the page's CSS variables; the browser looks them up, so that a figure is dark where the
page is. A sentence has its colour and its shape here too. `layout.meta` is the figure in words.
"""

from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

import numpy as np
import plotly
import plotly.graph_objects as go

from blue.datatypes import Item
from blue.inspection import CatalogMap, MapPoint, RewardReport, VersionComparison
from blue.ui.html import plain_name, signed

SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
SYMBOLS = ("circle", "square", "triangle-up", "diamond", "pentagon")  # of sentences, as html.mark draws them
GLYPHS = ("●", "■", "▲", "◆", "⬟")
LONGEST_LABEL = 24  # letters of a title beside a plot

_NEGATIVES = ("random", "popular", "hard")  # from the bottom up
_CLEAR = "rgba(0,0,0,0)"


def strip(report: RewardReport) -> str:
    """Similarity of the profile to the held-out item, and to each negative by kind."""
    figure = go.Figure()
    for row, kind in enumerate(_NEGATIVES):
        drawn = [negative for negative in report.negatives if negative.kind == kind]
        figure.add_scatter(
            x=[one.similarity for one in drawn],
            y=[row] * len(drawn),
            text=[_text(one.item.title) for one in drawn],
            mode="markers",
            marker=dict(
                symbol="line-ns-open", size=20, color="var(--quiet)", line=dict(width=2, color="var(--quiet)")
            ),
            hovertemplate=f"%{{text}}<br>{kind}, %{{x:.3f}}<extra></extra>",
        )
    title = report.holdout.target.title
    figure.add_vline(x=report.similarity, line=dict(color="var(--accent)", width=2))
    figure.add_scatter(
        x=[report.similarity],
        y=[len(_NEGATIVES)],
        text=[_text(title)],
        mode="markers",
        marker=dict(symbol="star", size=15, color="var(--accent)"),
        hovertemplate="%{text}<br>held out, %{x:.3f}<extra></extra>",
    )
    nearer = sum(negative.similarity > report.similarity for negative in report.negatives)
    said = (
        f"Similarity to {title}: {report.similarity:.3f}. {nearer} of {len(report.negatives)} other items "
        "are nearer to the profile."
    )
    _dress(figure, said, 210, "similarity (cosine)")
    names = [*_NEGATIVES, "held out"]
    figure.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, range=[-0.6, len(names) - 0.4], showgrid=False
    )
    return figure.to_json()


def reward_bars(report: RewardReport, before: RewardReport | None) -> str:
    """What each reward adds to the total, the total below; the version before as a tick on the same line."""
    names = [reward.name.replace("_", " ") for reward in report.rewards] + ["total"]
    values = [reward.weighted for reward in report.rewards] + [report.total]
    figure = go.Figure()
    figure.add_bar(
        y=names, x=values, orientation="h", name="this version",
        hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        marker=dict(color=["var(--bar)"] * len(report.rewards) + ["var(--accent)"]),
        text=[signed(value) for value in values], textposition="outside", cliponaxis=False, width=0.62,
    )  # fmt: skip
    if before is not None:
        old = {reward.name.replace("_", " "): reward.weighted for reward in before.rewards} | {
            "total": before.total
        }
        known = [name for name in names if name in old]
        figure.add_scatter(
            y=known,
            x=[old[name] for name in known],
            mode="markers",
            name="version before",
            marker=dict(
                symbol="line-ns-open", size=16, color="var(--ink)", line=dict(width=2, color="var(--ink)")
            ),
            hovertemplate="%{y}, version before: %{x:.3f}<extra></extra>",
        )
    said = "; ".join(f"{name} {signed(value)}" for name, value in zip(names, values, strict=True))
    _dress(figure, f"What each reward adds: {said}.", 60 + 28 * len(names), "weight × reward", zero=True)
    figure.update_xaxes(range=_room(values))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure.to_json()


def contributions(report: RewardReport) -> str:
    """What the contrastive reward would lose without each sentence, in nats."""
    shown = report.contributions
    labels = [
        f'<span style="color:{_mark(one.sentence)}">{GLYPHS[one.sentence % 5]}</span> {one.sentence + 1}'
        for one in shown
    ]
    values = [one.contrastive for one in shown]
    figure = go.Figure()
    figure.add_bar(
        y=labels, x=values, orientation="h", width=0.62,
        marker=dict(color=[_mark(one.sentence) for one in shown]),
        text=[signed(value) for value in values], textposition="outside", cliponaxis=False,
        hovertemplate="sentence %{y}: %{x:+.3f} nats<extra></extra>",
    )  # fmt: skip
    said = "; ".join(f"sentence {one.sentence + 1} {signed(one.contrastive)}" for one in shown)
    _dress(figure, f"What each sentence adds, in nats: {said}.", 60 + 30 * len(shown), "nats", zero=True)
    figure.update_xaxes(range=_room(values))
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure.to_json()


def slopes(comparison: VersionComparison, old: int, new: int) -> str:
    """Where the items of both tops stand in two versions; what was or went outside the top ends below it."""
    top, figure = comparison.top, go.Figure()
    outside = top + 2
    for move in (*comparison.arrived, *comparison.left):
        ranks = [rank if rank and rank <= top else outside for rank in (move.old_rank, move.new_rank)]
        colour, dash = _slope_look(ranks)
        known = [f"{rank}" if rank else "not among the first 200" for rank in (move.old_rank, move.new_rank)]
        figure.add_scatter(
            x=[0, 1], y=ranks, mode="lines+markers",
            text=[f"{_text(move.item.title)}<br>{' → '.join(known)}"] * 2,
            line=dict(color=colour, dash=dash, width=2), marker=dict(size=6, color=colour),
            hovertemplate="%{text}<extra></extra>",
        )  # fmt: skip
    for move in comparison.arrived:
        figure.add_annotation(
            x=1, y=move.new_rank, text=f"{move.new_rank} {_short(move.item)}", xanchor="left", xshift=8,
            showarrow=False, font=dict(size=12),
        )  # fmt: skip
    kept = round(comparison.overlap * top)
    said = f"Ranks in version {old} and in version {new}: {kept} of the first {top} are the same."
    _dress(figure, said, 90 + 22 * top, "")
    figure.update_xaxes(
        tickvals=[0, 1],
        ticktext=[f"version {old}", f"version {new}"],
        range=[-0.08, 2.35],
        showgrid=False,
        side="top",
        fixedrange=True,
    )
    figure.update_yaxes(
        range=[outside + 0.8, 0.2],
        tickvals=[1, *range(5, top + 1, 5), outside],
        ticktext=[1, *range(5, top + 1, 5), "out"],
        showgrid=False,
        fixedrange=True,
    )
    return figure.to_json()


def catalog_background(items: Sequence[Item], catalog_map: CatalogMap) -> str:
    """The catalogue as points, one trace a kind, and what its regions are about: sent to a browser once."""
    figure = go.Figure()
    kinds = np.array([item.kind for item in items])
    for tone, kind in zip(("var(--dot-1)", "var(--dot-2)", "var(--dot-3)"), _kinds(items), strict=False):
        rows = np.flatnonzero(kinds == kind)
        figure.add_scattergl(
            x=catalog_map.points[rows, 0],
            y=catalog_map.points[rows, 1],
            text=[_text(plain_name(items[row])) for row in rows],
            mode="markers",
            name=kind.removesuffix("s") + "s",
            marker=dict(size=4, color=tone, opacity=0.65),
            hovertemplate="%{text}<extra></extra>",
        )
    for label in catalog_map.labels:  # annotations lie above the points; a trace of text would lie below them
        figure.add_annotation(
            x=label.x, y=label.y, text=f"<b>{_text(label.text)}</b>", showarrow=False, opacity=0.85,
            font=dict(size=12, color="var(--ink)"), bgcolor="var(--panel)", borderpad=1,
        )  # fmt: skip
    return figure.to_json()


def places(points: Sequence[MapPoint]) -> str:
    """What lies on the map besides the catalogue; drawn over `catalog_background`."""
    figure = go.Figure()
    for role, name, look in _ROLES:
        shown = [point for point in points if point.role == role]
        if not shown:
            continue
        marked = role in ("sentence", "retrieved")
        marker = dict(look)
        if marked:
            marker["color"] = [_mark(point.sentence) for point in shown]
            marker["symbol"] = [_symbol(point.sentence) for point in shown]
        figure.add_scattergl(
            x=[point.x for point in shown],
            y=[point.y for point in shown],
            text=[_wrapped(point.label) for point in shown],
            mode="markers",
            name=name,
            marker=marker,
            hovertemplate=f"<b>{name}</b><br>%{{text}}<extra></extra>",
        )
    counts = ", ".join(
        f"{sum(point.role == role for point in points)} {name}"
        for role, name, _ in _ROLES
        if any(point.role == role for point in points)
    )
    _dress(figure, f"The catalogue in two dimensions, with {counts}.", 560, "")
    figure.update_layout(
        showlegend=True, legend=dict(orientation="h", y=-0.12, itemsizing="constant"), dragmode="pan",
        uirevision="map",
    )  # fmt: skip
    figure.update_yaxes(visible=False)  # the axes of a map of neighbours mean nothing
    figure.update_xaxes(visible=False)
    return figure.to_json()


_ROLES = (
    ("history", "your history", dict(symbol="x-thin-open", size=8, color="var(--ink)", line=dict(width=1.5))),
    ("retrieved", "what it finds", dict(size=9, line=dict(width=1, color="var(--panel)"))),
    ("sentence", "sentences", dict(size=18, line=dict(width=2.5, color="var(--ink)"))),
    ("profile", "the whole profile", dict(symbol="star", size=20, color="var(--accent)",
                                          line=dict(width=1.5, color="var(--ink)"))),
    ("held out", "held out", dict(symbol="hexagram", size=20, color="var(--bad)",
                                  line=dict(width=1.5, color="var(--ink)"))),
)  # fmt: skip


def _dress(figure: go.Figure, said: str, height: int, across: str, *, zero: bool = False) -> None:
    """The common look: no background of its own, quiet lines, the page's font and colours."""
    figure.update_layout(
        template="none", height=height, autosize=True, meta=said, showlegend=False, bargap=0.3,
        paper_bgcolor=_CLEAR, plot_bgcolor=_CLEAR, margin=dict(l=10, r=16, t=10, b=44),
        font=dict(family="ui-sans-serif, system-ui, sans-serif", size=13, color="var(--ink)"),
        hoverlabel=dict(bgcolor="var(--panel)", bordercolor="var(--line)", font=dict(color="var(--ink)")),
    )  # fmt: skip
    lines = dict(gridcolor="var(--line)", linecolor="var(--line)", automargin=True)
    figure.update_xaxes(
        title=dict(text=across, font=dict(size=12, color="var(--quiet)")), zeroline=zero,
        zerolinecolor="var(--quiet)", zerolinewidth=1, **lines,
    )  # fmt: skip
    figure.update_yaxes(zeroline=False, **lines)


def _room(values: Sequence[float]) -> tuple[float, float]:
    """A range with room for the numbers at the ends of its bars, also on a phone."""
    low, high = min(0.0, *values), max(0.0, *values)
    margin = 0.45 * ((high - low) or 1.0)
    return low - (margin if low < 0 else margin / 9), high + margin


def _slope_look(ranks: Sequence[int]) -> tuple[str, str]:
    """Colour and dash of a line: up is solid, down dashed, so that colour is not the only sign."""
    old, new = ranks
    if old == new:
        return "var(--quiet)", "solid"
    return ("var(--good)", "solid") if new < old else ("var(--bad)", "dash")


def _mark(sentence: int | None) -> str:
    return "var(--quiet)" if sentence is None else f"var(--mark-{sentence % 5 + 1})"


def _symbol(sentence: int | None) -> str:
    return "circle-open" if sentence is None else SYMBOLS[sentence % 5]


def _short(item: Item) -> str:
    return _text(item.title if len(item.title) <= LONGEST_LABEL else f"{item.title[: LONGEST_LABEL - 1]}…")


def _text(words: str) -> str:
    """Words from outside: Plotly's own text knows tags and entities, as HTML does."""
    return escape(words, quote=False)


def _kinds(items: Sequence[Item]) -> list[str]:
    return list(dict.fromkeys(item.kind for item in items))


def _wrapped(text: str, width: int = 60) -> str:
    """A long sentence in lines, as a hover label shows it."""
    return "<br>".join(map(_text, _lines(text.split(), width)))


def _lines(words: Sequence[str], width: int) -> Iterator[str]:
    line = ""
    for word in words:
        if line and len(line) + len(word) >= width:
            yield line
            line = ""
        line = f"{line} {word}".strip()
    yield line
