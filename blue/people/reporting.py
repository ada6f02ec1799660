"""The audit as one HTML file that stands alone: no script, nothing loaded, fit to be printed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

from blue.people.auditing import MARKS, Audit, Figure
from blue.people.segments import Described
from blue.people.store import PeopleStore

BEHIND = 12  # ids shown behind a figure
WORDS = {
    "unsupported": "Nothing in the history says it",
    "restated": "Restates a title",
    "sensitive": "States something sensitive",
    "repeated": "Said word for word by many",
}
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#1b2430;max-width:1000px;margin:2rem auto;padding:0 1rem}
h1{font-size:24px}h2{font-size:18px;margin-top:2rem}table{border-collapse:collapse;width:100%}
caption{text-align:left;color:#566273;font-size:13px;padding-bottom:4px}
th,td{text-align:right;padding:5px 8px;border-bottom:1px solid #dfe4ea;vertical-align:baseline}
th:first-child,td.ids,th.ids{text-align:left}thead th{font-size:12px;color:#566273}
td.ids{font-size:12px;color:#566273;overflow-wrap:anywhere;max-width:320px}
@media print{body{margin:0}h2{break-after:avoid}tr{break-inside:avoid}}
"""


def report(found: Audit, store: PeopleStore, segments: Sequence[Described] = ()) -> str:
    """The page; every text of a person is escaped."""
    about = store.folder.shards[0]
    made = datetime.now(UTC).strftime("%d %B %Y, %H:%M UTC")
    parts = [
        "<h1>What the profiles of many people say, checked</h1>",
        f"<p>{found.people:,} people, {found.profiled:,} of them with a profile, {found.sentences:,} "
        f"sentences. Written by {escape(about.profiler)}, embedded by {escape(about.embedder)}. "
        f"Made {made}.</p>",
        f"<p>{_rests_on(found)} The unit of an interval is the person: the share of people with at least one "
        "such sentence, with Wilson's 95 % interval.</p>",
        *(_table(mark, found, store) for mark in MARKS),
        _segments(segments),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Audit of profiles</title>'
        f"<style>{_STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _rests_on(found: Audit) -> str:
    least = f"A sentence is said by many if at least {found.repeated_from} people have it word for word."
    if not found.with_history:
        return (
            "These files keep no histories, so nothing is said of support and of titles: profile with "
            f"--keep-histories for that. {least}"
        )
    return (
        f"Support and titles are judged for the {found.with_history:,} people whose history is kept. {least}"
    )


def _table(mark: str, found: Audit, store: PeopleStore) -> str:
    figures = [figure for figure in found.figures if figure.mark == mark]
    if not figures:
        return ""
    rows = "".join(_row(figure, found, store) for figure in figures)
    return (
        f"<h2>{WORDS[mark]}</h2><table><caption>By segment and by length of history</caption>"
        "<thead><tr>"
        '<th scope="col">Who</th><th scope="col">Sentences</th><th scope="col">Share</th>'
        '<th scope="col">People</th><th scope="col">Share</th><th scope="col">95 %</th>'
        f'<th scope="col" class="ids">Among them</th></tr></thead><tbody>{rows}</tbody></table>'
    )


def _row(one: Figure, found: Audit, store: PeopleStore) -> str:
    low, high = one.interval
    ids = ", ".join(escape(person.user_id) for person in store.people(found.behind(one)[:BEHIND]))
    more = f" and {one.people_marked - BEHIND:,} more" if one.people_marked > BEHIND else ""
    return (
        f'<tr><th scope="row">{escape(group_name(one.group, found.names))}</th>'
        f"<td>{one.marked:,} of {one.sentences:,}</td><td>{one.share:.1%}</td>"
        f"<td>{one.people_marked:,} of {one.people:,}</td><td>{one.share_of_people:.1%}</td>"
        f'<td>{low:.1%} – {high:.1%}</td><td class="ids">{ids}{more}</td></tr>'
    )


def group_name(group: str, names: Sequence[str]) -> str:
    """A group as it is read: a segment with its name."""
    word, _, number = group.partition(" ")
    return f"{group}: {names[int(number) - 1]}" if word == "segment" and names else group


def _segments(segments: Sequence[Described]) -> str:
    rows = "".join(
        f'<tr><th scope="row">{group.number + 1}. {escape(group.name)}</th><td>{group.people:,}</td>'
        f'<td class="ids">{escape(", ".join(phrase.text for phrase in group.phrases))}</td></tr>'
        for group in segments
    )
    if not rows:
        return ""
    return (
        "<h2>Segments</h2><table><caption>Each named by its most typical sentence</caption><thead><tr>"
        '<th scope="col">Segment</th><th scope="col">People</th><th scope="col" class="ids">'
        f"Says more than the others</th></tr></thead><tbody>{rows}</tbody></table>"
    )
