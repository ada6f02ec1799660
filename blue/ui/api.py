"""The actions of the page as typed endpoints, for gradio_client and as MCP tools."""

from typing import Literal

import gradio as gr

from blue import records
from blue.errors import BlueError
from blue.sentences import parse_profile
from blue.ui.core import Core

MOST_ITEMS = 200


class Api:
    """Endpoints over one profiler. They keep nothing: each call brings all it needs."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._profiler = core.profiler

    def parse(self, history: str) -> dict:
        """Read a history of films, series or books in any format and say what was understood.

        Args:
            history: Plain lines such as "Dune (1965) | 5", CSV, JSON, or the text of an export from
                Goodreads, Letterboxd, IMDb, Netflix and others; at most 5 MB and 20,000 rows.
        """
        return _answered(lambda: records.history_record(self._profiler.read(history)))

    def profile(self, history: str) -> dict:
        """Write the textual profile of a history: at most five sentences, each one taste.

        Args:
            history: The same texts as for parse.
        """
        return _answered(
            lambda: records.profile_record(self._profiler.write(self._profiler.read(history).interactions))
        )

    def rank(
        self,
        profile: str,
        history: str = "",
        scoring: Literal["facets", "single"] = "facets",
        domain: str = "all",
        top: int = 20,
    ) -> dict:
        """Rank the catalogue's items for a profile, the nearest first: movies and books, or what it holds.

        Args:
            profile: At most five sentences, one taste a line. "Avoids ..." pushes items away.
            history: What the person already knows; it is left out of the ranking.
            scoring: "facets" scores an item by its best sentence, "single" by the whole profile as one text.
            domain: "all", or one kind of items: "movie" or "book" in the shipped catalogue.
            top: How many items, 1 to 200.
        """
        return _answered(lambda: self._rank(profile, history, scoring, domain, top))

    def _rank(self, profile: str, history: str, scoring: str, domain: str, top: int) -> dict:
        if not 1 <= top <= MOST_ITEMS:
            raise gr.Error(f"top is {top}. Choose 1 to {MOST_ITEMS}.", print_exception=False)
        parsed = parse_profile(profile)
        known = self._profiler.read(history).interactions if history.strip() else ()
        kinds = () if domain == "all" else (domain,)
        return records.ranking_record(
            parsed, self._profiler.rank(parsed, known, top=top, scoring=scoring, kinds=kinds)
        )


def _answered(call):
    try:
        return call()
    except BlueError as error:
        raise gr.Error(str(error), print_exception=False) from error
