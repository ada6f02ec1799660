"""The page's components by their names, for handlers that are called without a browser."""

from collections.abc import Iterable
from types import SimpleNamespace

from blue.profile.sentences import MAX_SENTENCES
from blue.ui.parts import SentenceRow

VISITOR = SimpleNamespace(session_hash="visitor")


class Names:
    """Any component, by its name."""

    sentences = tuple(
        SentenceRow(f"row {n}", f"enabled {n}", f"weight {n}", f"ground {n}")
        for n in range(1, MAX_SENTENCES + 1)
    )

    def __getattr__(self, name: str) -> str:
        return name


def shown(steps: Iterable[dict]) -> dict:
    """What the page shows in the end: the last value of everything that was updated."""
    page: dict = {}
    for updates in steps:
        page |= updates
    return page
