"""Shards find what one index finds: on the shipped catalogue's embeddings, and through the whole command."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import faiss
import numpy as np
import polars as pl
import pytest

from blue.catalog import load_retriever
from blue.catalog.sharded import open_catalog_folder, shard_folder
from blue.datatypes import Profile, Sentence
from blue.errors import CatalogError
from blue.items import SHIPPED_CATALOG
from blue.models.presets import MINILM
from blue.retrieval.encoder import load_encoder
from blue.retrieval.retriever import Retriever
from blue.retrieval.sharded_index import Shard, ShardedIndex, open_shard, train_cells, write_shard
from training.scale.index_shards import main

SHARDS, CELLS = 4, 128
PROFILE = Profile((Sentence("Slow-burning space films."), Sentence("Enjoys musicals, hates horror films.")))


@pytest.fixture(scope="module")
def vectors(profiler) -> np.ndarray:
    """The embeddings of the shipped catalogue, about 20,000 of 384 numbers."""
    return profiler.retriever.index.embeddings()


@pytest.fixture(scope="module")
def queries(vectors) -> np.ndarray:
    """Thirty items that look for their neighbours, the best one being themselves."""
    return vectors[:: len(vectors) // 30][:30]


def sharded(folder: Path, vectors: np.ndarray, probes: int = 0) -> ShardedIndex:
    cells = None
    if probes:
        cells = folder / "cells.faiss"
        train_cells(vectors[::3], CELLS, cells)
    shards: list[Shard] = []
    for number, part in enumerate(np.array_split(vectors, SHARDS)):
        np.save(folder / f"{number}.npy", part)
        write_shard(part, folder / f"{number}.faiss", cells)
        shards.append(open_shard(folder / f"{number}.faiss", folder / f"{number}.npy"))
    return ShardedIndex(shards, catalog_digest="", encoder_name="", probes=probes)


@pytest.fixture(scope="module")
def flat(vectors, tmp_path_factory) -> ShardedIndex:
    return sharded(tmp_path_factory.mktemp("flat"), vectors)


def test_flat_shards_find_exactly_what_one_index_finds(flat, vectors, queries, profiler):
    one = profiler.retriever.index
    similarities, positions = flat.search(queries, 50)
    expected, places = one.search(queries, 50)
    assert np.allclose(similarities, expected, atol=1e-6)
    recall = np.mean([len(set(a) & set(b)) / 50 for a, b in zip(positions, places, strict=True)])
    assert recall > 0.999  # what is left are ties at the fiftieth place
    assert len(flat) == len(vectors)


def test_a_mask_over_all_shards_holds_in_each(flat, vectors, queries):
    allowed = np.zeros(len(vectors), bool)
    allowed[::97] = True
    found = flat.search(queries, 10, allowed)[1]
    assert allowed[found].all()
    few = np.zeros(len(vectors), bool)
    few[[3, len(vectors) - 1]] = True
    assert sorted(flat.search(queries[:1], 10, few)[1][0]) == [3, len(vectors) - 1]
    assert flat.search(queries, 10, np.zeros(len(vectors), bool))[1].shape == (30, 0)


def test_rows_are_found_by_positions_through_all_shards(flat, vectors):
    positions = np.array([len(vectors) - 1, 0, 7_000, 1])
    assert np.array_equal(flat.embeddings(positions), vectors[positions])
    assert np.allclose(
        flat.similarities(vectors[:2], positions), vectors[:2] @ vectors[positions].T, atol=1e-6
    )


def test_ivf_shards_find_what_one_ivf_index_finds(vectors, queries, tmp_path):
    """All shards share the cells, so that the union of their answers is the answer of one index."""
    shards = sharded(tmp_path, vectors, probes=16)
    one = faiss.read_index(str(tmp_path / "cells.faiss"))
    one.add(vectors)
    one.nprobe = 16
    found = shards.search(queries, 10)[0]
    assert np.allclose(found, one.search(queries, 10)[0], atol=1e-6)
    tenth = np.sort(queries @ vectors.T, axis=1)[:, -10:-9]
    assert (found >= tenth - 1e-6).mean() > 0.9  # recall of the exact ten nearest


def test_an_ivf_index_gives_k_items_although_its_cells_hold_fewer(vectors, queries, tmp_path):
    shards = sharded(tmp_path, vectors[:2_000], probes=1)
    similarities, positions = shards.search(queries[:3], 500)
    assert (positions >= 0).all()
    assert [len(set(row)) for row in positions] == [500] * 3
    assert (np.diff(similarities.round(6), axis=1) <= 0).all()  # what differs by rounding is a tie


def test_ranking_over_shards_is_the_ranking_over_one_index(flat, profiler, monkeypatch):
    monkeypatch.setattr("blue.retrieval.retriever._SAMPLE", len(flat))  # baselines of the same items, then
    one = profiler.retriever
    many = Retriever(one.catalog, one.encoder, flat)
    for scoring in ("single", "facets"):
        expected = [entry.item.item_id for entry in one.rank(PROFILE, scoring=scoring).items]
        assert [entry.item.item_id for entry in many.rank(PROFILE, scoring=scoring).items] == expected


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """120 films in three shards, by the command."""
    folder = tmp_path_factory.mktemp("built")
    films = pl.read_parquet(SHIPPED_CATALOG).filter(pl.col("kind") == "movie").head(120)
    films.write_parquet(folder / "items.parquet")
    main(["--items", str(folder / "items.parquet"), "--out", str(folder / "out"), "--items-a-shard", "50",
          "--name", "Some films", "--licence", "GroupLens"])  # fmt: skip
    return folder / "out"


def test_the_command_builds_shards_that_a_retriever_reads(built):
    assert sorted(path.name for path in built.iterdir() if path.is_dir()) == [
        ".build", "shard-00000", "shard-00001", "shard-00002",
    ]  # fmt: skip
    retriever = load_retriever(catalog_path=built)
    assert isinstance(retriever.index, ShardedIndex)
    assert (len(retriever.catalog), retriever.catalog.about) == (120, "Some films (GroupLens)")
    ranked = retriever.rank(Profile((Sentence("Animated films about toys."),)), top=5).items
    assert "Toy Story" in [entry.item.title for entry in ranked]


def test_the_command_line_of_the_app_ranks_over_shards(built):
    asked = ["rank", "-", "--profile", "Animated films about toys.", "--catalog", str(built), "--json"]
    found = subprocess.run(
        [sys.executable, "-m", "blue", *asked], input="Heat | 5", capture_output=True, text=True, check=True
    )
    assert "Toy Story" in found.stdout
    checked = subprocess.run(
        [sys.executable, "-m", "blue", "catalog", "check", str(built)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "is whole: 120 items, embedded with all-MiniLM-L6-v2" in checked.stdout


def test_another_index_over_the_same_items_embeds_nothing_again(built, tmp_path, capsys, monkeypatch):
    out = tmp_path / "copy"
    shutil.copytree(built, out)

    def embedded(*_):
        raise AssertionError("the embeddings were there")

    monkeypatch.setattr("training.scale.cluster.index_parts.embed_in_pieces", embedded)
    source = ["--items", str(built.parent / "items.parquet"), "--items-a-shard", "50"]
    main([*source, "--out", str(out), "--index", "ivf", "--cells", "4", "--probes", "4"])
    assert "4 of 4 cells are searched: 1.000 of the exact ten nearest" in capsys.readouterr().out
    retriever = load_retriever(catalog_path=out)
    profile = Profile((Sentence("Animated films about toys."),))
    expected = load_retriever(catalog_path=built).rank(profile, top=10).items
    assert retriever.rank(profile, top=10).items == expected


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        (lambda folder: (folder / "index.faiss").unlink(), "index.faiss is missing"),
        (lambda folder: flip(folder / "embeddings.npy"), "embeddings.npy is damaged or changed"),
        (lambda folder: cut(folder / "items.parquet"), "it was cut or changed"),
        (lambda folder: (folder.parent / "catalog.json").write_text("{"), "is not JSON"),
        (lambda folder: set_version(folder.parent / "catalog.json", 9), "schema version 9"),
    ],
)
def test_a_damaged_shard_is_refused_before_it_is_opened(built, tmp_path, harm, message):
    shutil.copytree(built, tmp_path / "copy")
    harm(shard_folder(tmp_path / "copy", 1))
    with pytest.raises(CatalogError, match=message):
        open_catalog_folder(tmp_path / "copy")


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def set_version(path: Path, version: int) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"schema_version": version}))


def test_shards_of_another_embedder_are_refused(built):
    loaded = load_encoder(MINILM)
    with pytest.raises(CatalogError, match="was embedded with all-MiniLM-L6-v2"):
        open_catalog_folder(built).index(loaded.encoder, "0" * 64)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"item_id": ["a", "a"], "title": ["A", "B"]}, "1 rows repeat an item_id"),
        ({"item_id": ["a", "b"]}, "lacks the column 'title'"),
        ({"item_id": ["a", "b"], "title": ["A", None]}, "title is empty"),
    ],
)
def test_items_that_cannot_be_a_catalogue_say_why(tmp_path, columns, message, capsys):
    pl.DataFrame(columns).write_parquet(tmp_path / "items.parquet")
    with pytest.raises(SystemExit):
        main(["--items", str(tmp_path), "--out", str(tmp_path / "out")])
    assert message in capsys.readouterr().err


def test_prepared_products_become_items_with_brand_and_kind(tmp_path):
    columns = {
        "item_id": ["a", "b", "c"],
        "title": ["Green tea", "Black tea", "Kettle"],
        "category": ["Food > Drinks > Tea", "Food > Drinks > Tea", None],
        "brand": ["Acme", None, None],
        "description": ["Fresh.", None, None],
    }
    pl.DataFrame(columns).write_parquet(tmp_path / "items.parquet")
    main(["--items", str(tmp_path), "--out", str(tmp_path / "out"), "--items-a-shard", "2"])
    green, black, kettle = open_catalog_folder(tmp_path / "out").catalog.items
    assert (green.kind, green.makers, green.description) == ("product", ("Acme",), "Fresh.")
    assert black.genres == green.genres
    assert green.genres
    assert (kettle.genres, kettle.makers) == ((), ())
