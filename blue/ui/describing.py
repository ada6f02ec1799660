"""What an endpoint tells the programs that call it: its parameters, each whole and with its default in words.

Gradio's MCP server reads a parameter's description from a single line of the docstring, and leaves defaults
that are false or empty out of the schema. So the lines are made here, where they may be as long as they need.
"""

import inspect
from collections.abc import Callable

PARAMETERS = {
    "history": (
        'What somebody watched and read, at most 5 MB and 20,000 rows: plain lines such as "Dune (1965) | 5"'
        ", CSV, JSON, or the text of an export from Goodreads, Letterboxd, IMDb, Netflix and others."
    ),
    "profile": "A profile to use, at most five tastes, one a line, instead of one written from the history.",
    "scoring": (
        '"facets" scores an item by the sentences, the nearest counting most, "single" by the whole profile '
        "as one text."
    ),
    "prior": (
        "How much being well known counts, from 0, not at all, to 1; below 0, down to -1, the little known "
        "come first."
    ),
    "within": "A wish list, in any of the formats of a history: only its titles are ranked. Else all are.",
    "other_history": "The history of the second person, in any of the formats of the first.",
    "other_profile": "A profile of the second person to use, instead of one written from their history.",
    "decades": 'Only items of these decades, with commas between them, such as "1980s, 1990s".',
    "genres": 'Only items with one of these genres, such as "comedy, film noir".',
    "domain": 'Which kind of items: "all", or one of the catalogue\'s, such as "movie", "series" or "book".',
    "top": "How many items, 1 to 200.",
}


def described(returns: str, **own: str) -> Callable[[Callable], Callable]:
    """Complete a method's docstring with its parameters and what it answers.

    Args:
        returns: the fields of the answer.
        own: descriptions of parameters that mean something else here than in `PARAMETERS`.

    Raises:
        KeyError: a parameter has no description.
    """

    def complete(method: Callable) -> Callable:
        lines = [
            f"    {name}: {(PARAMETERS | own)[name]} {_default(one)}"
            for name, one in inspect.signature(method).parameters.items()
            if name != "self"
        ]
        said = inspect.cleandoc(method.__doc__ or "")
        method.__doc__ = "\n".join([said, "", "Args:", *lines, "", "Returns:", f"    {returns}"])
        return method

    return complete


def _default(parameter: inspect.Parameter) -> str:
    """A default in words.

    >>> _default(inspect.Parameter("top", inspect.Parameter.KEYWORD_ONLY, default=20))
    'Default: 20.'
    """
    if parameter.default is inspect.Parameter.empty:
        return "Required."
    said = {"": "empty", True: "yes", False: "no"} if isinstance(parameter.default, str | bool) else {}
    return f"Default: {said.get(parameter.default, parameter.default)}."
