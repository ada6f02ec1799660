"""The catalogue in two dimensions: the two directions in which the embeddings spread most (PCA).

A projection of 384 dimensions to two keeps a small share of them: near on the map is often near, but not
always, and `CatalogMap.explained` says how much of the spread is shown. Unlike a neighbour embedding such as
UMAP it places a profile or a sentence by the same formula as the items.
"""

from collections.abc import Sequence

import numpy as np

from blue.datatypes import Interaction, Item, Profile, Ranking
from blue.inspection.reports import CatalogMap, MapPoint
from blue.retrieval import HistoryVectors, Retriever, enabled_sentences


def catalog_map(embeddings: np.ndarray) -> CatalogMap:
    """(I, D) unit rows -> the map; deterministic, the sign of an axis is that of its largest weight."""
    mean = embeddings.mean(axis=0)
    covariance = np.cov(embeddings, rowvar=False)
    variances, directions = np.linalg.eigh(covariance)  # ascending
    axes = directions[:, :-3:-1].T.astype(np.float32)  # (2, D), the widest spread first
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]
    points = (embeddings - mean) @ axes.T
    scale = np.abs(points).max(axis=0)
    shares = variances[:-3:-1] / variances.sum()
    return CatalogMap(points / scale, mean, axes, scale, (float(shares[0]), float(shares[1])))


def project(chart: CatalogMap, vectors: np.ndarray) -> np.ndarray:
    """Where vectors lie on the map: (N, D) -> (N, 2); a text may lie a little outside of [-1, 1]."""
    return (vectors - chart.mean) @ chart.axes.T / chart.scale


def place(
    chart: CatalogMap,
    retriever: Retriever,
    vectors: HistoryVectors,
    profile: Profile,
    history: Sequence[Interaction],
    ranking: Ranking | None,
    held_out: Item | None,
) -> tuple[MapPoint, ...]:
    """Everything besides the catalogue, in the order history, retrieved, held out, sentences, profile."""
    position_of = retriever.catalog.position_of
    found = ranking.items if ranking else ()
    points = [
        MapPoint("history", one.title, *map(float, xy))
        for one, xy in zip(history, project(chart, vectors(history)), strict=True)
    ]
    points += [
        MapPoint("retrieved", entry.item.title, *_xy(chart, position_of[entry.item.item_id]), entry.sentence)
        for entry in found
    ]
    if held_out:
        points.append(MapPoint("held out", held_out.title, *_xy(chart, position_of[held_out.item_id])))
    enabled = enabled_sentences(profile)
    text = "\n".join(sentence.text for _, sentence in enabled)
    texts = [*(sentence.text for _, sentence in enabled), text]
    *sentences, whole = project(chart, retriever.encoder.encode_queries(texts))
    points += [
        MapPoint("sentence", sentence.text, *map(float, xy), number)
        for (number, sentence), xy in zip(enabled, sentences, strict=True)
    ]
    return (*points, MapPoint("profile", text, *map(float, whole)))


def _xy(chart: CatalogMap, position: int) -> tuple[float, float]:
    x, y = chart.points[position]
    return float(x), float(y)
