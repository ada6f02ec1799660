"""One loader a source. Paths come from the command line; nothing here knows where research data lies."""

import csv
import gzip
import html
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from blue.catalog import kind_of_product
from blue.datatypes import Interaction, Item
from blue.items import load_catalog
from blue.profile import Background, Grouper, Rarity, shipped_weights
from training.data.product_words import TitleWords
from training.data.schema import Dataset, user_key

NO_VECTORS = Background(0.0, 1.0)  # rules compare words alone
KINDS = ("movielens", "benchmark", "prepared")


def grouper_of(dataset: Dataset, background: Background | None = None) -> Grouper:
    """The grouping of histories over a data set; without a `background` by what lines share in words.

    Rarity is counted over the shipped catalogue for films and books, as in the app, and over the data set
    itself for products, which the catalogue lacks.
    """
    items = list(dataset.items.values())
    if any(item.kind != "product" for item in items):
        items = load_catalog().items
    return Grouper(Rarity(items), background or NO_VECTORS, shipped_weights())


def load(kind: str, name: str, folder: Path) -> Dataset:
    """Read a source.

    "movielens" is a ratings.csv, "benchmark" items and users as .jsonl.gz, "prepared" what
    `training.data.prepare` wrote.
    """
    return {"movielens": movielens, "benchmark": benchmark, "prepared": prepared}[kind](name, folder)


def load_all(sources: Iterable[str]) -> dict[str, Dataset]:
    """Sources as a command line names them, "NAME=KIND:DIR" -> name -> data set.

    Raises:
        SystemExit: one is written differently.
    """
    found = {}
    for source in sources:
        name, named, place = source.partition("=")
        kind, placed, folder = place.partition(":")
        if not (named and placed and kind in KINDS):
            raise SystemExit(f"--data {source!r}: write NAME=KIND:DIR, where KIND is {' or '.join(KINDS)}.")
        found[name] = load(kind, name, Path(folder))
    return found


def movielens(name: str, folder: Path) -> Dataset:
    """MovieLens ratings over the shipped catalogue's items of MovieLens; user ids become "ml:1"."""
    items = {item.item_id: item for item in load_catalog().items if item.item_id.startswith("ml:")}
    rated = defaultdict(list)
    with (folder / "ratings.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if item := items.get(f"ml:{row['movieId']}"):
                time = datetime.fromtimestamp(int(row["timestamp"]), UTC)
                rated[f"ml:{row['userId']}"].append(
                    Interaction(
                        item.title, float(row["rating"]), time, item.kind, item.year, item_id=item.item_id
                    )
                )
    histories = {user: tuple(sorted(ones, key=lambda one: one.time)) for user, ones in rated.items()}
    return Dataset(name, items, histories)


def benchmark(name: str, folder: Path) -> Dataset:
    """`items.jsonl.gz` and `users.jsonl.gz` of product data: ids in order, or objects that may rate them."""
    items = product_items(_records(folder / "items.jsonl.gz"))
    histories = {}
    for record in _records(folder / "users.jsonl.gz"):
        entries = (one if isinstance(one, dict) else {"item_id": one} for one in record["history"])
        ones = tuple(
            Interaction(
                items[one["item_id"]].title, one.get("rating"), kind="product", item_id=one["item_id"]
            )
            for one in entries
            if one["item_id"] in items
        )
        if ones:
            histories[f"{name}:{record['user_id']}"] = ones
    return Dataset(name, items, histories)


def prepared(name: str, folder: Path) -> Dataset:
    """The Parquet files of `training.data.prepare`, read as products: title, category, brand, rating, time.

    Users get the split of users.parquet, whatever the set is called here: see `user_key`.
    """
    items = prepared_items(folder / "items.parquet")
    rows = pl.read_parquet(folder / "interactions.parquet", glob=False).sort("user_id", "position")
    manifest = folder / "manifest.json"
    data_set = json.loads(manifest.read_text("utf-8")).get("data_set") if manifest.is_file() else None
    histories = defaultdict(list)
    for row in rows.iter_rows(named=True):
        time = None if row["time"] is None else datetime.fromtimestamp(row["time"] / 1000, UTC)
        histories[user_key(data_set, row["user_id"])].append(
            Interaction(items[row["item_id"]].title, row["rating"], time, "product", item_id=row["item_id"])
        )
    return Dataset(name, items, {user: tuple(ones) for user, ones in histories.items()})


def prepared_items(path: Path) -> dict[str, Item]:
    """The items.parquet of `training.data.prepare` -> id -> product."""
    return _products(pl.read_parquet(path, glob=False).to_dicts())


def product_items(records: Iterable[dict]) -> dict[str, Item]:
    """Shop items (item_id, title, maybe category and brand) -> id -> product; without a title it is none."""
    titled = [record for record in records if record["title"].strip()]
    return _products(
        [record | {"title": " ".join(html.unescape(record["title"]).split())} for record in titled]
    )


def _products(records: list[dict]) -> dict[str, Item]:
    words = TitleWords([record["title"] for record in records])
    return {item.item_id: item for item in (_product(record, words) for record in records)}


def _product(record: dict, words: TitleWords) -> Item:
    title = record["title"]
    kinds = kind_of_product(record.get("category") or "") or words.kind(title)
    brand = record.get("brand") or words.brand(title)
    return Item(
        item_id=record["item_id"],
        title=title,
        kind="product",
        makers=(brand,) if brand else (),
        genres=kinds,
        themes=words.telling(title, besides=" ".join((brand or "", *kinds))),
    )


def _records(path: Path) -> Iterator[dict]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
