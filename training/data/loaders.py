"""One loader a source. Paths come from the command line; nothing here knows where research data lies."""

import csv
import gzip
import html
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from blue.catalog import kind_of_product
from blue.datatypes import Interaction, Item
from blue.items import load_catalog
from blue.profile import Background, Grouper, Rarity, shipped_kinds, shipped_weights
from training.data.folders import FILES_OF_KIND, DataError, DataFolder, data_folders
from training.data.product_words import TitleWords
from training.data.schema import Dataset, Split, user_key

NO_VECTORS = Background(0.0, 1.0)  # rules compare words alone
SPLIT_WORDS: tuple[tuple[str, Split], ...] = (("test", "test"), ("val", "validation"), ("train", "train"))


def grouper_of(dataset: Dataset, background: Background | None = None) -> Grouper:
    """The grouping of histories over a data set; without a `background` by what lines share in words.

    Rarity is counted over the shipped catalogue for films and books, as in the app, and over the data set
    itself for products, which the catalogue lacks.
    """
    items = list(dataset.items.values())
    if any(item.kind != "product" for item in items):
        items = load_catalog().items
    return Grouper(Rarity(items), background or NO_VECTORS, shipped_weights())


def load(source: DataFolder) -> Dataset:
    """Read a data set; it is called as `source.name`.

    Raises:
        DataError: a file or one of its lines cannot be read, or no user has an item.
    """
    read = {"movielens": movielens, "benchmark": benchmark, "prepared": prepared}[source.kind]
    try:
        dataset = read(source.name, source.folder)
    except (pl.exceptions.PolarsError, KeyError, ValueError) as error:
        files = " and ".join(FILES_OF_KIND[source.kind])
        raise DataError(
            f"{source.folder}: {files} cannot be read as {source.kind} data ({error})."
        ) from error
    if not dataset.histories:
        raise DataError(f"{source.folder} holds no user with an item. Check that its ids belong together.")
    return dataset


def load_all(sources: Iterable[str]) -> dict[str, Dataset]:
    """The data sets of a training command, "[NAME=]DIR" each, by name; SystemExit for a wrong one."""
    try:
        return {source.name: load(source) for source in data_folders(sources)}
    except DataError as error:
        raise SystemExit(str(error)) from None


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
    histories = {user: tuple(sorted(ones, key=lambda line: line.time)) for user, ones in rated.items()}
    return Dataset(name, items, histories)


def benchmark(name: str, folder: Path) -> Dataset:
    """`items.jsonl.gz` and `users.jsonl.gz` of product data: ids in order, or objects that may rate them.

    An item may name its domain, a user a split; others are split by the hash of their id.
    """
    records = list(_records(folder / "items.jsonl.gz", {"item_id": str, "title": str}))
    items = product_items(records)
    domains = {record["item_id"]: str(record["domain"]) for record in records if record.get("domain")}
    histories, splits = {}, {}
    for record in _records(folder / "users.jsonl.gz", {"user_id": str, "history": list}):
        user = user_key(name, record["user_id"])
        entries = (entry if isinstance(entry, dict) else {"item_id": entry} for entry in record["history"])
        taken = tuple(
            Interaction(items[item_id].title, entry.get("rating"), kind="product", item_id=item_id)
            for entry in entries
            if (item_id := entry["item_id"]) in items
        )
        if taken:
            histories[user] = taken
            if record.get("split"):
                splits[user] = _split_named(record["split"])
    return Dataset(name, items, histories, splits=splits, domains=domains)


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
    words, kinds = TitleWords([record["title"] for record in records]), shipped_kinds()
    products = [_product(record, words) for record in records]
    shops = kinds.shops_of([(product.title, " ".join(product.genres)) for product in products])
    described = (kinds.described(product, shops) for product in products)
    return {
        product.item_id: product if product.genres else replace(product, genres=words.kind(product.title))
        for product in described
    }


def _product(record: dict, words: TitleWords) -> Item:
    title = record["title"]
    brand = record.get("brand") or words.brand(title)
    return Item(
        item_id=record["item_id"],
        title=title,
        kind="product",
        makers=(brand,) if brand else (),
        genres=kind_of_product(record.get("category") or ""),
    )


def _records(path: Path, required: Mapping[str, type]) -> Iterator[dict]:
    """The lines of a gzipped JSONL file, each checked for the fields that everything else relies on."""
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                record = json.loads(line)
                for field, kind in required.items():
                    if not isinstance(record, dict) or not isinstance(record.get(field), kind):
                        expected = "list" if kind is list else "text"
                        raise DataError(
                            f"{path}, line {number}: {field!r} must be a {expected}. "
                            f"Write one JSON object a line with {', '.join(required)}."
                        )
                yield record
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise DataError(f"{path}, line {number}: {error}. Write one JSON object a line.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read ({error}). Write it again with gzip.") from error


def _split_named(word: str) -> Split:
    """The split a benchmark gives a user: "test", "valid", "train_A" ..."""
    for start, split in SPLIT_WORDS:
        if str(word).startswith(start):
            return split
    raise DataError(f"A user has the split {word!r}. Write train, validation or test.")
