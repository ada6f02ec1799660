"""A bug while answering a visitor: told to them in a sentence, logged without a word of theirs.

Python puts the values it stumbled over into an exception's message, a visitor's words among them. What is
logged is the kind of the exception and where it was raised, which is enough to find it.
"""

import inspect
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import gradio as gr

from blue.errors import BlueError


def guard(page: gr.Blocks) -> None:
    """Guard every action of a page that is built."""
    for action in page.fns.values():
        if action.fn is not None:
            action.fn = guarded(action.fn)


def guarded(action: Callable) -> Callable:
    """The same function or generator, whose bugs are told and logged as this module says."""
    if inspect.isgeneratorfunction(action):

        @wraps(action)
        def steps(*values: Any) -> Iterator[Any]:
            try:
                yield from action(*values)
            except (Exception, SystemExit) as error:  # noqa: BLE001 (told and logged, without its words)
                raise _told(error) from None

        return steps

    @wraps(action)
    def call(*values: Any) -> Any:
        try:
            return action(*values)
        except (Exception, SystemExit) as error:  # noqa: BLE001
            raise _told(error) from None

    return call


def _told(error: Exception) -> gr.Error:
    if isinstance(error, gr.Error):
        return error
    if isinstance(error, BlueError):
        return gr.Error(str(error), print_exception=False)
    place = traceback.extract_tb(error.__traceback__)[-1]
    kind = type(error).__name__
    frames = "".join(traceback.format_list(traceback.extract_tb(error.__traceback__)))
    print(f"bug: {kind} (its message is withheld: it may hold a visitor's words)\n{frames}", file=sys.stderr)
    return gr.Error(
        f"This went wrong, and it is our mistake ({kind}, line {place.lineno}). What you have is kept; try "
        "again, or in another way.",
        print_exception=False,
    )
