"""Sentences that would ask for an item without naming it: from its genres, themes and maker, by rules."""

import re
from collections.abc import Sequence

from blue.datatypes import Item
from blue.history import normalised_title
from blue.profile import Rarity, phrases
from blue.profile.words import folded

MOST_GENRES, MOST_THEMES = 2, 3


def suggested_sentences(item: Item, rarity: Rarity) -> tuple[str, ...]:
    """At most four sentences, the fullest first; none holds the item's title or an alias.

    >>> alien = Item("1", "Alien", "movie", genres=("horror", "science fiction"), themes=("space",))
    >>> suggested_sentences(alien, Rarity([alien]))
    ('Science fiction horror about space.', 'Science fiction horror.', 'Films about space.')
    """
    work = phrases.work_noun({item.kind}) if item.kind in ("movie", "series", "book") else "things"
    genres = sorted(item.genres, key=lambda genre: -rarity("genre", genre.casefold()))[:MOST_GENRES]
    themes = sorted(item.themes, key=lambda theme: -rarity("theme", folded(theme)))[:MOST_THEMES]
    noun = phrases.genres_noun(tuple(genres), work) if genres else ""
    alone = phrases.work_noun({item.kind}, False) if work != "things" else work
    about = f"about {phrases.join(themes)}" if themes else ""
    by = f"by {item.makers[0]}" if item.makers else ""
    drafts = (
        (noun or alone, about) if about else (),
        (noun,),
        (alone, about) if about else (),
        (noun or alone, by) if by else (),
    )
    sentences = (_sentence(parts) for parts in drafts if any(parts))
    return tuple(dict.fromkeys(text for text in sentences if not _names(text, item)))[:4]


def _sentence(parts: Sequence[str]) -> str:
    text = " ".join(part for part in parts if part)
    return f"{text[0].upper()}{text[1:]}."


def _names(text: str, item: Item) -> bool:
    """Whether a text holds the item's title or an alias as whole words."""
    said = f" {normalised_title(text)} "
    titles = (normalised_title(re.sub(r"\(.*?\)", "", title)) for title in (item.title, *item.aliases))
    return any(title and f" {title} " in said for title in titles)
