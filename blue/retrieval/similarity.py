"""Cosine similarity of embeddings."""

import numpy as np

_AT_ONCE = 8


def normalise(embeddings: np.ndarray) -> np.ndarray:
    """Scale rows to length 1: (..., D) -> (..., D) float32. A zero row stays zero: it has no direction."""
    embeddings = np.asarray(embeddings, dtype=np.float32)
    lengths = np.linalg.norm(embeddings, axis=-1, keepdims=True)
    return np.divide(embeddings, lengths, out=np.zeros_like(embeddings), where=lengths > 0)


def cosine_similarity(queries: np.ndarray, items: np.ndarray) -> np.ndarray:
    """Every query against every item: (Q, D), (I, D) unit rows -> (Q, I), in [-1, 1].

    A query's row does not depend on the queries beside it: they are multiplied in eights, since a product of
    fewer takes other paths through the BLAS, which round differently in the last digit.
    """
    count = len(queries)
    filled = np.zeros((-(-count // _AT_ONCE) * _AT_ONCE, queries.shape[1]), dtype=queries.dtype)
    filled[:count] = queries
    return (filled @ items.T)[:count]


def best_first(scores: np.ndarray, positions: np.ndarray, top: int | None = None) -> np.ndarray:
    """The order of items from the best score down, equal ones by position: (I,), (I,) -> (I,) indices.

    Scores that differ by less than their rounding in float32 count as equal, so that items of one embedding
    stand in the order of the catalogue, whichever index found them. With `top`, the best so many alone.
    """
    rounded = scores.round(6)
    if top is None or top >= len(rounded):
        return np.lexsort((positions, -rounded))
    least = np.partition(rounded, len(rounded) - top)[len(rounded) - top]
    among = np.flatnonzero(rounded >= least)
    return among[np.lexsort((positions[among], -rounded[among]))][:top]
