"""Staged rows into items and histories: unknown items, repeats, equal titles, k-core, targets.

The filters work on codes, 12 bytes an interaction; what else an interaction has stays on disk until the
tables are written. The code of a user is its place among the sorted ids, the code of an item its row in
the source.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import polars as pl

from blue.errors import BlueError
from training.data.by_user import occurrences, parts, parts_by_user
from training.data.chronological import Chronological, chronological
from training.data.raw.staging import Staged

NOTHING = pl.DataFrame(schema=dict.fromkeys(("user", "item", "merged", "place"), pl.UInt32))


class NothingLeftError(BlueError):
    """The filters leave no interaction."""


@dataclass(frozen=True)
class Step:
    """What one filter dropped, and what it left. Users and items are those that have an interaction."""

    name: str
    dropped: int  # interactions
    interactions: int
    users: int
    items: int


@dataclass
class Steps:
    """The filters so far, in their order; `items` counts those read, of repeated ids, of equal titles."""

    interactions: list[Step] = field(default_factory=list)
    items: dict[str, int] = field(default_factory=dict)

    def add(self, name: str, before: int, frame: pl.DataFrame) -> pl.DataFrame:
        """Note what a filter left of `before` interactions; the frame comes back as it is."""
        self.note(name, before, frame.height, frame)
        return frame

    def note(self, name: str, before: int, left: int, frame: pl.DataFrame) -> None:
        """Note what a filter left: so many interactions, with the users and items that the frame has."""
        users, items = (_different(frame[side]) for side in ("user", "item"))
        self.interactions.append(Step(name, before - left, left, users, items))

    def as_record(self) -> dict:
        """For the manifest."""
        return {"items": self.items, "interactions": [asdict(step) for step in self.interactions]}


@dataclass(frozen=True)
class Prepared:
    """The interactions that are left, and what their codes stand for."""

    interactions: pl.DataFrame  # user, item, place in `everything`; by place
    everything: Chronological
    items: pl.DataFrame  # item, item_id, title, key of the items that are left, by item

    def of_item(self, codes: pl.Series, column: str) -> pl.Series:
        """A column of `items` for each item code: (N,) -> (N,)."""
        return self.items[column].gather(self.items["item"].search_sorted(codes))


def filtered(staged: Staged, k: int, steps: Steps, work: Path) -> Prepared:
    """Every filter in its order, noted in `steps`; `work` is a folder for what does not stay in memory.

    Raises NothingLeftError if no interaction passes.
    """
    everything = chronological(staged.interactions, _catalogue(staged.items, steps), work)
    frame = core_with_new_targets(_first_of_each(everything, staged.read, steps), k, steps)
    if frame.is_empty():
        raise NothingLeftError(
            f"No user is left with --k {k}. Write a smaller one, e.g. --k {max(1, k // 2)}."
        )
    kept = pl.Series(np.flatnonzero(occurrences(frame["item"].to_numpy())), dtype=pl.UInt32)
    left = staged.items.filter(pl.col("row").is_in(kept.implode()))
    items = left.select("item_id", "title", "key", item="row").collect(engine="streaming").sort("item")
    return Prepared(frame, everything, items)


def _catalogue(items: pl.LazyFrame, steps: Steps) -> pl.DataFrame:
    """(item_id, item, merged): the row of every id, and of the first item that has its title."""
    read = items.select("item_id", "row", "key").collect(engine="streaming").sort("row")
    once = read.unique("item_id", keep="first", maintain_order=True)
    found = once.select("item_id", item="row", merged=pl.col("row").min().over("key"))
    steps.items |= {
        "read": read.height,
        "repeated ids": read.height - once.height,
        "equal titles": int((found["item"] != found["merged"]).sum()),
    }
    return found


def _first_of_each(everything: Chronological, read: int, steps: Steps) -> pl.DataFrame:
    """(user, item, place): each user's first interaction with each id, then items of equal titles made one.

    `read` interactions were in the source; `everything` has those of known items.
    """
    firsts = []
    for rows in parts_by_user(everything.users):
        part = everything.read(rows, "item", "merged").with_columns(
            user=pl.Series(everything.users[rows]),
            place=pl.int_range(rows.start, rows.stop, dtype=pl.UInt32),
        )
        firsts.append(part.unique(["user", "item"], keep="first", maintain_order=True))
    known = len(everything.users)
    frame = pl.concat(firsts, rechunk=True) if firsts else NOTHING
    steps.note("unknown items", read, known, frame)  # a repeat has the user and the item of a first
    steps.add("same user and item again", known, frame)
    frame = frame.select("user", "place", item="merged")
    return steps.add("equal titles made one item", frame.height, frame)


def core_with_new_targets(frame: pl.DataFrame, k: int, steps: Steps) -> pl.DataFrame:
    """The largest part where users and items have k interactions or more and each history ends in a new item.

    `frame` (user, item, ...) is sorted by user, oldest first. Dropping a target may cost a user or an item
    its k-th interaction, and dropping an item may bring a repeat to the end: hence until nothing changes.
    """
    while True:
        before = frame.height
        frame = steps.add(f"{k}-core", before, k_core(frame, k))
        cored = frame.height
        frame = steps.add("targets the history holds", cored, without_repeated_targets(frame))
        if frame.height == cored:
            return frame


def k_core(frame: pl.DataFrame, k: int) -> pl.DataFrame:
    """The largest part of (user, item, ...) where every user and every item has k interactions or more.

    What goes is taken off the counts: a round costs little once most has gone.
    """
    counts = {side: occurrences(frame[side].to_numpy()) for side in ("user", "item")}
    while True:
        enough = np.ones(frame.height, dtype=bool)
        for side, count in counts.items():
            enough &= _looked_up(count >= k, frame[side].to_numpy())
        if enough.all():
            return frame
        for side, count in counts.items():
            gone = frame[side].filter(pl.Series(~enough)).to_numpy()
            for part in parts(len(gone)):
                np.subtract.at(count, gone[part], 1)
        frame = frame.filter(pl.Series(enough))


def _different(codes: pl.Series) -> int:
    return int(np.count_nonzero(occurrences(codes.to_numpy())))


def _looked_up(values: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """(C,) values, (N,) codes below C -> (N,) the value of each code."""
    found = np.empty(len(codes), dtype=values.dtype)
    for part in parts(len(codes)):  # numpy indexes with 8 bytes a row
        found[part] = values[codes[part]]
    return found


def without_repeated_targets(frame: pl.DataFrame) -> pl.DataFrame:
    """Each user's interactions up to the last one whose item is new to them."""
    kept = np.empty(frame.height, dtype=bool)
    for rows in parts_by_user(frame["user"].to_numpy()):
        kept[rows] = _up_to_new(frame[rows])
    return frame if kept.all() else frame.filter(pl.Series(kept))


def _up_to_new(frame: pl.DataFrame) -> np.ndarray:
    """(N,) whether a row of whole histories has no later row of its user whose item is new, or is it."""
    at = pl.int_range(pl.len())
    placed = frame.select("user", at=at, new=pl.struct("user", "item").is_first_distinct())
    last_new = pl.col("at").filter("new").max().over("user")
    return placed.select(pl.col("at") <= last_new).to_series().to_numpy()
