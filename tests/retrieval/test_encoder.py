"""The embedder on its real weights."""

import json
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from blue.errors import WeightsError
from blue.models import presets, weights
from blue.retrieval import openvino_encoder
from blue.retrieval.encoder import SentenceEncoder

SPACE = "slow science fiction about isolation in space"
TEXTS = [
    SPACE,
    "Romantic comedy movie: Notting Hill (1999).",
    "Science fiction, thriller movie: Alien (1979).",
]


@pytest.fixture(scope="module")
def folder():
    return weights.resolve(presets.MINILM).path


@pytest.fixture(scope="module", params=[False, True], ids=["sentence-transformers", "openvino"])
def encoder(folder, request) -> SentenceEncoder:
    return SentenceEncoder(folder, name="all-MiniLM-L6-v2", on_openvino=request.param)


def test_rows_are_unit_float32(encoder):
    assert encoder.dimension == 384
    for rows in (encoder.encode_queries(TEXTS), encoder.encode_items(TEXTS)):
        assert rows.shape == (3, 384)
        assert rows.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_meaning_is_near(encoder):
    query = encoder.encode_queries([SPACE])
    romance, alien = (query @ encoder.encode_items(TEXTS[1:]).T)[0]
    assert alien > romance + 0.1


def test_items_in_mixed_precision_stay_next_to_queries_in_full(encoder):
    same = np.sum(encoder.encode_queries(TEXTS) * encoder.encode_items(TEXTS), axis=1)
    np.testing.assert_allclose(same, 1, atol=0.001)


def test_no_texts_give_no_rows(encoder):
    assert encoder.encode_queries([]).shape == (0, 384)
    assert encoder.encode_items([]).shape == (0, 384)


def test_odd_texts_have_finite_embeddings(encoder):
    rows = encoder.encode_items(["", " ", "\ud83c", "🎬", "word " * 5_000])
    assert np.isfinite(rows).all()
    assert np.isfinite(encoder.encode_queries(["", "\ud83c"])).all()


def test_the_order_of_the_texts_is_kept_whatever_their_length(encoder):
    texts = ["war " * n for n in (40, 1, 90, 3)] * 30  # more than one batch
    rows = encoder.encode_items(texts)
    np.testing.assert_allclose(rows[:4], encoder.encode_items(texts[:4]), atol=0.02)
    np.testing.assert_allclose(rows[0], rows[116], atol=0.02)


def test_an_unchanged_sentence_is_not_encoded_again(folder, monkeypatch):
    encoder = SentenceEncoder(folder)
    first = encoder.encode_queries(["one", "two"])
    asked = []
    original = encoder._model.encode_query
    monkeypatch.setattr(
        encoder._model,
        "encode_query",
        lambda texts, **options: asked.append(texts) or original(texts, **options),
    )
    second = encoder.encode_queries(["two", "three", "two"])
    assert asked == [["three"]]
    np.testing.assert_array_equal(second[[0, 2]], first[[1, 1]])


def test_what_was_asked_is_not_kept_as_text(encoder):
    encoder.encode_queries(["a secret taste"])
    assert not any(b"secret" in key for key in encoder._remembered._rows)


def test_changing_a_result_does_not_change_the_next(encoder):
    first = encoder.encode_queries(["a taste"])
    kept = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(encoder.encode_queries(["a taste"]), kept)


def test_threads_get_what_one_thread_gets(encoder):
    texts = [f"taste number {n}" for n in range(24)]
    alone = encoder.encode_items(texts)
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda text: encoder.encode_items([text])[0], texts))
    np.testing.assert_allclose(np.sum(alone * np.stack(together), axis=1), 1, atol=0.001)


def test_a_prompt_changes_queries_alone_and_the_name(encoder, folder):
    prompted = SentenceEncoder(folder, name="all-MiniLM-L6-v2", query_prompt="Represent this taste: ")
    assert not np.allclose(prompted.encode_queries(TEXTS), encoder.encode_queries(TEXTS), atol=0.01)
    same = np.sum(prompted.encode_items(TEXTS) * encoder.encode_items(TEXTS), axis=1)
    np.testing.assert_allclose(same, 1, atol=0.001)  # cosines: one of the engines may compute in bfloat16
    assert prompted.name != encoder.name
    assert prompted.name.startswith("all-MiniLM-L6-v2@")


def test_the_name_is_the_same_on_every_start(encoder, folder):
    assert SentenceEncoder(folder, name="all-MiniLM-L6-v2").name == encoder.name


def test_openvino_gives_the_rows_of_sentence_transformers(folder):
    texts = [*TEXTS, "", "é 🎬", "word " * 5_000, *(f"taste {'very ' * n}dark" for n in range(20))]
    plain, converted = SentenceEncoder(folder), SentenceEncoder(folder, on_openvino=True)
    queries = np.sum(plain.encode_queries(texts) * converted.encode_queries(texts), axis=1)
    np.testing.assert_allclose(queries, 1, atol=1e-5)
    items = np.sum(plain.encode_items(texts) * converted.encode_items(texts), axis=1)
    np.testing.assert_allclose(items, 1, atol=1e-3)
    assert converted.name == plain.name  # what one of them embedded serves the other


def test_a_converted_embedder_starts_without_pytorch(folder):
    SentenceEncoder(folder, on_openvino=True)
    script = (
        "import sys; from pathlib import Path; from blue.retrieval.encoder import SentenceEncoder\n"
        "encoder = SentenceEncoder(Path(sys.argv[1]), on_openvino=True)\n"
        "print(encoder.encode_queries(['dread']).shape, 'torch' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(folder)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split("\n")[0] == "(1, 384) False"


def test_a_damaged_conversion_is_made_again(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("BLUE_CACHE", str(tmp_path))
    target = tmp_path / "model.xml"
    assert openvino_encoder._convert(folder, target)
    assert openvino_encoder._is_whole(target)
    with target.with_suffix(".bin").open("r+b") as weights_file:
        weights_file.truncate(1_000_000)
    assert not openvino_encoder._is_whole(target)


def test_only_models_that_were_checked_go_to_openvino(folder, tmp_path):
    assert openvino_encoder.is_supported(folder)
    copied = tmp_path / "copy"
    shutil.copytree(folder, copied, ignore=shutil.ignore_patterns("*.safetensors"))
    config = json.loads((copied / "config.json").read_text())
    (copied / "config.json").write_text(json.dumps(config | {"model_type": "qwen3"}))
    assert not openvino_encoder.is_supported(copied)


def test_a_folder_that_is_no_embedder_is_refused(tmp_path):
    with pytest.raises(WeightsError, match="is not an embedder"):
        SentenceEncoder(tmp_path)
