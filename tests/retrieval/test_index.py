"""Exact search checked by hand in two dimensions, and a cache that survives what happens to files."""

import json
import logging
import multiprocessing
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from blue.datatypes import Item
from blue.errors import CatalogError
from blue.items import Catalog
from blue.retrieval.index import ItemIndex, load_or_build_index

EMBEDDINGS = np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8], [-1.0, 0.0]], dtype=np.float32)
MADE_FROM = {"catalog_digest": "abc", "encoder_name": "toy"}
CATALOG = Catalog(tuple(Item(str(n), "x" * (n + 1), "movie") for n in range(3)))


class LengthEncoder:
    """Two numbers from the length of a text: enough to see which text went where."""

    name = "lengths"
    dimension = 2

    def __init__(self, log: Path | None = None) -> None:
        self.log = log
        self.calls = 0

    def encode_items(self, texts):
        self.calls += 1
        if self.log is not None:
            with self.log.open("a") as file:
                file.write("built\n")
        angles = np.array([len(text) / 10 for text in texts])
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    encode_queries = encode_items


@pytest.fixture
def index() -> ItemIndex:
    return ItemIndex(EMBEDDINGS, **MADE_FROM)


def test_the_best_items_come_first(index):
    similarities, positions = index.search(np.array([[1.0, 0.0], [0.0, 1.0]]), 3)
    np.testing.assert_array_equal(positions, [[0, 2, 1], [1, 2, 0]])
    np.testing.assert_allclose(similarities, [[1.0, 0.6, 0.0], [1.0, 0.8, 0.0]], atol=1e-6)


def test_only_allowed_items_are_found(index):
    similarities, positions = index.search(np.array([[1.0, 0.0]]), 2, np.array([False, True, True, True]))
    np.testing.assert_array_equal(positions, [[2, 1]])
    np.testing.assert_allclose(similarities, [[0.6, 0.0]], atol=1e-6)


def test_fewer_allowed_than_asked_gives_fewer_columns(index):
    _, positions = index.search(np.array([[1.0, 0.0]]), 5, np.array([False, True, False, True]))
    np.testing.assert_array_equal(positions, [[1, 3]])
    similarities, positions = index.search(np.array([[1.0, 0.0]]), 5, np.zeros(4, dtype=bool))
    assert similarities.shape == positions.shape == (1, 0)


def test_more_asked_than_there_are_gives_all(index):
    assert index.search(np.array([[1.0, 0.0]]), 99)[1].tolist() == [[0, 2, 1, 3]]


def test_no_queries_give_no_rows(index):
    assert index.search(np.empty((0, 2)), 3)[1].shape == (0, 3)


def test_given_items_are_scored_in_their_order(index):
    scores = index.similarities(np.array([[0.6, 0.8]]), np.array([3, 2]))
    np.testing.assert_allclose(scores, [[-0.6, 1.0]], atol=1e-6)
    np.testing.assert_array_equal(index.embeddings(np.array([1])), EMBEDDINGS[[1]])
    np.testing.assert_array_equal(index.embeddings(), EMBEDDINGS)


def test_what_is_saved_is_loaded(index, tmp_path):
    index.save(tmp_path)
    loaded = ItemIndex.load(tmp_path, **MADE_FROM)
    np.testing.assert_array_equal(loaded.embeddings(), EMBEDDINGS)
    assert {path.name for path in tmp_path.iterdir()} == {"embeddings.npy", "manifest.json"}


def test_an_index_of_something_else_is_refused(index, tmp_path):
    index.save(tmp_path)
    with pytest.raises(CatalogError, match="another catalogue"):
        ItemIndex.load(tmp_path, catalog_digest="other", encoder_name="toy")
    with pytest.raises(CatalogError, match="made with toy, not other"):
        ItemIndex.load(tmp_path, catalog_digest="abc", encoder_name="other")
    with pytest.raises(CatalogError, match="no index"):
        ItemIndex.load(tmp_path / "absent", **MADE_FROM)


def _truncate(folder: Path) -> None:
    path = folder / "embeddings.npy"
    path.write_bytes(path.read_bytes()[:-3])


def _flip_a_bit(folder: Path) -> None:
    content = bytearray((folder / "embeddings.npy").read_bytes())
    content[-1] ^= 1
    (folder / "embeddings.npy").write_bytes(content)


def _other_dimension(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "dimension": 7}))


DAMAGES = {
    "cut short": (_truncate, "missing or damaged"),
    "one bit": (_flip_a_bit, "missing or damaged"),
    "no embeddings": (lambda folder: (folder / "embeddings.npy").unlink(), "missing or damaged"),
    "no JSON": (lambda folder: (folder / "manifest.json").write_text("{"), "is damaged"),
    "other fields": (lambda folder: (folder / "manifest.json").write_text('{"a": 1}'), "is damaged"),
    "other dimension": (_other_dimension, r"\(4, 2\) numbers.*\(4, 7\)"),
}


@pytest.mark.parametrize(("damage", "reason"), DAMAGES.values(), ids=DAMAGES)
def test_damage_is_named(index, tmp_path, damage, reason):
    index.save(tmp_path)
    damage(tmp_path)
    with pytest.raises(CatalogError, match=reason):
        ItemIndex.load(tmp_path, **MADE_FROM)


def test_it_is_built_once_and_in_the_order_of_the_catalogue(tmp_path):
    encoder = LengthEncoder()
    reports = []
    built = load_or_build_index(
        CATALOG, encoder, tmp_path, lambda message, done: reports.append((message, done))
    )
    again = load_or_build_index(CATALOG, encoder, tmp_path)
    assert encoder.calls == 1
    assert reports == [("Reading the catalogue: 3 of 3 items", 1.0)]
    lengths = [len("Film: x.") + n for n in range(3)]
    np.testing.assert_allclose(np.arctan2(*built.embeddings().T[::-1]) * 10, lengths, atol=1e-4)
    np.testing.assert_array_equal(again.embeddings(), built.embeddings())


def test_another_catalogue_or_embedder_has_an_index_of_its_own(tmp_path):
    encoder = LengthEncoder()
    load_or_build_index(CATALOG, encoder, tmp_path)
    smaller = load_or_build_index(Catalog(CATALOG.items[:2]), encoder, tmp_path)
    encoder.name = "lengths, retrained"
    load_or_build_index(CATALOG, encoder, tmp_path)
    assert (encoder.calls, len(smaller)) == (3, 2)


def test_a_damaged_cache_is_rebuilt_and_says_so(tmp_path, caplog):
    encoder = LengthEncoder()
    load_or_build_index(CATALOG, encoder, tmp_path)
    (folder,) = (path for path in (tmp_path / "indexes").iterdir() if path.is_dir())
    _truncate(folder)
    reports = []
    load_or_build_index(CATALOG, encoder, tmp_path, lambda message, done: reports.append(message))
    assert encoder.calls == 2
    assert "damaged" in caplog.text
    assert reports[0] == "The kept index cannot be used; building it again"
    load_or_build_index(CATALOG, encoder, tmp_path)
    assert encoder.calls == 2


def test_a_folder_that_cannot_be_written_costs_a_warning(tmp_path, caplog):
    blocked = tmp_path / "a file, not a folder"
    blocked.write_text("")
    with caplog.at_level(logging.WARNING):
        index = load_or_build_index(CATALOG, LengthEncoder(), blocked)
    assert len(index) == 3
    assert "cannot be kept" in caplog.text


def test_a_full_disk_costs_a_warning(tmp_path, caplog, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("numpy.save", full)
    index = load_or_build_index(CATALOG, LengthEncoder(), tmp_path)
    assert len(index) == 3
    assert "No space left" in caplog.text
    assert not list(tmp_path.rglob("*.npy"))  # no half-written file stays behind


def test_an_error_of_the_encoder_is_not_mistaken_for_a_bad_folder(tmp_path):
    encoder = LengthEncoder(log=tmp_path / "no" / "such" / "folder")
    with pytest.raises(FileNotFoundError):
        load_or_build_index(CATALOG, encoder, tmp_path / "cache")


def _start(cache: Path, log: Path) -> None:
    assert len(load_or_build_index(CATALOG, LengthEncoder(log), cache)) == 3


def test_processes_that_start_together_build_once(tmp_path):
    log = tmp_path / "log"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_start, args=(tmp_path / "cache", log)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert log.read_text() == "built\n"


def test_embeddings_of_a_wrong_shape_are_a_bug():
    with pytest.raises(ValueError, match=r"shape \(I, D\)"):
        ItemIndex(np.empty((0, 2)), **MADE_FROM)


def test_the_heavy_libraries_are_imported_only_when_used():
    program = (
        "import sys, blue.retrieval.encoder, blue.retrieval.index\n"
        "print({'torch', 'faiss', 'transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
