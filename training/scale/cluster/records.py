"""One user's history as a file holds it -> the titles that the profiler reads, with what is known of each.

A staged title carries what grouping and prompt read of it and nothing else, so that a worker needs neither
the catalogue nor the items of the data set.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from blue.datatypes import Interaction, Item, ParsedHistory
from blue.errors import BlueError
from blue.history import TitleMatcher, match_history, nearly_same_title, parse_history

MOST_TITLES = 300  # the most recent ones: twice what the grouping compares
LONGEST_ID = 512  # characters


class UserRecordError(BlueError):
    """One user's record cannot be used; the run reports it and goes on."""


@dataclass(frozen=True)
class StagedTitle:
    """One interaction, and the item where it is known."""

    title: str
    rating: float | None = None
    year: int | None = None
    creator: str | None = None
    kind: str | None = None
    item: Item | None = None

    @property
    def interaction(self) -> Interaction:
        """As grouping and prompt read it."""
        return Interaction(
            self.title, self.rating, kind=self.kind, year=self.year, creator=self.creator,
            item_id=self.item.item_id if self.item else None,
        )  # fmt: skip


@dataclass(frozen=True)
class StagedUser:
    """One user: titles oldest first, or why there is nothing to read."""

    user_id: str
    titles: tuple[StagedTitle, ...]
    error: str | None = None


def staged_title(interaction: Interaction, item: Item | None) -> StagedTitle:
    """An interaction with what the catalogue knows of its item."""
    creator = interaction.creator and _valid(interaction.creator)
    known = replace(item, popularity=0.0, ratings=0, aliases=(), link=None) if item else None
    return StagedTitle(
        _valid(interaction.title), interaction.rating, interaction.year, creator, interaction.kind, known
    )


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
        line
        for line in before[-2 * MOST_TITLES :]
        if not any(nearly_same_title(line.title, h.title) for h in held)
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
        if all(isinstance(entry, str) for entry in history):
            return self._matched(parse_history("\n".join(history))) if history else []
        made = tuple(_interaction(entry, number) for number, entry in enumerate(history, start=1))
        return self._matched(ParsedHistory("records", made))

    def _known(self, history: list) -> list[StagedTitle]:
        found = []
        for number, written in enumerate(history, start=1):
            entry = written if isinstance(written, dict) else {"item_id": written}
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
        return [staged_title(line, catalog.get(line.item_id)) for line in matched.interactions]


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
    """Staged titles -> what grouping and prompt take."""
    listed = list(titles)
    return (
        tuple(title.interaction for title in listed),
        {title.item.item_id: title.item for title in listed if title.item},
    )
