"""The catalogue in two dimensions, and where a profile or a history lies on it.

The shipped catalogue has its map from UMAP (`training.assets.map_catalog` makes it: near works stay near).
Any other is seen along the two directions in which its embeddings spread most (PCA), which needs nothing
made beforehand. Either way a text lies among the works that are nearest to it.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from blue.datatypes import Interaction, Item, Profile, Ranking
from blue.inspection.reports import CatalogMap, MapLabel, MapPoint
from blue.items import Catalog
from blue.retrieval import HistoryVectors, Retriever, enabled_sentences
from blue.shipped import ASSETS

SHIPPED_MAP = ASSETS / "catalog-map.safetensors"
NEIGHBOURS = 15  # works that say where a text lies
NEARBY = 0.15  # of the map's half width: works this near to each other are one place
_log = logging.getLogger(__name__)


def catalog_map(catalog: Catalog, embeddings: np.ndarray) -> CatalogMap:
    """(I, D) unit rows of the catalogue's items -> the map; the shipped one where it is of these items."""
    return shipped_map(catalog) or CatalogMap(principal_plane(embeddings))


def shipped_map(catalog: Catalog, path: Path = SHIPPED_MAP) -> CatalogMap | None:
    """What `write_shipped_map` wrote; None where it is of another catalogue."""
    try:
        with safe_open(path, framework="numpy") as file:
            made_of = file.metadata()
            if made_of["text_digest"] != catalog.text_digest:
                return None
            points = file.get_tensor("points").astype(np.float32)
    except (SafetensorError, OSError) as error:
        _log.warning("The shipped map cannot be used, so the catalogue is drawn by PCA: %s", error)
        return None
    return CatalogMap(points, tuple(MapLabel(**label) for label in json.loads(made_of["labels"])))


def write_shipped_map(
    catalog: Catalog, points: np.ndarray, labels: Sequence[MapLabel], path: Path = SHIPPED_MAP
) -> Path:
    """(I, 2) points in the catalogue's order, within [-1, 1]; stored in half precision."""
    made_of = {"text_digest": catalog.text_digest, "labels": json.dumps([asdict(label) for label in labels])}
    save_file({"points": points.astype(np.float16)}, path, made_of)
    return path


def principal_plane(embeddings: np.ndarray) -> np.ndarray:
    """(I, D) -> (I, 2) along the widest spread, each axis within [-1, 1], its largest weight positive."""
    _, directions = np.linalg.eigh(np.cov(embeddings, rowvar=False))  # ascending
    axes = directions[:, :-3:-1].T.astype(np.float32)  # (2, D), the widest spread first
    axes *= np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])[:, None]
    return within_unit((embeddings - embeddings.mean(axis=0)) @ axes.T)


def within_unit(points: np.ndarray) -> np.ndarray:
    """(I, 2) -> (I, 2) float32 with each axis moved and scaled into [-1, 1]."""
    low, high = points.min(axis=0), points.max(axis=0)
    return ((2 * points - low - high) / np.where(high > low, high - low, 1)).astype(np.float32)


def project(chart: CatalogMap, retriever: Retriever, vectors: np.ndarray) -> np.ndarray:
    """Where vectors lie on the map: (N, D) unit rows -> (N, 2), each among the works nearest to it."""
    cosines, found = retriever.index.search(vectors, NEIGHBOURS)
    places = [_amid(chart.points[rows], near) for rows, near in zip(found, cosines, strict=True)]
    return np.array(places, dtype=np.float32).reshape(-1, 2)


def _amid(points: np.ndarray, cosines: np.ndarray) -> np.ndarray:
    """The mean of the neighbours (K, 2) at the place where most of them lie, by how much each is nearer than
    the last: the mean of all may lie where nothing does, between the films and the books of one theme."""
    weights = np.maximum(cosines - cosines.min(), 1e-6)
    together = np.linalg.norm(points[:, None] - points[None], axis=-1) <= NEARBY  # (K, K)
    place = together[(together @ weights).argmax()]
    return np.average(points[place], axis=0, weights=weights[place])


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
        MapPoint("history", line.title, *map(float, xy))
        for line, xy in zip(history, _of_history(chart, retriever, vectors, history), strict=True)
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
    *sentences, whole = project(chart, retriever, retriever.encoder.encode_queries(texts))
    points += [
        MapPoint("sentence", sentence.text, *map(float, xy), number)
        for (number, sentence), xy in zip(enabled, sentences, strict=True)
    ]
    return (*points, MapPoint("profile", text, *map(float, whole)))


def _of_history(
    chart: CatalogMap, retriever: Retriever, vectors: HistoryVectors, history: Sequence[Interaction]
) -> np.ndarray:
    """(N, 2): a work of the catalogue lies where it is, any other title among what is like it."""
    position_of = retriever.catalog.position_of
    unknown = [n for n, line in enumerate(history) if line.item_id not in position_of]
    places = np.empty((len(history), 2), dtype=np.float32)
    places[unknown] = project(chart, retriever, vectors([history[n] for n in unknown]))
    for n, line in enumerate(history):
        if line.item_id in position_of:
            places[n] = chart.points[position_of[line.item_id]]
    return places


def _xy(chart: CatalogMap, position: int) -> tuple[float, float]:
    x, y = chart.points[position]
    return float(x), float(y)
