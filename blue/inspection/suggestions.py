"""Sentences that would ask for an item without naming it: from its genres, tags and maker, by rules."""

import re
from collections.abc import Mapping, Sequence

from blue.datatypes import Item
from blue.history import normalised_title
from blue.profile import phrases

MOST_THEMES = 3


def suggested_sentences(item: Item, information: Mapping[str, float]) -> tuple[str, ...]:
    """At most four sentences, the fullest first; none holds the item's title or an alias.

    Args:
        information: attribute -> nats, see `blue.profile.interests.inverse_frequencies`; rarer ones tell
        more.

    >>> alien = Item("1", "Alien", "movie", genres=("horror", "science fiction"), themes=("space", "dark"))
    >>> suggested_sentences(alien, {})
    ('Dark science fiction horror about space.', 'Science fiction horror.', 'Films about space.')
    """
    work = phrases.work_noun({item.kind}) if item.kind in ("movie", "series", "book") else "things"
    genres = _genres(item, information)
    themes, moods, names = _tags(item, information)
    noun = phrases.genres_noun(genres, work) if genres else ""
    alone = phrases.work_noun({item.kind}, False) if work != "things" else work
    about = f"about {phrases.join(themes)}" if themes else ""
    by = f"by {item.makers[0]}" if item.makers else ""
    drafts = (
        (*moods, noun or alone, about) if about or moods else (),
        (noun,),
        (alone, about) if about else (),
        (noun or alone, by) if by else (),
        (noun or alone, f"with {names[0]}") if names else (),
    )
    sentences = (_sentence(parts) for parts in drafts if any(parts))
    return tuple(dict.fromkeys(text for text in sentences if not _names(text, item)))[:4]


def _genres(item: Item, information: Mapping[str, float]) -> tuple[str, ...]:
    """The two genres that tell most."""
    ranked = sorted(item.genres, key=lambda genre: -information.get(genre, 0.0))
    return tuple(ranked[:2])


def _tags(item: Item, information: Mapping[str, float]) -> tuple[list[str], list[str], list[str]]:
    """(themes, moods, people) among the tags, most telling first, as a sentence says them."""
    ranked = sorted(item.themes, key=lambda tag: -information.get(tag, 0.0))
    worth = [tag for tag in ranked if phrases.is_worth_saying(tag)]
    moods = [tag.lower() for tag in worth if phrases.is_mood(tag)]
    names = [tag for tag in worth if phrases.is_name(tag)]
    others = [
        tag
        for tag in worth
        if not (phrases.is_mood(tag) or phrases.is_name(tag) or phrases.is_genre(tag))
        and tag.lower() not in phrases.QUALITIES
    ]
    return [phrases.theme(tag) for tag in others[:MOST_THEMES]], moods[:1], names[:1]


def _sentence(parts: Sequence[str]) -> str:
    text = " ".join(part for part in parts if part)
    return f"{text[0].upper()}{text[1:]}."


def _names(text: str, item: Item) -> bool:
    """Whether a text holds the item's title or an alias as whole words."""
    said = f" {normalised_title(text)} "
    titles = (normalised_title(re.sub(r"\(.*?\)", "", title)) for title in (item.title, *item.aliases))
    return any(title and f" {title} " in said for title in titles)
