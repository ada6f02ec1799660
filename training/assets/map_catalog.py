"""The map of the shipped catalogue: UMAP of its embeddings, with the themes that tell its regions apart.

    pip install -r training/requirements.txt
    python -m training.assets.map_catalog --table results/catalog-map.md

Reads assets/catalog.parquet with its embeddings and writes assets/catalog-map.safetensors; again after the
items' texts have changed (a test compares). The table says how many of a work's nearest neighbours among the
embeddings are its nearest on the map, for UMAP (McInnes et al. 2018) and for the two widest directions (PCA).
"""

from collections import Counter
from pathlib import Path

import numpy as np
from sklearn.cluster import KMeans
from sklearn.neighbors import NearestNeighbors

from blue.catalog import load_retriever
from blue.inspection import MapLabel, principal_plane, within_unit, write_shipped_map
from blue.items import Catalog
from training.runs import parser_of

NEIGHBOURS = 15  # UMAP's own default, and of the table
REGIONS = 24  # as many labels as a panel of 560 pixels shows without one upon another
SAMPLE = 3000  # works of the table
SEED = 0


def umap_points(embeddings: np.ndarray) -> np.ndarray:
    """(I, D) unit rows -> (I, 2), each axis within [-1, 1]; the same for the same rows on one machine."""
    import umap  # compiles itself for seconds, which who only tests the other functions need not wait for

    reducer = umap.UMAP(n_neighbors=NEIGHBOURS, min_dist=0.1, metric="cosine", random_state=SEED)
    points = drawn_in(reducer.fit_transform(embeddings))
    return within_unit(points).astype(np.float16).astype(np.float32)  # as shipped


def drawn_in(points: np.ndarray) -> np.ndarray:
    """(I, 2) -> (I, 2): what lies beyond 99 % of the works on an axis moves up to them, in the same order.

    Small islands (the books of one series) come to lie anywhere: how far means nothing, and takes the room.
    """
    middle = np.median(points, axis=0)
    across = (points - middle) / np.quantile(np.abs(points - middle), 0.99, axis=0)
    beyond = np.maximum(np.abs(across) - 1, 0)
    return np.sign(across) * (np.minimum(np.abs(across), 1) + 0.2 * (1 - np.exp(-beyond)))


def region_labels(catalog: Catalog, points: np.ndarray) -> tuple[MapLabel, ...]:
    """The map's regions (k-means of the points), each with the theme that tells it apart, amid its works.

    That is the theme t of region r with the largest n(t, r) log(p(t | r) / p(t)), its share of the
    Kullback-Leibler divergence between the region's themes and all; no theme names two regions.
    """
    regions = KMeans(REGIONS, n_init=4, random_state=SEED).fit(points)
    everywhere = Counter(theme for item in catalog.items for theme in item.themes)
    total, labels, named = everywhere.total(), [], set()
    for region in np.argsort(-np.bincount(regions.labels_)):  # the largest choose first
        rows = np.flatnonzero(regions.labels_ == region)
        here = Counter(theme for row in rows for theme in catalog.items[row].themes)
        size = here.total()
        telling = {
            theme: count * np.log(count / size / (everywhere[theme] / total))
            for theme, count in here.items()
            if theme not in named
        }
        best = max(telling, key=telling.get)
        named.add(best)
        x, y = np.median([points[row] for row in rows if best in catalog.items[row].themes], axis=0)
        labels.append(MapLabel(best, float(x), float(y)))
    return tuple(labels)


def kept_neighbours(embeddings: np.ndarray, points: np.ndarray, rows: np.ndarray) -> float:
    """The mean share of the rows' nearest neighbours that are among their nearest on the map, in [0, 1]."""
    near = _nearest(embeddings, rows, "cosine")
    shown = _nearest(points, rows, "euclidean")
    return float(np.mean([len(np.intersect1d(a, b)) / NEIGHBOURS for a, b in zip(near, shown, strict=True)]))


def _nearest(vectors: np.ndarray, rows: np.ndarray, metric: str) -> np.ndarray:
    """(N, NEIGHBOURS) rows, without each row itself."""
    search = NearestNeighbors(n_neighbors=NEIGHBOURS + 1, metric=metric).fit(vectors)
    found = search.kneighbors(vectors[rows], return_distance=False)
    return np.array(
        [[n for n in ones if n != row][:NEIGHBOURS] for row, ones in zip(rows, found, strict=True)]
    )


def table(embeddings: np.ndarray, points: np.ndarray) -> str:
    """UMAP beside PCA, on the same sample of works."""
    rows = np.random.default_rng(SEED).choice(len(embeddings), min(SAMPLE, len(embeddings)), replace=False)
    by_pca = kept_neighbours(embeddings, principal_plane(embeddings), rows)
    by_umap = kept_neighbours(embeddings, points, rows)
    return (
        f"Share of the {NEIGHBOURS} nearest works (cosine of the embeddings) that are among the {NEIGHBOURS} "
        f"nearest on the map; {len(rows):,} of {len(embeddings):,} works, seed {SEED}.\n\n"
        f"| map | kept neighbours |\n|---|---|\n| PCA | {by_pca:.1%} |\n| UMAP | {by_umap:.1%} |\n"
    )


def main() -> None:
    """Lay out, label, write, print the table."""
    parser = parser_of(__doc__)
    parser.add_argument("--table", type=Path, help="where the table goes")
    options = parser.parse_args()
    retriever = load_retriever()
    embeddings = retriever.index.embeddings()
    points = umap_points(embeddings)
    labels = region_labels(retriever.catalog, points)
    path = write_shipped_map(retriever.catalog, points, labels)
    print(f"{path} ({path.stat().st_size / 1e6:.1f} MB): {', '.join(label.text for label in labels)}")
    written = table(embeddings, points)
    print(written)
    if options.table:
        options.table.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
