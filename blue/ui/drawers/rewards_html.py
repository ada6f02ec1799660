"""The rewards of "Why" as HTML: the held-out item, its rewards, what each sentence adds, the choice."""

import math
from collections.abc import Sequence
from html import escape

from blue.inspection import ChoiceReport, Holdout, RewardChange, RewardReport, RewardValue
from blue.ui import html, terms
from blue.ui.html import named


def held_out(held: Holdout | None) -> str:
    """Which item is held out, and what else was left out with it."""
    if held is None:
        return ""
    also = [one.title for one in held.dropped if one.item_id != held.target.item_id]
    note = f" Left out with it, being nearly the same: {escape(', '.join(also))}." if also else ""
    return (
        f'<p class="message done" role="status">Held out: <b>{named(held.target)}</b>. The profile is '
        f"written without it, from {len(held.history):,} titles.{note}</p>"
    )


def headline(report: RewardReport, changes: Sequence[RewardChange], before: int | None, leaky: bool) -> str:
    """The held-out item's rank, and how it moved.

    `before` is the number of the version that `changes` compare with; `leaky` says that the profile was
    written with the item in its history.
    """
    change = next((one for one in changes if one.name == "rank"), None)
    return _headline(report, change, before) + (_leak(report) if leaky else "")


def rewards(report: RewardReport, changes: Sequence[RewardChange], before: int | None) -> str:
    """Every reward with its weight, what it adds, and its change against the version of that number."""
    by_name = {change.name: change for change in changes}
    rows = "".join(_reward_row(reward, by_name.get(reward.name)) for reward in report.rewards)
    total = by_name.get("total")
    against = f"Against v{before}" if before else "Change"
    head = (
        f'<th scope="col">Reward</th><th scope="col">Value</th>{terms.head("Weight", terms.WEIGHT)}'
        f"{terms.head('Adds', terms.ADDS)}{terms.head(against, terms.CHANGE)}"
    )
    foot = (
        f'<tfoot><tr><th scope="row"><abbr title="{escape(terms.TOTAL)}">total</abbr></th><td></td><td></td>'
        f'<td data-reward="total">{terms.number(f"{report.total:.3f}", terms.TOTAL)}</td>'
        f"<td>{changed(total)}</td></tr></tfoot>"
    )
    return terms.table("Rewards of this profile", head, rows, "rewards", foot=foot) + _contrastive(report)


def _headline(report: RewardReport, change: RewardChange | None, before: int | None) -> str:
    moved = ""
    if change is not None and before is not None and change.difference:
        better = change.difference < 0
        moved = (
            f' <span class="{"up" if better else "down"}">{"▲" if better else "▼"} '
            f"{abs(change.difference):,.0f} {'up' if better else 'down'} from version {before}</span>"
        )
    rank = terms.number(f"rank {report.rank:,}", terms.RANK)
    return (
        f'<p class="headline" role="status"><b>{named(report.holdout.target)}</b> is at '
        f'<b data-rank="{report.rank}">{rank}</b> of {report.candidates:,}, similarity '
        f"{terms.number(f'{report.similarity:.3f}', terms.SIMILARITY)}.{moved}</p>"
    )


def _leak(report: RewardReport) -> str:
    return html.message(
        f"This version was written with {report.holdout.target.title} in the history: its rewards flatter "
        "it. Write the profile again for a fair one.",
        "warn",
    )


def _reward_row(one: RewardValue, change: RewardChange | None) -> str:
    low = "no lower end" if math.isinf(one.lowest) else f"{one.lowest:g}"
    tip = f"{one.formula} From {low} to {one.highest:g}."
    return (
        f'<tr><th scope="row"><abbr title="{escape(tip)}">{escape(one.name.replace("_", " "))}</abbr></th>'
        f'<td data-reward="{escape(one.name)}">{terms.number(f"{one.value:.3f}", tip)}</td>'
        f"<td>{terms.number(f'{one.weight:g}', terms.WEIGHT)}</td>"
        f"<td>{terms.number(html.signed(one.weighted, 3), terms.ADDS)}</td><td>{changed(change)}</td></tr>"
    )


def changed(change: RewardChange | None) -> str:
    """How a reward has changed, for a cell of a table."""
    if change is None:
        return "–"
    if abs(change.difference) < 0.0005:
        return terms.number("same", terms.CHANGE)
    up = change.difference > 0
    shown = f"{'▲' if up else '▼'} {change.difference:+.3f}"
    return terms.number(shown, terms.CHANGE, "up" if up else "down")


def _contrastive(report: RewardReport) -> str:
    """The two directions of the contrastive reward, and what they are compared with."""
    parts = report.contrastive
    pairs = (
        ("profile → item", parts.profile_to_item, terms.PROFILE_TO_ITEM),
        ("item → profile", parts.item_to_profile, terms.ITEM_TO_PROFILE),
        ("contrastive (their mean)", parts.total, terms.CONTRASTIVE),
    )
    listed = "".join(
        f'<div><dt><abbr title="{escape(tip)}">{name}</abbr></dt>'
        f"<dd>{terms.number(f'{value:.3f} nats', tip)}</dd></div>"
        for name, value, tip in pairs
    )
    temperature = terms.number(f"{parts.temperature:g}", terms.TEMPERATURE)
    guessing = math.log(1 + len(report.negatives)), math.log(1 + len(report.others))
    chance = terms.number(f"{-sum(guessing) / 2:.3f} nats", terms.GUESSING)
    listed += (
        f'<div><dt><abbr title="{escape(terms.GUESSING)}">guessing gives</abbr></dt><dd>{chance}</dd></div>'
    )
    return (
        f'<dl class="facts">{listed}<div><dt><abbr title="{escape(terms.TEMPERATURE)}">temperature</abbr>'
        f"</dt><dd>{temperature}</dd></div></dl>"
        f'<p class="hint">Against {len(report.negatives)} other items (drawn with seed {report.seed}) and '
        f"{len(report.others)} profiles of other people.</p>"
    )


def sentence_gains(report: RewardReport) -> str:
    """Each sentence's contribution in numbers, under its plot."""
    rows = "".join(
        f'<tr><th scope="row">{html.mark(contribution.sentence)} '
        f"{escape(report.profile.sentences[contribution.sentence].text)}</th>"
        f"<td>{terms.number(html.signed(contribution.contrastive, 3), terms.CONTRIBUTION)}</td>"
        f"<td>{terms.number(html.signed(contribution.similarity, 3), terms.SIMILARITY_GAIN)}</td>"
        f"<td>{_rank_without(contribution.rank_without)}</td></tr>"
        for contribution in report.contributions
    )
    head = (
        f'<th scope="col">Sentence</th>{terms.head("Adds", terms.CONTRIBUTION)}'
        f"{terms.head('Nearer by', terms.SIMILARITY_GAIN)}{terms.head('Rank without', terms.RANK_WITHOUT)}"
    )
    return terms.table("What each sentence adds", head, rows)


def _rank_without(rank: int | None) -> str:
    return terms.number(f"{rank:,}" if rank else "–", terms.RANK_WITHOUT)


def drawn_items(report: RewardReport) -> str:
    """Every item that the held-out one is compared with, as the table behind the strip plot."""
    rows = "".join(
        f'<tr><th scope="row">{named(negative.item)}</th><td>{negative.kind}</td>'
        f"<td>{terms.number(f'{negative.similarity:.3f}', terms.SIMILARITY)}</td></tr>"
        for negative in report.negatives
    )
    head = (
        '<th scope="col">Other item</th><th scope="col">Drawn as</th>'
        f"{terms.head('Similarity', terms.SIMILARITY)}"
    )
    return terms.table("The other items", head, rows, scroll="scroll short")


def choice(report: ChoiceReport) -> str:
    """The options of the next-item choice with their probabilities, likeliest first."""
    rows = "".join(
        f'<tr class="{"target" if option.is_target else ""}"><th scope="row">{named(option.item)}'
        f"{' <b>held out</b>' if option.is_target else ''}</th>"
        f'<td class="bar"><span style="--share:{option.probability:.3f}">'
        f"{terms.number(f'{option.probability:.0%}', terms.PROBABILITY)}</span></td></tr>"
        for option in report.options
    )
    chance = 1 / len(report.options)
    return (
        f'<table class="numbers choice"><caption>Which comes next? Asked: {escape(report.judge)}; chance is '
        f'{chance:.0%}.</caption><thead><tr><th scope="col">Option</th>'
        f"{terms.head('Probability', terms.PROBABILITY)}</tr></thead><tbody>{rows}</tbody></table>"
    )
