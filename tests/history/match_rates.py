"""How many titles the matcher takes to the right work: lists as visitors bring them, and titles mistyped.

A folder of lists holds histories in any format and `truth.tsv` (list, title as read, item id), written by
reading them.
The mistyped titles are drawn from MovieLens and goodbooks in proportion to their ratings, in lists of one
kind without years; each has one letter missed, added, mistaken for its neighbour on the keyboard or swapped
with the next (Damerau's four slips, 1964), rarely the first one.
"""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from blue.datatypes import Interaction, Item
from blue.history import TitleMatcher, key_of, match_history, parse_history
from blue.items import Catalog

TRUTH = "truth.tsv"
A_LIST = 15  # titles matched together
FIRST_LETTER = 0.07  # of all slips
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True)
class Rate:
    """Shares of titles; `misses` are (as written, what was found) of those that are not right."""

    titles: int
    right: float
    wrong: float
    misses: tuple[tuple[str, str | None], ...]

    def __str__(self) -> str:
        return f"{self.titles} titles, {self.right:.1%} right, {self.wrong:.1%} wrong, the others not found"


def lists_rate(folder: Path, matcher: TitleMatcher) -> Rate:
    """Of the histories in a folder, by its truth.tsv."""
    with (folder / TRUTH).open(encoding="utf-8", newline="") as file:
        truth = {(row["list"], row["title"]): row["item_id"] for row in csv.DictReader(file, delimiter="\t")}
    pairs = []
    for path in sorted(folder.iterdir()):
        if path.name != TRUTH:
            read = match_history(parse_history(path.read_bytes(), path.name), matcher)
            pairs += [(line, truth[path.name, line.title]) for line in read.interactions]
    return _rate([(line.title, line.item_id, line.item_id == item_id) for line, item_id in pairs])


def mistyped_rate(catalog: Catalog, matcher: TitleMatcher, source: str, titles: int, seed: int = 0) -> Rate:
    """Of mistyped titles of one source ("ml" or "gb"); namesakes of one kind count as right."""
    draw = random.Random(seed)
    items = [item for item in catalog.items if item.item_id.startswith(f"{source}:") and item.ratings]
    chosen = draw.choices(items, [item.ratings for item in items], k=titles)
    written = [Interaction(mistyped(item.title, draw)) for item in chosen]
    rows = []
    for start in range(0, len(chosen), A_LIST):
        part = slice(start, start + A_LIST)
        for item, line, found in zip(chosen[part], written[part], matcher.match(written[part]), strict=True):
            known = catalog.by_id.get(found.item_id)
            rows.append((line.title, found.item_id, known is not None and _same_work(item, known)))
    return _rate(rows)


def mistyped(title: str, draw: random.Random) -> str:
    """A title with one slip in a letter."""
    letters = [place for place, letter in enumerate(title) if letter.isalpha()]
    later = letters[1:] if len(letters) > 1 and draw.random() >= FIRST_LETTER else letters[:1]
    if not later:
        return title
    at, slip = draw.choice(later), draw.choice(("missed", "added", "mistaken", "swapped"))
    before, letter, after = title[:at], title[at], title[at + 1 :]
    if slip == "missed":
        return before + after
    if slip == "added":
        return before + letter + _neighbour(letter, draw) + after
    if slip == "mistaken":
        return before + _neighbour(letter, draw) + after
    return before + after[:1] + letter + after[1:]


def _neighbour(letter: str, draw: random.Random) -> str:
    """The letter beside it on a keyboard."""
    for row in _ROWS:
        if (at := row.find(letter.casefold())) >= 0:
            return draw.choice(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
    return letter


def _same_work(item: Item, found: Item) -> bool:
    return item.item_id == found.item_id or (key_of(item.title), item.kind) == (
        key_of(found.title),
        found.kind,
    )


def _rate(rows: Sequence[tuple[str, str | None, bool]]) -> Rate:
    right = sum(same for *_, same in rows)
    wrong = sum(found is not None and not same for _, found, same in rows)
    misses = tuple((title, found) for title, found, same in rows if not same)
    return Rate(len(rows), right / len(rows), wrong / len(rows), misses)
