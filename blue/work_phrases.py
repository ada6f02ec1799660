"""What films, series and books sound like in a profile: "Crime and drama movies from 1995, about the Mafia".

The words are those of an item's own text (`blue.catalog.item_text`): its genres, who made it, what it is
about, and the year. An embedder finds the year a strong clue: on MovieLens training users, sentences of
genres alone reach an NDCG@10 of .109 over 1 + 99 candidates, with the decade .153, with the year .186 (500
targets).
"""

import random
from collections import Counter
from collections.abc import Sequence
from statistics import median_low

from blue import phrases
from blue.datatypes import Item

MOST_THEMES = 2
_NOUNS = {"movie": "movies", "series": "shows", "book": "books"}
FRAMES = ("{}.",) * 8 + (
    "Loves {}.", "Drawn to {}.", "Often picks {}.", "Enjoys {}.", "Keeps coming back to {}.", "Fond of {}.",
)  # fmt: skip


def work_sentence(items: Sequence[Item], sayable: set[str], draw: random.Random) -> str:
    """One taste as a sentence.

    Args:
        items: the works behind the taste, the best supporting one first, at least one.
        sayable: attributes that may be named; genres may always be.
        draw: chooses the frame.
    """
    subject = work_subject(items, sayable)
    frame = draw.choice(FRAMES)
    return frame.format(subject[0].upper() + subject[1:] if frame.startswith("{}") else subject)


def work_subject(items: Sequence[Item], sayable: set[str]) -> str:
    """The works of one taste as a noun phrase.

    >>> casino = Item("ml:16", "Casino", "movie", 1995, genres=("crime", "drama"), tags=("Mafia",))
    >>> work_subject([casino], sayable={"Mafia"})
    'crime and drama movies from 1995, about the Mafia'
    """
    tags = [
        tag for tag, _ in Counter(tag for item in items for tag in item.tags if tag in sayable).most_common()
    ]
    moods = [tag.lower() for tag in tags if phrases.is_mood(tag)][:1]
    themes = [phrases.theme(tag) for tag in tags if _is_theme(tag)][:MOST_THEMES]
    head = " ".join((*moods, *filter(None, [phrases.join(list(items[0].genres))]), _noun(items)))
    about = f"about {phrases.join(themes)}" if themes else ""
    parts = [" ".join(part for part in (head, _maker(items, sayable), _year(items)) if part), about]
    return ", ".join(part for part in parts if part)


def _noun(items: Sequence[Item]) -> str:
    kinds = {item.kind for item in items}
    return _NOUNS.get(next(iter(kinds)), "stories") if len(kinds) == 1 else "stories"


def _is_theme(tag: str) -> bool:
    return not (phrases.is_mood(tag) or phrases.is_genre(tag) or tag.lower() in phrases.QUALITIES)


def _maker(items: Sequence[Item], sayable: set[str]) -> str:
    """ "by Ann Author", or the series that all the items belong to, where there is one."""
    makers = {item.authors[0] for item in items if item.authors}
    series = {item.series for item in items}
    by = f"by {next(iter(makers))}" if len(makers) == 1 else ""
    name = next(iter(series)) if len(series) == 1 else None
    return " ".join(part for part in (by, f"in the {name} series" if name in sayable else "") if part)


def _year(items: Sequence[Item]) -> str:
    years = [item.year for item in items if item.year and item.year > 0]
    return f"from {median_low(years)}" if years else ""
