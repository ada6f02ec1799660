"""Comparisons as HTML: the same history read four ways, and two versions of a profile."""

from collections.abc import Sequence
from html import escape

from blue.datatypes import Movement
from blue.inspection import Reading, RewardChange, VersionComparison
from blue.session import Version, WordChange, word_changes
from blue.ui import html, ranking_html, terms
from blue.ui.drawers.rewards_html import changed

SHOWN_ITEMS = 10  # of each reading

_NAMES = {"raw history": "Raw history", "rule-based": "By rules", "untrained": "Untrained", "BLUE": "BLUE"}


def versions(old: Version, new: Version, found: VersionComparison) -> str:
    """Two versions: words added and removed, what they have in common, what they earn."""
    words = "".join(_changed_words(change) for change in word_changes(old.profile.text, new.profile.text))
    overlap = terms.number(f"{found.overlap:.2f}", terms.OVERLAP)
    return (
        f'<div class="comparison"><p><b>Version {old.number}</b> ({escape(old.origin)}) → '
        f"<b>version {new.number}</b> ({escape(new.origin)}); "
        f'<abbr title="{escape(terms.OVERLAP)}">overlap@{found.top}</abbr> <b>{overlap}</b></p>'
        f'<p class="words">{words}</p>{_switches(old, new)}{_rewards(found.rewards, old, new)}</div>'
    )


def _switches(old: Version, new: Version) -> str:
    """What the words do not show: sentences that were switched or weighed otherwise."""
    said = []
    pairs = zip(old.profile.sentences, new.profile.sentences, strict=False)
    for number, (before, after) in enumerate(pairs):
        if before.text != after.text:
            continue
        if before.enabled != after.enabled:
            said.append(f"{html.mark(number)} sentence {number + 1} {'on' if after.enabled else 'off'}")
        if before.weight != after.weight:
            said.append(f"{html.mark(number)} sentence {number + 1}: {before.weight:g} → {after.weight:g}")
    return f'<p class="hint">Switches and weights: {", ".join(said)}.</p>' if said else ""


def movements(old: Version, new: Version, found: VersionComparison) -> str:
    """Where every item went, as a table beside the slopes."""
    rows = "".join(
        f'<tr><th scope="row">{escape(move.item.title)}</th><td>{move.old_rank or "–"}</td>'
        f'<td>{move.new_rank}</td><td class="move">{ranking_html.movement_text(move)}</td></tr>'
        for move in sorted(found.arrived, key=lambda move: move.new_rank)
    )
    rows += "".join(_gone(move) for move in found.left)
    head = (
        f'<th scope="col">Title</th>{terms.head(f"v{old.number}", terms.RANK)}'
        f'{terms.head(f"v{new.number}", terms.RANK)}<th scope="col">Moved</th>'
    )
    return terms.table("Where each item went", head, rows, "moves")


def _gone(move: Movement) -> str:
    return (
        f'<tr class="gone"><th scope="row">{escape(move.item.title)}</th><td>{move.old_rank}</td>'
        f'<td>{move.new_rank or "–"}</td><td class="move">left</td></tr>'
    )


def _changed_words(change: WordChange) -> str:
    text = escape(change.text).replace("\n", "<br>")
    tag = {"added": "ins", "removed": "del"}.get(change.change)
    return f"<{tag}>{text}</{tag}> " if tag else f"{text} "


def _rewards(changes: Sequence[RewardChange], old: Version, new: Version) -> str:
    if not changes:
        return '<p class="hint">Hold a title out, under Why, to see what both versions earn.</p>'
    rows = "".join(
        f'<tr><th scope="row">{escape(change.name.replace("_", " "))}</th>'
        f"<td>{_value(change.name, change.old)}</td><td>{_value(change.name, change.new)}</td>"
        f"<td>{_places(change) if change.name == 'rank' else changed(change)}</td></tr>"
        for change in changes
    )
    return (
        '<table class="numbers"><caption class="sr-only">Rewards of both versions</caption><thead><tr>'
        f'<th scope="col">Reward</th><th scope="col">v{old.number}</th><th scope="col">v{new.number}</th>'
        f"{terms.head('Change', terms.CHANGE)}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _value(name: str, value: float) -> str:
    return f"{value:,.0f}" if name == "rank" else f"{value:.3f}"


def _places(change: RewardChange) -> str:
    """How many places a title went up or down."""
    places = round(change.old - change.new)
    if not places:
        return terms.number("same", terms.CHANGE)
    shown = f"{'▲' if places > 0 else '▼'} {abs(places):,}"
    return terms.number(shown, terms.CHANGE, "up" if places > 0 else "down")


def readings(found: Sequence[Reading]) -> str:
    """The readings side by side: what each searches with, what it finds, and what it earns."""
    return f'<div class="readings">{"".join(_reading(one) for one in found)}</div>'


def _reading(one: Reading) -> str:
    items = "".join(
        f"<li>{html.mark(entry.sentence) if entry.sentence is not None and one.profile else ''} "
        f"{escape(entry.item.title)} {_year(entry.item.year)}</li>"
        for entry in one.ranking.items[:SHOWN_ITEMS]
    )
    return (
        f'<section class="reading"><h3>{_NAMES[one.name]}</h3><p class="hint">{escape(one.note)}</p>'
        f"{_query(one)}{_earned(one)}<ol>{items}</ol></section>"
    )


def _year(year: int | None) -> str:
    return f"<small>{year}</small>" if year else ""


def _query(one: Reading) -> str:
    if one.profile is None:
        lines = f"<li>{escape(one.text)}</li>"
    else:
        lines = "".join(
            f"<li>{html.mark(number)} {escape(sentence.text)}</li>"
            for number, sentence in enumerate(one.profile.sentences)
        )
    return f'<ul class="query">{lines}</ul>'


def _earned(one: Reading) -> str:
    """The held-out item's rank and the contrastive reward, where an item is held out."""
    if one.rewards is None:
        return ""
    report = one.rewards
    rank = terms.number(f"rank {report.rank:,}", terms.RANK)
    contrastive = terms.number(f"{report.contrastive.total:.2f} nats", terms.CONTRASTIVE)
    return (
        f'<p class="earned"><b>{html.named(report.holdout.target)}</b>: {rank}, contrastive {contrastive}</p>'
    )
