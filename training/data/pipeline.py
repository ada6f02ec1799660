"""Staged rows into items, histories and users: unknown items, repeats, equal titles, k-core, targets.

Everything between the first join and the last works on integer codes: 28 bytes an interaction. The code of
a user is its place among the sorted ids, the code of an item its row in the source.
"""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from rapidfuzz import fuzz, process

from blue.errors import BlueError
from training.data.raw.staging import ITEM_COLUMNS, Staged
from training.data.schema import NEAR_DUPLICATE, nearly_same_title, split_of, user_key

ROWS_A_GROUP = 100_000
MARGIN = 10  # points of fuzz.ratio: how far below its bound a pair of titles is still put to the exact test


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
        left = frame.select(pl.len(), pl.n_unique("user", "item")).row(0)
        self.interactions.append(Step(name, before - left[0], *left))
        return frame

    def as_record(self) -> dict:
        """For the manifest."""
        return {"items": self.items, "interactions": [asdict(step) for step in self.interactions]}


@dataclass(frozen=True)
class Prepared:
    """The interactions that are left, and what their codes stand for."""

    interactions: pl.DataFrame  # user, item, rating, time, position; by user and position
    user_ids: pl.Series  # at [user]
    items: pl.DataFrame  # item, item_id, title, key of the items that are left, by item

    def of_item(self, codes: pl.Series, column: str) -> pl.Series:
        """A column of `items` for each item code: (N,) -> (N,)."""
        return self.items[column].gather(self.items["item"].search_sorted(codes))


def filtered(staged: Staged, k: int, steps: Steps) -> Prepared:
    """Every filter in its order, noted in `steps`, and the chronological position in each user's history.

    Raises NothingLeftError if no interaction passes.
    """
    catalogue = _catalogue(staged.items, steps)
    user_ids = staged.interactions.select("user_id").unique().collect(engine="streaming")["user_id"].sort()
    frame = _encoded(staged.interactions, catalogue, user_ids, steps)
    before = frame.height
    frame = frame.unique(["user", "item"], keep="first", maintain_order=True)
    steps.add("same user and item again", before, frame)
    frame = steps.add("equal titles made one item", frame.height, frame.with_columns(item="merged"))
    frame = core_with_new_targets(frame.drop("merged", "row"), k, steps)
    if frame.is_empty():
        raise NothingLeftError(
            f"No user is left with --k {k}. Write a smaller one, e.g. --k {max(1, k // 2)}."
        )
    frame = frame.with_columns(position=pl.int_range(pl.len(), dtype=pl.UInt32).over("user"))
    left = staged.items.filter(pl.col("row").is_in(frame["item"].unique().implode()))
    items = left.select("item_id", "title", "key", item="row").collect(engine="streaming").sort("item")
    return Prepared(frame, user_ids, items)


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


def _encoded(
    interactions: pl.LazyFrame, catalogue: pl.DataFrame, user_ids: pl.Series, steps: Steps
) -> pl.DataFrame:
    """(user, item, merged, rating, time, row) of known items, by user and time; no time stands first.

    An unknown time must not become a target, which is the last of a history.
    """
    users = pl.DataFrame({"user_id": user_ids}).with_row_index("user")
    frame = (
        interactions.join(users.lazy(), on="user_id")
        .join(catalogue.lazy(), on="item_id", how="left")
        .select("user", "item", "merged", "rating", "time", "row")
        .collect(engine="streaming")
        .sort("user", "time", "row", nulls_last=False)
    )
    return steps.add("unknown items", frame.height, frame.drop_nulls("item"))


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
    """The largest part of (user, item, ...) where every user and every item has k interactions or more."""
    while True:
        enough = _often(frame["user"], k) & _often(frame["item"], k)
        if enough.all():
            return frame
        frame = frame.filter(pl.Series(enough))


def _often(codes: pl.Series, k: int) -> np.ndarray:
    """(N,) integer codes -> (N,) whether each occurs k times or more."""
    numbers = codes.to_numpy()
    return np.bincount(numbers)[numbers] >= k if len(numbers) else np.ones(0, dtype=bool)


def without_repeated_targets(frame: pl.DataFrame) -> pl.DataFrame:
    """Each user's interactions up to the last one whose item is new to them."""
    placed = frame.with_row_index("place")
    firsts = placed.unique(["user", "item"], keep="first", maintain_order=True)
    ends = firsts.group_by("user").agg(end=pl.col("place").max())
    kept = placed.join(ends, on="user", maintain_order="left").filter(pl.col("place") <= pl.col("end"))
    return kept.drop("place", "end")


def users_table(prepared: Prepared, data_set: str | None = None) -> pl.DataFrame:
    """users.parquet: one row a user, by id; the target is the last interaction.

    The split is that of `data_set:id` where users are numbered by the set, else that of the id alone.
    """
    frame = prepared.interactions
    users = frame.group_by("user", maintain_order=True).agg(length=pl.len(), target=pl.col("item").last())
    history = frame.join(users, on="user", maintain_order="left")
    history = history.filter(pl.col("position") + 1 < pl.col("length"))
    repeats = history.filter(pl.col("item") == pl.col("target"))["user"]
    near = history.join(_near_pairs(history, prepared), on=["item", "target"], how="semi")["user"]
    ids = prepared.user_ids.gather(users["user"])
    return users.select(
        user_id=ids,
        split=pl.Series([split_of(user_key(data_set, user)) for user in ids], dtype=pl.String),
        length="length",
        target_item_id=prepared.of_item(users["target"], "item_id"),
        target_in_history=pl.col("user").is_in(repeats.unique().implode()),
        near_duplicate_title=pl.col("user").is_in(near.unique().implode()),
    )


def _near_pairs(history: pl.DataFrame, prepared: Prepared) -> pl.DataFrame:
    """(item, target): the pairs of (item, target, ...) whose titles are nearly the same."""
    pairs = history.select("item", "target").unique(maintain_order=True)
    found = [pairs.clear()]
    for part in pairs.iter_slices(ROWS_A_GROUP):
        keys = [prepared.of_item(part[side], "key").to_list() for side in part.columns]
        # the exact test is slow for millions of pairs: only those near its bound are put to it
        close = part.filter(process.cpdist(*keys, scorer=fuzz.ratio) >= NEAR_DUPLICATE - MARGIN)
        titles = [prepared.of_item(close[side], "title") for side in part.columns]
        same = [nearly_same_title(*both) for both in zip(*titles, strict=True)]
        found.append(close.filter(pl.Series(same, dtype=pl.Boolean)))
    return pl.concat(found)


def interactions_table(prepared: Prepared) -> pl.DataFrame:
    """interactions.parquet: by user id and position."""
    frame = prepared.interactions
    return frame.select(
        user_id=prepared.user_ids.gather(frame["user"]),
        item_id=prepared.of_item(frame["item"], "item_id"),
        rating="rating",
        time="time",
        position="position",
    )


def write_tables(prepared: Prepared, staged: Staged, folder: Path, data_set: str | None = None) -> None:
    """items.parquet (in the order of the source), interactions.parquet and users.parquet."""
    left = staged.items.filter(pl.col("row").is_in(prepared.items["item"].implode())).select(*ITEM_COLUMNS)
    left.sink_parquet(folder / "items.parquet", row_group_size=ROWS_A_GROUP)  # descriptions never at once
    tables = {"interactions": interactions_table(prepared), "users": users_table(prepared, data_set)}
    for name, table in tables.items():
        table.write_parquet(folder / f"{name}.parquet", row_group_size=ROWS_A_GROUP)
