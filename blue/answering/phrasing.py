"""The parts that answers are worded of: titles, rated rows, sentences of the profile.

They speak to "you", the person of the profile.
"""

from collections.abc import Sequence

from blue.answering.answers import Candidate
from blue.answering.facts import mean_of
from blue.answering.views import View
from blue.datatypes import Interaction, Item

NOBODY = "Nobody can say without knowing you."
OFFER = (
    "This cannot be answered from your history, your profile and the catalogue. What can be asked:\n"
    "- what to watch or read: “Three scary films from the 80s, no zombies”, “A novel by Jane Austen”, "
    "“Something for a ten-year-old”, “Something like Heat”\n"
    "- a title: “Would I like Dune?”, “How would I rate it”, “Why is Heat in my list?”, “Have I seen Heat?”\n"
    "- a genre, a theme, a maker, a time: “Do I like musicals?”, “Do I prefer comedies or dramas?”\n"
    "- you: “What do I like?”, “What do I avoid?”, “Who is my favourite director?”, “Which films did I give "
    "five stars?”"
)


def named(item: Item) -> str:
    """A title with its year.

    >>> named(Item("1", "Alien", "movie", 1979))
    'Alien (1979)'
    """
    return f"{item.title} ({item.year})" if item.year else item.title


def with_stars(row: Interaction) -> str:
    """A row of a history with what it got: "Alien (5)"."""
    return f"{row.title} ({row.rating:g})" if row.rating is not None else row.title


def dated(row: Interaction) -> str:
    """A row of a history with its year."""
    return f"{row.title} ({row.year})" if row.year else row.title


def in_stars(stars: float) -> str:
    """A rating: "1 star", "4.5 stars"."""
    return f"{stars:g} star" if stars == 1 else f"{stars:g} stars"


def capital(text: str) -> str:
    """A text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def titles(rows: Sequence[Interaction], most: int = 8) -> str:
    """The first rows of a part of a history, and how many more there are."""
    more = f" and {len(rows) - most} more" if len(rows) > most else ""
    return ", ".join(with_stars(row) for row in rows[:most]) + more


def mean_rating(view: View) -> float | None:
    """The mean rating of a history, None without any."""
    return mean_of(view.history)


def against_mean(view: View) -> str:
    """The mean rating in brackets, "" without any."""
    mean = mean_rating(view)
    return f" (your mean is {mean:.1f})" if mean is not None else ""


def items_of(rows: Sequence[Interaction], view: View) -> tuple[Item, ...]:
    """The catalogue's items of some rows."""
    return tuple(view.items[row.item_id] for row in rows if row.item_id in view.items)


def because(one: Candidate, view: View) -> str:
    """ ", because of taste 2 (“…”)." """
    if view.context != "profile" or one.sentence is None:
        return "."
    return f", because of {taste(one.sentence, view)}."


def nearest(one: Candidate, view: View) -> str:
    """ "; no sentence asks for it, the nearest is taste 2 (“…”)." """
    if view.context != "profile" or one.sentence is None:
        return "."
    return f"; no sentence asks for it, the nearest is {taste(one.sentence, view)}."


def taste(number: int, view: View) -> str:
    """A sentence of the profile as it is cited: taste 1 (“…”)."""
    return f"taste {number + 1} (“{sentence(number, view)}”)"


def sentence(number: int, view: View) -> str:
    """A sentence of the profile without its end."""
    return view.profile.sentences[number].text.rstrip(".!? ")


def sentences_of(candidates: Sequence[Candidate], view: View) -> tuple[int, ...]:
    """The 0-based sentences of the profile that brought some items."""
    if view.context != "profile":
        return ()
    return tuple(
        dict.fromkeys(candidate.sentence for candidate in candidates if candidate.sentence is not None)
    )
