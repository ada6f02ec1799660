"""Errors that a visitor caused become messages on the page, each at its place; a bug stays loud."""

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from blue.errors import BlueError
from blue.ui import html

Updates = dict[Any, Any]  # component -> its new value or properties


def told(place: str) -> Callable:
    """Show a BlueError as a message at `place` (a name in the handlers' parts) and change nothing else."""

    def decorate(handler: Callable[..., Updates]) -> Callable[..., Updates]:
        @wraps(handler)
        def wrapped(self: Any, *values: Any) -> Updates:
            try:
                return handler(self, *values)
            except BlueError as error:
                return {getattr(self._parts, place): html.message(str(error), "error")}

        return wrapped

    return decorate


def told_while(place: str) -> Callable:
    """The same for a handler that yields updates as it goes."""

    def decorate(handler: Callable[..., Iterator[Updates]]) -> Callable[..., Iterator[Updates]]:
        @wraps(handler)
        def wrapped(self: Any, *values: Any) -> Iterator[Updates]:
            try:
                yield from handler(self, *values)
            except BlueError as error:
                yield {getattr(self._parts, place): html.message(str(error), "error")}

        return wrapped

    return decorate
