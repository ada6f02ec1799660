"""An embedder that ends with one linear map for queries and one for items, on the real base."""

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import Dense, Normalize, Router

from blue.models import MINILM, resolve
from blue.retrieval import SentenceEncoder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """MiniLM with maps that are not the identity, as sentence-transformers saves them."""
    torch.manual_seed(0)
    base = SentenceTransformer(str(resolve(MINILM).path), device="cpu", local_files_only=True)
    routes = {name: [_map()] for name in ("query", "document")}
    router = Router(routes, default_route="document")
    place = tmp_path_factory.mktemp("maps") / "encoder"
    SentenceTransformer(modules=[*base, router, Normalize()], device="cpu").save_pretrained(str(place))
    return place


def _map() -> Dense:
    weight = torch.eye(384) + 0.02 * torch.randn(384, 384)
    return Dense(384, 384, bias=False, activation_function=torch.nn.Identity(), init_weight=weight)


def test_plain_sentence_transformers_and_the_app_give_the_same_rows(folder):
    texts = ["Slow science fiction about isolation.", "Heist films with a code."]
    plain = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    ours = SentenceEncoder(folder)
    assert ours.encode_queries(texts) == pytest.approx(plain.encode_query(texts), abs=1e-5)
    assert ours.encode_items(texts) == pytest.approx(plain.encode_document(texts), abs=1e-2)  # bfloat16
    assert np.abs(ours.encode_queries(texts) - ours.encode_items(texts)).max() > 0.01  # two routes


def test_items_are_embedded_once_whatever_maps_come_after(folder):
    frozen, ours = SentenceEncoder(resolve(MINILM).path), SentenceEncoder(folder)
    texts = ["Romantic comedy movie: Notting Hill (1999)."]
    rows = frozen.encode_items(texts)
    assert ours.encode_base(texts) == pytest.approx(rows, abs=1e-6)
    assert ours.project(rows) == pytest.approx(ours.encode_items(texts), abs=1e-5)
    assert frozen.name != ours.name
    assert frozen.project(rows) is rows
