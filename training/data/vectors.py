"""Embeddings of items, made once for every run on this machine."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from blue.datatypes import TextEncoder


def item_vectors(texts: Sequence[str], encoder: TextEncoder, folder: Path) -> np.ndarray:
    """n texts -> (n, D) unit rows, from `folder` where this embedder has read exactly these texts before."""
    content = hashlib.sha256("\n".join([encoder.name, *texts]).encode(errors="replace"))
    path = folder / f"items-{content.hexdigest()[:24]}.npy"
    if path.is_file():
        return np.load(path)
    vectors = encoder.encode_items(texts)
    folder.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part.npy")
    np.save(part, vectors)
    part.replace(path)
    return vectors
