"""Lines that say a taste and name no title: "I hate superhero films"."""

import re

OPINION = (
    "This says a taste and names no title. Write it into the profile; a history is titles, "
    "e.g. 'Iron Man | 1'."
)
_FIRST_PERSON = re.compile(
    r"(?:i|we|i['’]m|i am)\b(?:\s+[\w'’]+){0,3}?\s+"
    r"(?:hate|love|like|dislike|enjoy|adore|prefer|detest|despise|loathe|avoid|watch|read|stand|into|fond)\b",
    re.IGNORECASE,
)
_KINDS = re.compile(
    r"\b(?:films?|movies?|books?|novels?|series|shows?|cinema|stor(?:y|ies)|anime|horror|fantasy|romance|"
    r"sci-?fi|science fiction|documentar(?:y|ies)|comed(?:y|ies)|dramas?|thrillers?|westerns?|musicals?|"
    r"games?|products?|toys?)\b",
    re.IGNORECASE,
)


def is_opinion(line: str) -> bool:
    """Whether a line speaks in the first person of a kind of work.

    >>> is_opinion("I hate superhero films"), is_opinion("I Love Lucy"), is_opinion("The Horror Show")
    (True, False, False)
    """
    return bool(_FIRST_PERSON.match(line.strip()) and _KINDS.search(line))
