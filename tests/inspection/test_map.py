"""The catalogue in two dimensions."""

import numpy as np
import pytest

from blue.datatypes import Interaction, Profile, Sentence
from blue.inspection.catalogmap import (
    catalog_map,
    place,
    principal_plane,
    project,
    shipped_map,
    write_shipped_map,
)
from blue.inspection.reports import CatalogMap, MapLabel
from blue.items import Catalog, load_catalog
from blue.retrieval import HistoryVectors
from tests.inspection.compass import at, compass

LABELS = (MapLabel("east", 0.5, 0.25),)


def test_without_a_map_of_its_own_a_catalogue_lies_along_its_widest_spread():
    spread = np.array(
        [[3.0, 1.0, 0.0], [-3.0, 1.0, 0.0], [0.0, 1.0, 1.0], [0.0, 1.0, -1.0]], dtype=np.float32
    )
    points = principal_plane(spread)
    assert points == pytest.approx(np.array([[1, 0], [-1, 0], [0, 1], [0, -1]]), abs=1e-6)
    retriever = compass()
    chart = catalog_map(retriever.catalog, retriever.index.embeddings())
    assert chart.points == pytest.approx(principal_plane(retriever.index.embeddings()))
    assert chart.labels == ()


def test_a_map_is_read_for_the_catalogue_it_was_made_of_alone(tmp_path):
    catalog, path = compass().catalog, tmp_path / "map.safetensors"
    points = np.linspace(-1, 1, 2 * len(catalog)).reshape(-1, 2).astype(np.float32)
    write_shipped_map(catalog, points, LABELS, path)
    assert shipped_map(catalog, path).points == pytest.approx(points, abs=1e-3)
    assert shipped_map(catalog, path).labels == LABELS
    assert shipped_map(Catalog(catalog.items[:3]), path) is None
    assert shipped_map(catalog, tmp_path / "none") is None
    path.write_bytes(path.read_bytes()[:40])
    assert shipped_map(catalog, path) is None


def test_a_text_lies_amid_the_works_nearest_to_it_where_most_of_them_are():
    retriever = compass()  # works at 0, 30, 60, 90, 180 and 270 degrees
    points = np.array([[0.8, 0.8], [0.9, 0.8], [0.8, 0.9], [-1, -1], [-1, 1], [1, -1]], np.float32)
    (found,) = project(CatalogMap(points), retriever, at(31)[None])
    assert np.linalg.norm(found - [0.84, 0.83]) < 0.05  # among the three, not drawn to the far fourth
    assert project(CatalogMap(points), retriever, np.empty((0, 2), np.float32)).shape == (0, 2)


def test_the_shipped_catalogue_has_its_map_with_regions_named():
    catalog = load_catalog()
    chart = shipped_map(catalog)
    assert chart.points.shape == (len(catalog), 2)
    assert np.abs(chart.points).max() == pytest.approx(1)
    themes = {theme for item in catalog.items for theme in item.themes}
    assert len(chart.labels) >= 20
    assert {label.text for label in chart.labels} <= themes
    assert len({label.text for label in chart.labels}) == len(chart.labels)
    for label in chart.labels:  # around its place the theme is more common than elsewhere
        near = np.argsort(np.linalg.norm(chart.points - [label.x, label.y], axis=1))[:300]
        here = np.mean([label.text in catalog.items[row].themes for row in near])
        assert here > 3 * np.mean([label.text in item.themes for item in catalog.items]), label


def test_everything_besides_the_catalogue_has_its_place():
    retriever = compass()
    chart = catalog_map(retriever.catalog, retriever.index.embeddings())
    profile = Profile(
        (Sentence("0 degrees."), Sentence("5 degrees.", enabled=False), Sentence("90 degrees."))
    )
    history = (Interaction("Way 180", item_id="4"), Interaction("80 degrees."))
    ranking = retriever.rank(profile, history, top=2)
    points = place(
        chart, retriever, HistoryVectors(retriever), profile, history, ranking, retriever.catalog.items[5]
    )
    assert [(one.role, one.label, one.sentence) for one in points] == [
        ("history", "Way 180", None),
        ("history", "80 degrees.", None),
        ("retrieved", "Way 0", 0),
        ("retrieved", "Way 90", 2),
        ("held out", "Way 270", None),
        ("sentence", "0 degrees.", 0),
        ("sentence", "90 degrees.", 2),
        ("profile", "0 degrees.\n90 degrees.", None),
    ]
    assert (points[0].x, points[0].y) == pytest.approx(chart.points[4])  # a known work lies where it is
