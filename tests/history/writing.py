"""Interactions -> plain lines, for `parse_history` to read back to the same titles, years, ratings, times."""

import re
from collections.abc import Iterable

from blue.datatypes import Interaction
from blue.history.documents import LINES_HEADING
from blue.history.entries import Entry
from blue.history.lines import ESCAPABLE, read_line

_TO_ESCAPE = re.compile(rf"[{re.escape(ESCAPABLE)}]")


def write_history(interactions: Iterable[Interaction]) -> str:
    """One line an interaction, oldest first as given: `Dune (1984) | 4.5 | 2021-03-01`.

    A title that would be read as something else ("1. FC Köln | the film") gets backslashes. Kind, creator
    and item id are not written. An empty history is an empty text.
    """
    lines = [_write_line(interaction) for interaction in interactions]
    return "\n".join([LINES_HEADING, *lines]) + "\n" if lines else ""


def _write_line(interaction: Interaction) -> str:
    rating = "" if interaction.rating is None else f"{interaction.rating:g}"
    fields = [rating] if interaction.time is None else [rating, _write_time(interaction)]
    year = "" if interaction.year is None else f" ({interaction.year:04d})"
    line = " | ".join([f"{interaction.title}{year}", *fields])
    read = read_line(1, line)
    if isinstance(read, Entry) and (read.title, read.year) == (interaction.title, interaction.year):
        return line
    escaped = _TO_ESCAPE.sub(lambda match: f"\\{match[0]}", interaction.title)
    return " | ".join([f"{escaped}{year}", *fields])


def _write_time(interaction: Interaction) -> str:
    """A day where the source gave no more, else day and time."""
    iso = interaction.time.isoformat()
    return iso.removesuffix("T00:00:00")
