"""The lines of one taste -> what the profiler is asked: one sentence that is true of these lines.

One module for the app, training and evaluation, so that they agree. Whether the lines were liked is decided
by the stars and told to the model, never left to it. Titles, makers and themes are other people's text: each
goes through `neutralise`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from blue.datatypes import Interaction, Item
from blue.profile.product_kinds import known_item
from blue.profile.prompts import Conversation, neutralise

MOST_LINES = 6  # of one taste, the most recent ones; more do not make its sentence better
MOST_GENRES, MOST_THEMES, MOST_TONES, MOST_MAKERS, MOST_SHARED = 4, 7, 4, 2, 6
LIKED = "One sentence: what this person likes."
DISLIKED = "One sentence: what this person dislikes."
ALL_DISLIKED = "All disliked."


def taste_prompt(
    lines: Sequence[Interaction], items: Mapping[str, Item], *, disliked: bool = False
) -> Conversation:
    """The question about one taste; `lines` are its interactions, oldest first, at least one.

    >>> alien = Item("ml:1", "Alien", "movie", 1979, ("Ridley Scott",), genres=("horror",), themes=("crew",))
    >>> asked = taste_prompt([Interaction("Alien", 5.0, item_id="ml:1")], {"ml:1": alien})
    >>> print(asked.messages[1]["content"])
    - Alien, 70s movie by Ridley Scott: horror; crew
    """
    shown = lines[-MOST_LINES:]
    known = [known_item(line, items) for line in shown]
    text = [_line(line, item) for line, item in zip(shown, known, strict=True)]
    if common := shared_attributes([item for item in known if item]):
        text.append(f"Shared: {', '.join(map(neutralise, common))}")
    if disliked:
        text.append(ALL_DISLIKED)  # beside the answer, where a small model heeds it
    system = {"role": "system", "content": DISLIKED if disliked else LIKED}
    return Conversation((system, {"role": "user", "content": "\n".join(text)}))


def shared_attributes(items: Sequence[Item]) -> tuple[str, ...]:
    """Themes, tones, makers, decade and genres that at least two items have, the most frequent first.

    A small model puts into words better than it counts.
    """
    counts = Counter(attribute for item in items for attribute in dict.fromkeys(_attributes(item)))
    return tuple(name for name, count in counts.most_common() if count > 1)[:MOST_SHARED]


def decade(year: int | None) -> str:
    """The decade as a person says it; "" for an unknown year.

    >>> decade(1994), decade(2003), decade(1813), decade(-720), decade(None)
    ('90s', '2000s', '1810s', 'ancient', '')
    """
    if year is None:
        return ""
    if year < 500:
        return "ancient"
    return f"{year % 100 // 10}0s" if 1920 <= year < 2000 else f"{year // 10}0s"


def _attributes(item: Item) -> Iterator[str]:
    yield from item.themes[:MOST_THEMES]
    yield from item.tones[:MOST_TONES]
    yield from item.makers[:MOST_MAKERS]
    yield from item.genres[:MOST_GENRES]
    if item.kind != "product" and item.year is not None:
        yield decade(item.year)


def _line(line: Interaction, item: Item | None) -> str:
    """`- Alien, tense 70s movie by Ridley Scott: horror; crew`, with what is not known left out."""
    kind = (item.kind if item else line.kind) or ""
    if kind == "product":
        return _product_line(line, item)
    tones = ", ".join(map(neutralise, item.tones[:MOST_TONES])) if item else ""
    head = " ".join(filter(None, (tones, decade(line.year or (item.year if item else None)), kind)))
    makers = (item.makers[:MOST_MAKERS] if item else ()) or ((line.creator,) if line.creator else ())
    if makers:
        head = f"{head} by {' and '.join(map(neutralise, makers))}".strip()
    lists = (item.genres[:MOST_GENRES], item.themes[:MOST_THEMES]) if item else ()
    about = "; ".join(", ".join(map(neutralise, some)) for some in lists if some)
    return f"- {neutralise(line.title)}" + (f", {head}" if head else "") + (f": {about}" if about else "")


def _product_line(line: Interaction, item: Item | None) -> str:
    """`- clips: curl clips, sectioning hair; practical`; the title only where nothing else tells what it is.

    A shop's title is a list of words, which a small model takes for what the person likes.
    """
    if item is None or not item.genres:
        return f"- {neutralise(line.title)}"
    kind = ", ".join(map(neutralise, item.genres[:MOST_GENRES]))
    if not item.themes:
        return f"- {neutralise(line.title)}: {kind}"
    lists = (item.themes[:MOST_THEMES], item.tones[:MOST_TONES])
    return f"- {kind}: " + "; ".join(", ".join(map(neutralise, some)) for some in lists if some)
