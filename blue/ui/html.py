"""Pieces of the page as HTML. Every text from outside goes through `escape` here and nowhere else.

The mark of a sentence, a colour *and* a shape, is the thread through the page: the profile's sentences,
the ranking and the comparison wear the same marks.
"""

import re
from html import escape

from blue.datatypes import Interaction, Item, ParsedHistory, Sentence
from blue.history import FORMATS
from blue.models import LoadedProfiler
from blue.profile import stance
from blue.profiler import Profiler
from blue.session import Version
from blue.ui.words import say

SHOWN_UNKNOWN = 4  # titles named that the catalogue lacks
SHOWN_SKIPPED = 8  # skipped rows listed in the report before "and N more"

_SHAPES = (  # in a 10 x 10 box
    '<circle cx="5" cy="5" r="4.5"/>',
    '<rect x="1" y="1" width="8" height="8"/>',
    '<path d="M5 .5 9.7 9.2H.3Z"/>',
    '<path d="M5 0 10 5 5 10 0 5Z"/>',
    '<path d="M5 .3 9.8 3.9 8 9.6H2L.2 3.9Z"/>',
)


def mark(sentence: int) -> str:
    """The mark of the sentence with this 0-based number."""
    return (
        f'<svg class="mark mark-{sentence + 1}" viewBox="0 0 10 10" role="img" '
        f'aria-label="{say("profile.taste", number=sentence + 1)}">{_SHAPES[sentence % len(_SHAPES)]}</svg>'
    )


def plain_name(item: Item) -> str:
    """Title and year, as text."""
    return f"{item.title} ({item.year})" if item.year else item.title


def named(item: Item) -> str:
    """Title and year, escaped."""
    return escape(plain_name(item))


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, rounded; what rounds to nothing is +0.

    >>> signed(0.125), signed(-0.5, 1), signed(-0.004)
    ('+0.12', '-0.5', '+0.00')
    """
    return f"{round(value, digits) + 0.0:+.{digits}f}"  # -0.0 + 0.0 is 0.0


def rated(one: Interaction) -> str:
    """A title of the history with its stars, as text."""
    return one.title if one.rating is None else f"{one.title} ★{one.rating:g}"


def counted(number: int, what: str) -> str:
    """A number of things.

    >>> counted(1, "title"), counted(1200, "title")
    ('1 title', '1,200 titles')
    """
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def message(text: str, tone: str = "info") -> str:
    """A line of status; `tone` is info, busy, done, warn or error (announced at once to a screen reader)."""
    role = "alert" if tone == "error" else "status"
    return f'<p class="message {tone}" role="{role}">{escape(text)}</p>' if text else ""


def report(parsed: ParsedHistory, coverage: str = "") -> str:
    """What was read: "Letterboxd, 298 read, 2 skipped", with each skipped line and its reason.

    `coverage` is what the catalogue has, for who wonders why it lacks a title.
    """
    read, skipped = len(parsed.interactions), len(parsed.skipped)
    source = say("format.lines") if parsed.format == "lines" else FORMATS[parsed.format]
    head = f"{source}: {say('report.read', n=read)}"
    head += f", {say('report.skipped', n=skipped)}" if skipped else ""
    head += f"; {say('report.known', n=parsed.known)}" if read else ""
    unknown = parsed.unknown if parsed.known else ()
    if unknown:
        head += f", {say('report.unknown', titles=escape(', '.join(unknown[:SHOWN_UNKNOWN])))}"
        head += _more(len(unknown) - SHOWN_UNKNOWN)
    if coverage and parsed.known < read:
        head += f". {say('report.covers', coverage=escape(coverage))}"
    remarks = [*parsed.notes, *_about_wishes(parsed)]
    notes = "".join(f"<li>{escape(note)}</li>" for note in remarks)
    rows = "".join(
        f"<li><b>{say('report.line', number=row.line)}</b> {escape(row.reason)} "
        f"<q>{escape(row.text[:80])}</q></li>"
        for row in parsed.skipped[:SHOWN_SKIPPED]
    )
    more = _more(skipped - SHOWN_SKIPPED)
    rows += f"<li>{more}</li>" if more else ""
    summary = f"<summary>{say('report.skipped_lines')}</summary>"
    details = f"<details>{summary}<ul>{rows}</ul></details>" if skipped else ""
    notes = f"<ul>{notes}</ul>" if notes else ""
    return f'<div class="report" role="status"><p>{head}.</p>{notes}{details}</div>'


def _more(others: int) -> str:
    return f" {say('report.more', n=others)}" if others > 0 else ""


def _about_wishes(parsed: ParsedHistory) -> list[str]:
    if not parsed.wish_list:
        return []
    known = sum(one.item_id is not None for one in parsed.wish_list)
    return [say("report.wishes", n=len(parsed.wish_list), known=known)]


def summary(overlap: float | None, entered: int, left: int, compared_with: Version | None, top: int) -> str:
    """One line above the ranking: what the last change did to it."""
    if overlap is None or compared_with is None:
        return message(say("list.watch"))
    counts = dict(same=round(overlap * top), top=top, entered=entered, left=left)
    return message(say("list.against", version=compared_with.number, **counts), "done")


_ORIGINS = {
    "written": "origin.written",
    "written (untrained)": "origin.untrained",
    "edited": "origin.edited",
    "stopped half-way": "origin.half_way",
    "switched on": "origin.on",
    "switched off": "origin.off",
    "weighted": "origin.weighted",
}


def origin(said: str) -> str:
    """Where a version comes from, as a list of versions says it; an edit that was offered keeps its words."""
    taste, what = re.fullmatch(r"(?:taste (\d+) )?(.*)", said, re.DOTALL).groups()
    return say(_ORIGINS[what], number=int(taste or 0)) if what in _ORIGINS else said


def sentence_label(sentence: Sentence) -> str:
    """A sentence as its switch's label; one that only rejects says so."""
    part = stance(sentence.text)
    return f"{sentence.text} {say('profile.pushes_away')}" if part.liked is None else sentence.text


def header(profiler: Profiler | None) -> str:
    """The top of the page, with what the profiler is; None while that is still being loaded."""
    loading = f'<span class="badge">{say("page.loading")}</span>'
    badge = _badge(profiler.generator.about) if profiler else loading
    return f'<header class="top"><div><h1>BLUE Studio</h1><p>{say("page.tagline")}</p></div>{badge}</header>'


def _badge(about: LoadedProfiler) -> str:
    state = "trained" if about.trained else "untrained"
    said, tip = (
        (say("page.trained"), say("page.trained_help"))
        if about.trained
        else (say("page.untrained"), say("page.untrained_help"))
    )
    return f'<span class="badge {state}" title="{tip}">{escape(about.name)} · {said}</span>'


def _terms(about: str) -> str:
    return f": {escape(about)}" if about else ""


def _covering(profiler: Profiler) -> str:
    return f" ({escape(profiler.catalog.coverage)})" if profiler.catalog.coverage else ""


def footer(profiler: Profiler | None) -> str:
    """Which models, from where, and what becomes of what visitors paste."""
    if profiler is None:
        return '<footer class="about"><span>' + say("foot.loading") + "</span></footer>"
    about = profiler.generator.about
    trained_as = about.published or about.adapter
    written_with = dict(engine=escape(about.engine), source=escape(about.source))
    adapter = f" + {trained_as}" if trained_as else f" {say('foot.untrained')}"
    embedder = profiler.encoder.name.partition("@")[0]  # without the digest of its settings
    facts = [
        say("foot.profiler", name=escape(about.name + adapter), **written_with),
        say("foot.embedder", name=escape(embedder), source=escape(profiler.retriever.encoder_source)),
        say("foot.catalogue", n=len(profiler.catalog)) + _covering(profiler) + _terms(profiler.catalog.about),
        *map(escape, profiler.outages),
        say("foot.private"),
    ]
    return f'<footer class="about">{"".join(f"<span>{fact}</span>" for fact in facts)}</footer>'
