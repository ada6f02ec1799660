"""Pieces of the page as HTML. Every text from outside goes through `escape` here and nowhere else.

The mark of a sentence, a colour *and* a shape, is the thread through the page: the profile's sentences,
the ranking and the comparison wear the same marks.
"""

from collections.abc import Sequence
from html import escape

from blue.datatypes import Interaction, Item, Movement, ParsedHistory, Profile, RankedItem, Ranking, Sentence
from blue.history import FORMATS
from blue.models import LoadedProfiler
from blue.profile import stance
from blue.profiler import Profiler
from blue.session import Version

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


def message(text: str, tone: str = "info") -> str:
    """A line of status; `tone` is info, busy, done, warn or error (announced at once to a screen reader)."""
    role = "alert" if tone == "error" else "status"
    return f'<p class="message {tone}" role="{role}">{escape(text)}</p>' if text else ""


def report(parsed: ParsedHistory, matched: int) -> str:
    """What was read: "Letterboxd, 298 read, 2 skipped", with each skipped line and its reason."""
    read, skipped = len(parsed.interactions), len(parsed.skipped)
    head = f"{FORMATS[parsed.format]}: <b>{read:,}</b> read"
    head += f", <b>{skipped:,}</b> skipped" if skipped else ""
    head += f"; {matched:,} of them in the catalogue" if read else ""
    notes = "".join(f"<li>{escape(note)}</li>" for note in parsed.notes)
    rows = "".join(
        f"<li><b>Line {row.line}</b> {escape(row.reason)} <q>{escape(row.text[:80])}</q></li>"
        for row in parsed.skipped[:SHOWN_SKIPPED]
    )
    more = skipped - SHOWN_SKIPPED
    rows += f"<li>and {more:,} more</li>" if more > 0 else ""
    details = f"<details><summary>Skipped lines</summary><ul>{rows}</ul></details>" if skipped else ""
    notes = f"<ul>{notes}</ul>" if notes else ""
    return f'<div class="report" role="status"><p>{head}.</p>{notes}{details}</div>'


def ranking(
    shown: Ranking, profile: Profile, arrived: Sequence[Movement] | None, left: Sequence[Movement], top: int
) -> str:
    """The ranked items as a table; `arrived` holds one movement for each row, None when there is nothing
    to compare with."""
    if not shown.items:
        return message("Nothing in the catalogue is left to rank. Choose another filter.", "warn")
    moves = arrived or [None] * len(shown.items)
    mixed = len({entry.item.kind for entry in shown.items[:top]}) > 1
    rows = "".join(
        _ranking_row(entry, profile, move, mixed)
        for entry, move in zip(shown.items[:top], moves, strict=False)
    )
    head = (
        '<tr><th scope="col" class="rank">#</th><th scope="col">Title</th>'
        '<th scope="col"><abbr title="Which sentence of the profile brought it">Taste</abbr></th>'
        '<th scope="col" class="close"><abbr title="How close item and taste are: the cosine of their '
        "embeddings, the nearest taste counting most, less what a rejected taste takes away, and by how well "
        "known it is. "
        '1 is the same, 0 unrelated.">How close</abbr></th><th scope="col" class="move">Moved</th></tr>'
    )
    return (
        f'<table class="ranking"><caption class="sr-only">Items nearest to the profile</caption>'
        f"<thead>{head}</thead><tbody>{rows}</tbody></table>{_left_list(left)}"
    )


def _ranking_row(entry: RankedItem, profile: Profile, move: Movement | None, mixed: bool) -> str:
    item = entry.item
    why = "the whole profile" if entry.sentence is None else profile.sentences[entry.sentence].text
    brought_by = mark(entry.sentence) if entry.sentence is not None else "–"
    closeness = f'<span style="--close:{max(0.0, entry.similarity):.2f}">{entry.similarity:.2f}</span>'
    slide = (move.old_rank - move.new_rank) if move and move.old_rank else 0
    return (
        f'<tr data-item="{escape(item.item_id)}" style="--slide:{max(-12, min(12, -slide))}" '
        f'class="{_movement_class(move)}"><td class="rank">{entry.rank}</td>'
        f'<td class="title"><span class="name">{escape(item.title)}</span> {_facts(item, mixed)}</td>'
        f'<td class="taste" title="{escape(f"Brought by: {why}")}">{brought_by}</td>'
        f'<td class="close">{closeness}</td>'
        f'<td class="move">{movement_text(move)}</td></tr>'
    )


def _facts(item: Item, mixed: bool) -> str:
    """Year and author; the kind where the list mixes kinds."""
    author = f", {item.makers[0]}" if item.kind == "book" and item.makers else ""
    year = f"{item.year}" if item.year else ""
    kind = f'<span class="kind">{escape(item.kind)}</span>' if mixed else ""
    return f'<span class="facts">{escape(year + author)} {kind}</span>'


def _movement_class(move: Movement | None) -> str:
    if move is None or move.old_rank == move.new_rank:
        return "still"
    return "entered" if move.old_rank is None else "up" if move.new_rank < move.old_rank else "down"


def movement_text(move: Movement | None) -> str:
    """How an item moved, with an arrow and in words."""
    if move is None:
        return ""
    if move.old_rank is None:
        return '<span title="It was not among the first 200">new</span>'
    difference = move.old_rank - move.new_rank
    if difference == 0:
        return '<span aria-label="not moved">–</span>'
    arrow, word = ("▲", "up") if difference > 0 else ("▼", "down")
    return (
        f'<span title="was {move.old_rank}, is {move.new_rank}" aria-label="{word} {abs(difference)}">'
        f"{arrow}{abs(difference)}</span>"
    )


def _left_list(left: Sequence[Movement]) -> str:
    if not left:
        return ""
    names = ", ".join(
        f"{escape(move.item.title)} <small>(was {move.old_rank}"
        f"{f', is {move.new_rank}' if move.new_rank else ''})</small>"
        for move in left
    )
    return f'<p class="left"><b>Left the list:</b> {names}</p>'


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
        f"Catalogue {len(profiler.catalog):,} items{_terms(profiler.catalog.about)}",
        *map(escape, profiler.outages),
        "Nothing you paste is stored or logged",
    ]
    return f'<footer class="about">{"".join(f"<span>{fact}</span>" for fact in facts)}</footer>'
