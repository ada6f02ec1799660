"""The steps of `training.scale.index_shards`, most on one shard; what they leave is whole or not there."""

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock, Timeout

from blue.catalog import (
    EMBEDDINGS,
    FAISS_INDEX,
    FILES,
    ITEMS,
    MANIFEST,
    MOST_KINDS,
    FileRecord,
    categories_of,
    embed_in_pieces,
    shard_folder,
)
from blue.errors import CatalogError
from blue.item_text import item_text
from blue.items import SCHEMA, load_catalog
from blue.models import DEFAULT_PRESET, ModelSource, get_preset, sha256_of
from blue.retrieval import (
    MOST_TRAINED,
    LoadedEncoder,
    ShardedIndex,
    load_encoder,
    open_shard,
    train_cells,
    write_shard,
)
from training.runs import say

WORK = ".build"
PLAN, CELLS = "plan.json", "cells.faiss"
PROBED_ITEMS = 200  # whose exact neighbours the recall of ivf is measured on
NEIGHBOURS = 10
_REQUIRED = ("item_id", "title")


@dataclass(frozen=True)
class IndexPlan:
    """What decides the shards; those of another plan in the folder are thrown away."""

    source: str
    sha256: str
    weights_sha256: str
    items_a_shard: int


@dataclass(frozen=True)
class EmbedderChoice:
    """Which embedder reads the items; plain, so that it travels to other machines."""

    model: str = DEFAULT_PRESET
    folder: Path | None = None

    def load(self) -> LoadedEncoder:
        """The embedder, ready to read."""
        if self.folder is None:
            return load_encoder(get_preset(self.model).embedder)
        return load_encoder(ModelSource(self.folder.name, "its own", local=self.folder))


@contextmanager
def alone_in(out: Path) -> Iterator[None]:
    """One build at a time in a folder that is new, empty, or of shards."""
    if out.is_file():
        raise CatalogError(f"{out} is a file. Name a folder to write the shards to.")
    known = {MANIFEST, WORK, "README.md"}
    others = [path.name for path in out.iterdir() if path.name not in known] if out.is_dir() else []
    if foreign := sorted(name for name in others if not name.startswith("shard-")):
        raise CatalogError(f"{out} holds something else than shards ({foreign[0]}). Name a new folder.")
    (out / WORK).mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(out / WORK / "lock", timeout=0):
            yield
    except Timeout:
        raise CatalogError(
            f"Another build is writing to {out}. Wait for it, or name another folder."
        ) from None


def plan_of(items: Path, weights_sha256: str, items_a_shard: int) -> IndexPlan:
    """The plan for a file of items, or for the one in a folder; CatalogError if there is none."""
    items = Path(items).expanduser()
    path = items / ITEMS if items.is_dir() else items
    if not path.is_file():
        raise CatalogError(
            f"--items {items}: there is no {path}. Name a Parquet file of items, or its folder."
        )
    return IndexPlan(str(path.resolve()), sha256_of(path), weights_sha256, items_a_shard)


def stage_items(plan: IndexPlan, out: Path) -> tuple[dict[str, int], list[int]]:
    """The items cut into shards: (items of each kind, items of each shard). Those of this plan are kept."""
    stamp, content = out / WORK / PLAN, json.dumps(asdict(plan))
    if stamp.is_file() and (kept := json.loads(stamp.read_text()))["plan"] == content:
        return kept["kinds"], kept["counts"]
    for old in out.glob("shard-*"):
        shutil.rmtree(old)
    _require_distinct(plan.source)
    kinds: Counter[str] = Counter()
    counts: list[int] = []
    for table in _slices(Path(plan.source), plan.items_a_shard):
        folder = shard_folder(out, len(counts))
        folder.mkdir()
        table.write_parquet(folder / ITEMS, compression="zstd")
        catalog = load_catalog(folder / ITEMS)  # every check of a catalogue's rows
        kinds.update(item.kind for item in catalog.items)
        counts.append(len(catalog))
        say(f"Reading the items: {sum(counts):,}")
    if not counts:
        raise CatalogError(f"{plan.source} holds no items.")
    if len(kinds) > MOST_KINDS:
        raise CatalogError(
            f"{plan.source} has {len(kinds)} kinds; the page has a choice for each, {MOST_KINDS} at most."
        )
    stamp.write_text(json.dumps({"plan": content, "kinds": dict(kinds), "counts": counts}))
    return dict(kinds), counts


def _require_distinct(path: str) -> None:
    try:
        ids = pl.scan_parquet(path, glob=False).select(
            pl.len().alias("rows"), pl.col("item_id").n_unique().alias("ids")
        )
        rows, distinct = ids.collect(engine="streaming").row(0)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise CatalogError(f"{path} is not a readable Parquet file with an item_id ({error}).") from error
    if rows != distinct:
        raise CatalogError(
            f"{path}: {rows - distinct:,} rows repeat an item_id. Give every item an id of its own."
        )


def _slices(path: Path, size: int) -> Iterator[pl.DataFrame]:
    file = pq.ParquetFile(path)
    names = file.schema_arrow.names
    if missing := [name for name in _REQUIRED if name not in names]:
        raise CatalogError(f"{path} lacks the column {missing[0]!r}. It needs {', '.join(_REQUIRED)}.")
    wanted = [name for name in (*SCHEMA, "category", "brand") if name in names]
    batches: list[pa.RecordBatch] = []
    rows = 0
    for batch in file.iter_batches(min(size, 50_000), columns=wanted):
        while rows + len(batch) >= size:
            batches.append(batch.slice(0, size - rows))
            yield _catalogue_rows(batches)
            batch, batches, rows = batch.slice(size - rows), [], 0
        if len(batch):
            batches.append(batch)
            rows += len(batch)
    if batches:
        yield _catalogue_rows(batches)


def _catalogue_rows(batches: Sequence[pa.RecordBatch]) -> pl.DataFrame:
    """A slice with the columns of a catalogue; the category and brand of prepared products become theirs."""
    table = pl.from_arrow(pa.Table.from_batches(batches))
    if "kind" not in table.columns:
        table = table.with_columns(kind=pl.lit("product"))
    if "category" in table.columns and "genres" not in table.columns:
        both = [categories_of(cell or "") for cell in table["category"]]
        table = table.with_columns(
            genres=pl.Series([list(pair[0]) for pair in both], dtype=pl.List(pl.String)),
            themes=pl.Series([list(pair[1]) for pair in both], dtype=pl.List(pl.String)),
        )
    if "brand" in table.columns and "makers" not in table.columns:
        brands = [[brand] if brand else [] for brand in table["brand"]]
        table = table.with_columns(makers=pl.Series(brands, dtype=pl.List(pl.String)))
    return table.select(name for name in SCHEMA if name in table.columns)


def embed_shard(out: Path, number: int, loaded: LoadedEncoder) -> None:
    """items.parquet -> embeddings.npy of one shard, if it is not there; pieces of a killed call are used."""
    folder = shard_folder(out, number)
    if (folder / EMBEDDINGS).is_file():
        return
    texts = [item_text(item) for item in load_catalog(folder / ITEMS).items]
    pieces = out / WORK / f"pieces-{number:05}"
    key = f"{sha256_of(folder / ITEMS)} {loaded.weights_sha256}"
    os.replace(embed_in_pieces(texts, loaded.encoder, key, pieces, lambda *_: None), folder / EMBEDDINGS)
    shutil.rmtree(pieces)


def cells_for(items: int) -> int:
    """Cells of an ivf index over so many items: four times the root, but 39 items a cell to learn it from.

    >>> cells_for(1_000_000), cells_for(1_000)
    (4000, 25)
    """
    return max(1, min(round(4 * items**0.5), items // 39))


def learn_cells(out: Path, shards: int, cells: int) -> None:
    """Cells from equal parts of all shards, into the work folder."""
    path = out / WORK / CELLS
    each = -(-cells * MOST_TRAINED // shards)
    draw = np.random.default_rng(0)
    parts = []
    for number in range(shards):
        rows = np.load(shard_folder(out, number) / EMBEDDINGS, mmap_mode="r", allow_pickle=False)
        chosen = np.sort(draw.choice(len(rows), min(each, len(rows)), replace=False))
        parts.append(rows[chosen])
    train_cells(np.concatenate(parts), cells, path)


def index_shard(out: Path, number: int, cells_path: Path | None) -> None:
    """embeddings.npy -> index.faiss of one shard."""
    folder = shard_folder(out, number)
    part = folder / f"{FAISS_INDEX}.part"
    write_shard(np.load(folder / EMBEDDINGS, mmap_mode="r", allow_pickle=False), part, cells_path)
    os.replace(part, folder / FAISS_INDEX)


def record_of(out: Path, number: int) -> dict[str, FileRecord]:
    """Size and SHA-256 of a shard's files."""
    paths = {name: shard_folder(out, number) / name for name in FILES}
    return {n: FileRecord(sha256=sha256_of(path), bytes=path.stat().st_size) for n, path in paths.items()}


def measured_recall(out: Path, shards: int, probes: int) -> float:
    """Share of the exact ten nearest of some items that the index finds, in [0, 1]."""
    folders = [shard_folder(out, number) for number in range(shards)]
    parts = [open_shard(folder / FAISS_INDEX, folder / EMBEDDINGS) for folder in folders]
    index = ShardedIndex(parts, catalog_digest="", encoder_name="", probes=probes)
    draw = np.random.default_rng(0)
    queries = index.embeddings(np.sort(draw.choice(len(index), min(PROBED_ITEMS, len(index)), replace=False)))
    k = min(NEIGHBOURS, len(index))
    found = index.search(queries, k)[0]
    exact = np.concatenate([_best(queries @ part.vectors.T, k) for part in parts], axis=1)
    worst = np.sort(exact, axis=1)[:, -k]  # ties count: an item as near as the tenth is as good
    return float((found >= worst[:, None] - 1e-6).mean())


def _best(similarities: np.ndarray, k: int) -> np.ndarray:
    k = min(k, similarities.shape[1])
    return -np.partition(-similarities, k - 1, axis=1)[:, :k]


def clean_up(out: Path) -> None:
    """Drop what only an interrupted build needs; the stamp stays: another index embeds nothing again."""
    for path in (out / WORK).iterdir():
        if path.name not in ("lock", PLAN):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
