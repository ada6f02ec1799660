"""Pieces of the page as HTML. Every text from outside goes through `escape` here and nowhere else.

The mark of a sentence, a colour *and* a shape, is the thread through the page: the profile's sentences,
the ranking and the comparison wear the same marks.
"""

from html import escape

from blue.datatypes import Interaction, Item, ParsedHistory, Sentence
from blue.history import FORMATS
from blue.models import LoadedProfiler
from blue.profile import stance
from blue.profiler import Profiler
from blue.session import Version

SHOWN_UNKNOWN = 4  # titles named that the catalogue lacks
SHOWN_SKIPPED = 8  # skipped rows listed in the report before "and N more"

_SHAPES = (  # in a 10 x 10 box
    '<circle cx="5" cy="5" r="4.5"/>',
    '<rect x="1" y="1" width="8" height="8"/>',
    '<path d="M5 .5 9.7 9.2H.3Z"/>',
    '<path d="M5 0 10 5 5 10 0 5Z"/>',
    '<path d="M5 .3 9.8 3.9 8 9.6H2L.2 3.9Z"/>',
)


def mark(number: int) -> str:
    """The mark of the sentence with this 0-based number."""
    return (
        f'<svg class="mark mark-{number + 1}" viewBox="0 0 10 10" role="img" '
        f'aria-label="taste {number + 1}">{_SHAPES[number % len(_SHAPES)]}</svg>'
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
    head = f"{FORMATS[parsed.format]}: <b>{read:,}</b> read"
    head += f", <b>{skipped:,}</b> skipped" if skipped else ""
    head += f"; {parsed.known:,} of them in the catalogue" if read else ""
    unknown = parsed.unknown if parsed.known else ()
    if unknown:
        more = f" and {len(unknown) - SHOWN_UNKNOWN:,} more" if len(unknown) > SHOWN_UNKNOWN else ""
        head += f", not {escape(', '.join(unknown[:SHOWN_UNKNOWN]))}{more}"
    head += f". The catalogue covers {escape(coverage)}" if coverage and parsed.known < read else ""
    remarks = [*parsed.notes, *_about_wishes(parsed)]
    notes = "".join(f"<li>{escape(note)}</li>" for note in remarks)
    rows = "".join(
        f"<li><b>Line {row.line}</b> {escape(row.reason)} <q>{escape(row.text[:80])}</q></li>"
        for row in parsed.skipped[:SHOWN_SKIPPED]
    )
    more = skipped - SHOWN_SKIPPED
    rows += f"<li>and {more:,} more</li>" if more > 0 else ""
    details = f"<details><summary>Skipped lines</summary><ul>{rows}</ul></details>" if skipped else ""
    notes = f"<ul>{notes}</ul>" if notes else ""
    return f'<div class="report" role="status"><p>{head}.</p>{notes}{details}</div>'


def _about_wishes(parsed: ParsedHistory) -> list[str]:
    if not parsed.wish_list:
        return []
    known = sum(one.item_id is not None for one in parsed.wish_list)
    titles = counted(len(parsed.wish_list), "title")
    return [f"{titles} on a wish list, {known:,} in the catalogue: no part of the history."]


def summary(overlap: float | None, entered: int, left: int, compared_with: Version | None, top: int) -> str:
    """One line above the ranking: what the last change did to it."""
    if overlap is None or compared_with is None:
        return message("Edit, switch or weigh a taste, and watch this list move.")
    same = round(overlap * top)
    text = f"Against version {compared_with.number}: {same} of {top} kept, {entered} entered, {left} left."
    return message(text, "done")


def sentence_label(sentence: Sentence) -> str:
    """A sentence as its switch's label; one that only rejects says so."""
    part = stance(sentence.text)
    return f"{sentence.text} (pushes away)" if part.liked is None else sentence.text


def header(profiler: Profiler | None) -> str:
    """The top of the page, with what the profiler is; None while that is still being loaded."""
    badge = _badge(profiler.generator.about) if profiler else '<span class="badge">loading the models</span>'
    return (
        '<header class="top"><div><h1>BLUE Studio</h1><p>This is what a recommender thinks of you. '
        f"<b>Change it, and watch.</b></p></div>{badge}</header>"
    )


def _badge(about: LoadedProfiler) -> str:
    state = "trained" if about.trained else "untrained"
    help_text = _badge_help(about.trained)
    return f'<span class="badge {state}" title="{help_text}">{escape(about.name)} · {state}</span>'


def _badge_help(trained: bool) -> str:
    if trained:
        return "This profiler was trained to write profiles."
    return "This small model was never trained to write profiles: expect plain and sometimes odd sentences."


def _terms(about: str) -> str:
    return f": {escape(about)}" if about else ""


def _covering(profiler: Profiler) -> str:
    return f" ({escape(profiler.catalog.coverage)})" if profiler.catalog.coverage else ""


def footer(profiler: Profiler | None) -> str:
    """Which models, from where, and what becomes of what visitors paste."""
    if profiler is None:
        return '<footer class="about"><span>Loading the models</span></footer>'
    about = profiler.generator.about
    trained_as = about.published or about.adapter
    adapter = f" + {trained_as}" if trained_as else " (untrained)"
    embedder = profiler.encoder.name.partition("@")[0]  # without the digest of its settings
    origin = f"on {escape(about.engine)}, from {escape(about.source)}"
    facts = [
        f"Profiler <b>{escape(about.name + adapter)}</b> {origin}",
        f"Embedder <b>{escape(embedder)}</b>, from {escape(profiler.retriever.encoder_source)}",
        f"Catalogue {len(profiler.catalog):,} items{_covering(profiler)}{_terms(profiler.catalog.about)}",
        *map(escape, profiler.outages),
        "Nothing you paste is stored or logged",
    ]
    return f'<footer class="about">{"".join(f"<span>{fact}</span>" for fact in facts)}</footer>'
