"""Embeddings of items, made once for every run on this machine."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from blue.datatypes import TextEncoder
from blue.retrieval import SentenceEncoder


def item_vectors(texts: Sequence[str], encoder: TextEncoder, folder: Path) -> np.ndarray:
    """n texts -> (n, D) unit rows, from `folder` where this embedder has read exactly these texts before.

    Of an embedder with a projection the rows of its base are kept: other maps need no new reading.
    """
    if isinstance(encoder, SentenceEncoder):
        return encoder.project(_kept(texts, encoder.base, encoder.encode_base, folder))
    return _kept(texts, encoder.name, encoder.encode_items, folder)


def _kept(texts: Sequence[str], name: str, encode, folder: Path) -> np.ndarray:
    content = hashlib.sha256("\n".join([name, *texts]).encode(errors="replace"))
    path = folder / f"items-{content.hexdigest()[:24]}.npy"
    if path.is_file():
        return np.load(path)
    vectors = encode(texts)
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npy")
    np.save(part, vectors)
    part.replace(path)
    return vectors
