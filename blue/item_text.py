"""An item as the embedder reads it, everywhere: one sentence of all that is known of it, the title last.

Tense, atmospheric horror film of the late 70s by Ridley Scott about alien creature, spaceship: Alien.

Forms of it are compared on validation users in `training.evaluate.tables.item_texts`.
"""

from blue.datatypes import Item

ITEM_TEXT_VERSION = 4  # rises with every change of the text: embeddings of another version are refused
_MOST_MAKERS = 2  # after these come translators, illustrators and whole writers' rooms
_NOUNS = {"movie": "film", "series": "series", "book": "book"}
_FIRST_SHORT_DECADE, _FIRST_LONG_DECADE = 1920, 2000  # people say "the 80s", but "the 1910s" and "the 2010s"
_TELLING_WORDS = 4  # a shop's title of so many words says all there is
_DESCRIPTION_CHARACTERS = 400  # about 90 tokens; the default embedder reads 256, and the first lines say most


def item_text(item: Item) -> str:
    """The text of one item.

    >>> item_text(Item("1", "Alien", "movie", 1979, ("R. Scott",), None, ("horror",), ("aliens", "dread")))
    'Horror film of the late 70s by R. Scott about aliens, dread: Alien.'
    """
    text = _product_text(item) if item.kind == "product" else _work_text(item)
    if not item.description:
        return text
    return f"{text if text.endswith('.') else text + '.'} {_first_words(item.description)}"


def _work_text(item: Item) -> str:
    about = f" about {', '.join(item.themes)}" if item.themes else ""
    tones = f"{', '.join(item.tones)} " if item.tones else ""
    opening = f"{tones}{genre_words(item)}{_of_decade(item)}{_by(item)}{about}"
    return f"{opening[:1].upper()}{opening[1:]}: {item.title}{_in_series(item)}."


def _product_text(item: Item) -> str:
    """The title first, for it is what the item is; what it is for makes it near to sentences about that."""
    if not item.themes and (len(item.title.split()) >= _TELLING_WORDS or not (item.genres or item.makers)):
        return item.title
    about = f": {', '.join(item.themes)}" if item.themes else ""
    return f"{item.title}, {genre_words(item)}{_by(item)}{about}."


def genre_words(item: Item) -> str:
    """Genres and kind as one says them.

    >>> genre_words(Item("1", "Alien", "movie", genres=("horror", "science fiction")))
    'horror and science fiction film'
    """
    *first, last = item.genres or ("",)
    genres = f"{', '.join(first)} and {last}" if first else last
    noun = _NOUNS.get(item.kind, "" if genres else item.kind)
    return f"{genres} {noun}".strip()


def maker_words(item: Item) -> str:
    """ "Ridley Scott", "Joel Coen and Ethan Coen", or nothing."""
    return " and ".join(item.makers[:_MOST_MAKERS])


def decade_words(year: int) -> str:
    """The decade as people say it: the year alone would be met by the same digits in a title.

    >>> decade_words(1982), decade_words(2014), decade_words(1899), decade_words(-720)
    ('early 80s', 'mid 2010s', 'late 1890s', 'antiquity')
    """
    if year < 500:
        return "antiquity"
    decade = year // 10 * 10
    part = "early" if year % 10 < 4 else "mid" if year % 10 < 7 else "late"
    shown = decade % 100 if _FIRST_SHORT_DECADE <= decade < _FIRST_LONG_DECADE else decade
    return f"{part} {shown}s"


def _of_decade(item: Item) -> str:
    if item.year is None:
        return ""
    words = decade_words(item.year)
    return f" of {words}" if words == "antiquity" else f" of the {words}"


def _by(item: Item) -> str:
    return f" by {maker_words(item)}" if item.makers else ""


def _in_series(item: Item) -> str:
    return f", in the series {item.series}" if item.series and item.series != item.title else ""


def _first_words(description: str) -> str:
    if len(description) <= _DESCRIPTION_CHARACTERS:
        return description
    return description[:_DESCRIPTION_CHARACTERS].rpartition(" ")[0] + " …"
