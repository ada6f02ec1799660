"""Cosine similarity of embeddings."""

import numpy as np


def normalise(embeddings: np.ndarray) -> np.ndarray:
    """Scale rows to length 1: (..., D) -> (..., D) float32. A zero row stays zero: it has no direction."""
    embeddings = np.asarray(embeddings, dtype=np.float32)
    lengths = np.linalg.norm(embeddings, axis=-1, keepdims=True)
    return np.divide(embeddings, lengths, out=np.zeros_like(embeddings), where=lengths > 0)


def cosine_similarity(queries: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Every query against every item: (Q, D), (I, D) unit rows -> (Q, I), in [-1, 1]."""
    return queries @ items.T
