"""One user's history as a file holds it -> the titles that the profiler reads, with what is known of each.

A staged title carries what its line in the prompt shows and nothing else, so that a worker needs neither the
catalogue nor the items of the data set.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from blue.datatypes import Interaction, Item, ParsedHistory
from blue.errors import BlueError
from blue.history import TitleMatcher, match_history, nearly_same_title, parse_history
from blue.profile import HISTORY_TOKENS, ITEM_GENRES, shown_attributes

LEAST_TOKENS_A_LINE = 3  # "- X" and its line break
MOST_TITLES = HISTORY_TOKENS // LEAST_TOKENS_A_LINE  # older ones cannot be in any prompt
LONGEST_ID = 512  # characters


class UserRecordError(BlueError):
    """One user's record cannot be used; the run reports it and goes on."""


@dataclass(frozen=True)
class StagedTitle:
    """One interaction: what `blue.profile.prompts.history_line` shows of it."""

    title: str
    rating: float | None = None
    year: int | None = None
    creator: str | None = None
    words: tuple[str, ...] = ()  # genres, then tags: what `blue.profile.prompts.shown_attributes` gives

    def interaction(self, number: int) -> Interaction:
        """As the prompt reads it; `number` stands for the item."""
        return Interaction(self.title, self.rating, year=self.year, creator=self.creator, item_id=str(number))

    def item(self, number: int) -> Item:
        """The item with its words as genres and, where they are more than a prompt shows, as tags."""
        genres, tags = self.words[:ITEM_GENRES], self.words[ITEM_GENRES:]
        return Item(str(number), self.title, "movie", genres=genres, themes=tags)


@dataclass(frozen=True)
class StagedUser:
    """One user: titles oldest first, or why there is nothing to read."""

    user_id: str
    titles: tuple[StagedTitle, ...]
    error: str | None = None


def staged_title(interaction: Interaction, item: Item | None) -> StagedTitle:
    """An interaction with what the catalogue knows of its item; the interaction's own word comes first."""
    year = interaction.year or (item.year if item else None)
    creator = interaction.creator or (item.makers[0] if item and item.makers else None)
    words = shown_attributes(item) if item else ()
    title = _valid(interaction.title)
    return StagedTitle(title, interaction.rating, year, creator and _valid(creator), words)


def _valid(text: str) -> str:
    """Half of a surrogate pair, as broken exports hold, fits no file: it becomes a question mark."""
    return text.encode(errors="replace").decode()


def staged_user(user_id: str, titles: Sequence[StagedTitle], hold_out: int) -> StagedUser:
    """The user without the last `hold_out` titles and whatever is nearly called the same; the rest is cut to
    what a prompt can hold."""
    if len(titles) <= hold_out:
        count = f"{len(titles)} title{'' if len(titles) == 1 else 's'}"
        left = f" and --hold-out {hold_out} leaves none" if hold_out and titles else ""
        return StagedUser(user_id, (), f"The history has {count}{left}.")
    before, held = (titles[:-hold_out], titles[-hold_out:]) if hold_out else (titles, ())
    kept = [
        one
        for one in before[-2 * MOST_TITLES :]
        if not any(nearly_same_title(one.title, h.title) for h in held)
    ]
    if not kept:
        return StagedUser(user_id, (), "Every title of the history is nearly the held-out one.")
    return StagedUser(user_id, tuple(kept[-MOST_TITLES:]))


def user_id_of(record: Mapping[str, Any]) -> str:
    """The user's id as text; raises UserRecordError if there is none."""
    value = record.get("user_id")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise UserRecordError('It has no user_id. Write a text or a whole number, e.g. "user_id": "u17".')
    if _valid(value) != value:
        raise UserRecordError("The user_id holds half of a surrogate pair. Write it in valid UTF-8.")
    if len(value) > LONGEST_ID:
        raise UserRecordError(f"The user_id has {len(value)} characters. Shorten it to {LONGEST_ID}.")
    return value


@dataclass(frozen=True)
class HistoryReader:
    """Reads the `history` of a record: a list of item ids (with `items`), titles or objects; or a text.

    Without `items` titles are looked up in a catalogue by `matcher`, as the app does.
    """

    items: Mapping[str, Item] | None
    matcher: TitleMatcher | None = None
    catalog: Mapping[str, Item] | None = None  # of the matcher

    def titles(self, history: object) -> list[StagedTitle]:
        """What it holds, oldest first; raises UserRecordError or HistoryError if it cannot be read."""
        if isinstance(history, str):
            return self._matched(parse_history(history))
        if not isinstance(history, list):
            raise UserRecordError("It has no history. Write a list of items, oldest first, or a text.")
        if self.items is not None:
            return self._known(history)
        if all(isinstance(one, str) for one in history):
            return self._matched(parse_history("\n".join(history))) if history else []
        made = tuple(_interaction(one, number) for number, one in enumerate(history, start=1))
        return self._matched(ParsedHistory("records", made))

    def _known(self, history: list) -> list[StagedTitle]:
        found = []
        for number, one in enumerate(history, start=1):
            entry = one if isinstance(one, dict) else {"item_id": one}
            item = self.items.get(str(entry.get("item_id")))
            if item is not None:
                rating = _rating(entry.get("rating"), number)
                found.append(staged_title(Interaction(item.title, rating, item_id=item.item_id), item))
        if history and not found:
            raise UserRecordError(f"None of its {len(history)} items is among the items of the data set.")
        return found

    def _matched(self, history: ParsedHistory) -> list[StagedTitle]:
        matched = match_history(history, self.matcher) if self.matcher else history
        catalog = self.catalog or {}
        return [staged_title(one, catalog.get(one.item_id)) for one in matched.interactions]


def _interaction(entry: object, number: int) -> Interaction:
    if not isinstance(entry, dict) or not isinstance(entry.get("title"), str) or not entry["title"].strip():
        raise UserRecordError(f'Item {number} of the history has no title. Write {{"title": "Dune"}}.')
    year, creator, kind = entry.get("year"), entry.get("creator"), entry.get("kind")
    return Interaction(
        entry["title"],
        _rating(entry.get("rating"), number),
        kind=kind if isinstance(kind, str) else None,
        year=year if isinstance(year, int) else None,
        creator=creator if isinstance(creator, str) else None,
        line=number,
    )


def _rating(value: object, number: int) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 5:
        raise UserRecordError(
            f"Item {number} of the history: {value!r} is not a rating. Write 0.5-5, or none."
        )
    return float(value)


def interactions_and_items(
    titles: Iterable[StagedTitle],
) -> tuple[tuple[Interaction, ...], dict[str, Item]]:
    """Staged titles -> what `blue.profile.prompts` takes."""
    listed = list(titles)
    return (
        tuple(one.interaction(number) for number, one in enumerate(listed)),
        {str(number): one.item(number) for number, one in enumerate(listed)},
    )
