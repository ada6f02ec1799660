"""Items, interactions and users as Parquet, the last two a slice of whole histories at a time."""

from pathlib import Path

import polars as pl
from rapidfuzz import fuzz, process

from training.data.by_user import parts_by_user
from training.data.chronological import ROWS_A_GROUP
from training.data.pipeline import Prepared
from training.data.raw.staging import ITEM_COLUMNS, Staged
from training.data.schema import NEAR_DUPLICATE, nearly_same_title, split_of, user_key

MARGIN = 10  # points of fuzz.ratio: how far below its bound a pair of titles is still put to the exact test


def write_tables(
    prepared: Prepared, staged: Staged, folder: Path, work: Path, data_set: str | None = None
) -> None:
    """items.parquet (in the order of the source), interactions.parquet and users.parquet.

    `work` is a folder for their parts.
    """
    left = staged.items.filter(pl.col("row").is_in(prepared.items["item"].implode())).select(*ITEM_COLUMNS)
    left.sink_parquet(folder / "items.parquet", row_group_size=ROWS_A_GROUP)  # descriptions never at once
    chunks = {name: work / f"{name}-parts" for name in ("interactions", "users")}
    for chunk in chunks.values():
        chunk.mkdir()
    for number, rows in enumerate(parts_by_user(prepared.interactions["user"].to_numpy())):
        histories = _histories(prepared, rows)
        tables = {
            "interactions": interactions_table(histories, prepared),
            "users": users_table(histories, prepared, data_set),
        }
        for name, table in tables.items():
            table.write_parquet(chunks[name] / f"{number:06}.parquet", compression="lz4")
    for name, chunk in chunks.items():
        whole = pl.scan_parquet(sorted(chunk.iterdir()), glob=False)
        whole.sink_parquet(folder / f"{name}.parquet", row_group_size=ROWS_A_GROUP)


def _histories(prepared: Prepared, rows: slice) -> pl.DataFrame:
    """(user, item, user_id, rating, time, position) of whole histories, oldest first."""
    frame = prepared.interactions[rows]
    first = frame["place"][0]
    stored = prepared.everything.read(slice(first, frame["place"][-1] + 1), "user_id", "rating", "time")
    position = pl.int_range(pl.len(), dtype=pl.UInt32).over("user")
    return frame.select("user", "item", position=position).hstack(stored[frame["place"] - first])


def interactions_table(histories: pl.DataFrame, prepared: Prepared) -> pl.DataFrame:
    """interactions.parquet: by user id and position."""
    item_id = prepared.of_item(histories["item"], "item_id")
    return histories.select("user_id", item_id.alias("item_id"), "rating", "time", "position")


def users_table(histories: pl.DataFrame, prepared: Prepared, data_set: str | None = None) -> pl.DataFrame:
    """users.parquet: one row a user, by id; the target is the last interaction.

    The split is that of `data_set:id` where users are numbered by the set, else that of the id alone.
    """
    users = histories.group_by("user", maintain_order=True).agg(
        pl.col("user_id").first(), length=pl.len(), target=pl.col("item").last()
    )
    before = histories.join(users.drop("user_id"), on="user", maintain_order="left")
    before = before.filter(pl.col("position") + 1 < pl.col("length"))
    repeats = before.filter(pl.col("item") == pl.col("target"))["user"]
    near = before.join(_near_pairs(before, prepared), on=["item", "target"], how="semi")["user"]
    splits = [split_of(user_key(data_set, user)) for user in users["user_id"]]
    return users.select(
        "user_id",
        split=pl.Series(splits, dtype=pl.String),
        length="length",
        target_item_id=prepared.of_item(users["target"], "item_id"),
        target_in_history=pl.col("user").is_in(repeats.unique().implode()),
        near_duplicate_title=pl.col("user").is_in(near.unique().implode()),
    )


def _near_pairs(before: pl.DataFrame, prepared: Prepared) -> pl.DataFrame:
    """(item, target): the pairs of (item, target, ...) whose titles are nearly the same."""
    pairs = before.select("item", "target").unique(maintain_order=True)
    found = [pairs.clear()]
    for part in pairs.iter_slices(ROWS_A_GROUP):
        keys = [prepared.of_item(part[side], "key").to_list() for side in part.columns]
        # the exact test is slow for millions of pairs: only those near its bound are put to it
        close = part.filter(process.cpdist(*keys, scorer=fuzz.ratio) >= NEAR_DUPLICATE - MARGIN)
        titles = [prepared.of_item(close[side], "title") for side in part.columns]
        same = [nearly_same_title(*both) for both in zip(*titles, strict=True)]
        found.append(close.filter(pl.Series(same, dtype=pl.Boolean)))
    return pl.concat(found)
