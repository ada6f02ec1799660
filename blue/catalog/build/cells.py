"""One cell of somebody's table -> one value of an item. What means nothing is None or (), never an error."""

import ast
import html
import json
import re
from typing import Any

from blue.catalog.product_kinds import kind_of_product
from blue.control_characters import strip_control_characters
from blue.history import as_text

MOST_NAMES = 8  # of genres, tags or authors kept of one item
LONGEST_NAME = 60  # characters; a genre that is longer is a sentence
LONGEST_DESCRIPTION = 1_000  # characters kept; the embedder reads fewer
_NOTHING = frozenset(
    {"", "-", "–", r"\n", "n/a", "na", "nan", "none", "null", "unknown", "(no genres listed)", "[]"}
)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_YEAR = re.compile(r"(?<!\d)(1[0-9]{3}|20[0-9]{2})(?!\d)")
_NUMBER = re.compile(r"\+?\d{1,3}(?:[,.' ]\d{3})+|\+?\d+")
_BEHIND_A_NAME = re.compile(r"jr\.?|sr\.?|i{2,3}|iv|ph\.?d\.?|m\.?d\.?", re.IGNORECASE)
_SEPARATORS = ("|", ";", "\n")
_NAMED_BY = ("name", "title", "label", "value")  # keys of an object that stands for a name
_PATH = re.compile(r"\s*(?: > |›|»)\s*")


def text_of(cell: Any, longest: int | None = None) -> str:
    """One line without markup, entities and control characters; a list is joined by spaces.

    >>> text_of("<p>Soft &amp; warm</p> "), text_of(12.0), text_of(["Soft.", "Warm."]), text_of("n/a")
    ('Soft & warm', '12', 'Soft. Warm.', '')
    """
    if isinstance(cell, list | tuple):
        cell = " ".join(filter(None, map(as_text, cell)))
    text = _TAG.sub(" ", html.unescape(as_text(cell)))
    text = " ".join(strip_control_characters(text).split())
    if text.casefold() in _NOTHING:
        return ""
    if longest and len(text) > longest:
        return text[:longest].rsplit(" ", 1)[0].rstrip(" ,.;:") + " …"
    return text


def names_of(cell: Any, *, lower: bool = False) -> tuple[str, ...]:
    """A list, a written list, or names parted by `|`, `;`, lines or commas; of objects, their names.

    >>> names_of("Drama|Sci-Fi|Drama"), names_of("['Tea', 'Cups']"), names_of("Tea, Cups", lower=True)
    (('Drama', 'Sci-Fi'), ('Tea', 'Cups'), ('tea', 'cups'))
    """
    names = (text_of(part) for part in _parts(cell))
    kept = dict.fromkeys(
        name.lower() if lower else name for name in names if name and len(name) <= LONGEST_NAME
    )
    return tuple(kept)[:MOST_NAMES]


def categories_of(cell: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(genres, tags), lower case: names are genres; of a path, the kind of product, and tags from above it.

    Training reads category paths in the same way, so that a prompt names an item there as it does here.

    >>> categories_of("Beauty > Skin Care > Eyes > Creams"), categories_of("Drama|Sci-Fi")
    ((('eye creams',), ('eyes', 'skin care', 'beauty')), (('drama', 'sci-fi'), ()))
    """
    steps = [text_of(step) for step in _PATH.split(as_text(cell))]
    if len(steps) == 1:
        return names_of(cell, lower=True), ()
    return kind_of_product(" > ".join(steps)), names_of(steps[-2::-1], lower=True)


def people_of(cell: Any) -> tuple[str, ...]:
    """Creators: "Herbert, Frank" is one; "Frank Herbert, Brian Herbert" are two, and three parts are three.

    >>> people_of("Herbert, Frank"), people_of("Neil Gaiman, Terry Pratchett"), people_of("A; B")
    (('Herbert, Frank',), ('Neil Gaiman', 'Terry Pratchett'), ('A', 'B'))
    >>> people_of("Homer, Robert Fagles, E.V. Rieu"), people_of("King, Martin Luther, Jr.")
    (('Homer', 'Robert Fagles', 'E.V. Rieu'), ('King, Martin Luther, Jr.',))
    """
    text = as_text(cell)
    written_list = isinstance(cell, list | tuple | dict) or text.startswith("[")
    parts = [part.strip() for part in text.split(",")]
    if written_list or any(separator in text for separator in _SEPARATORS):
        return names_of(cell)
    of_one = any(_BEHIND_A_NAME.fullmatch(part) for part in parts) or len(parts) < 3
    return names_of([text]) if of_one and not all(" " in part for part in parts) else names_of(parts)


def year_of(cell: Any) -> int | None:
    """The year of "1999", 1999.0 or "2019-05-01"; negative before the common era.

    >>> year_of("May 2019"), year_of(1999.0), year_of("-800"), year_of("-720.0"), year_of("soon")
    (2019, 1999, -800, -720, None)
    """
    text = as_text(cell) or str(cell or "")
    if re.fullmatch(r"-\d{1,4}(?:\.0+)?", text):
        return int(text.partition(".")[0])
    found = _YEAR.search(text)
    return int(found[1]) if found else None


def count_of(cell: Any) -> int | None:
    """A count: "1,204" or 12.0; of a measure with decimals, as some files give popularity, the whole part.

    >>> count_of("1,204"), count_of(12.0), count_of("83.412"), count_of("1.2k"), count_of(-3)
    (1204, 12, 83, None, None)
    """
    text = as_text(cell)
    if isinstance(cell, float) or re.fullmatch(r"\d+\.(?:0+|\d{1,2}|\d{4,})|\d{1,2}\.\d{3}", text):
        text = text.partition(".")[0]
    return int(re.sub(r"\D", "", text)) if _NUMBER.fullmatch(text) and len(text) < 19 else None


def _parts(cell: Any) -> list:
    if isinstance(cell, dict):  # {"id": 18, "name": "Drama"}
        return [next((cell[key] for key in _NAMED_BY if cell.get(key)), "")]
    if isinstance(cell, list | tuple):
        nested = (list, tuple, dict)
        return [part for one in cell for part in (_parts(one) if isinstance(one, nested) else [one])]
    text = as_text(cell)
    if text.startswith("[") and (written := _written_list(text)) is not None:
        return _parts(written)
    for separator in _SEPARATORS:
        if separator in text:
            return text.split(separator)
    return text.split(",")


def _written_list(text: str) -> list | None:
    """["a", "b"] as JSON or as Python writes it."""
    for read in (json.loads, ast.literal_eval):
        try:
            value = read(text)
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
        if isinstance(value, list):
            return value
    return None
