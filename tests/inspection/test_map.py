"""The catalogue in two dimensions."""

import numpy as np
import pytest

from blue.datatypes import Profile, Sentence
from blue.inspection.catalogmap import catalog_map, place, project
from blue.retrieval import HistoryVectors
from tests.inspection.compass import compass


def test_the_axes_are_those_of_the_widest_spread():
    spread = np.array(
        [[3.0, 1.0, 0.0], [-3.0, 1.0, 0.0], [0.0, 1.0, 1.0], [0.0, 1.0, -1.0]], dtype=np.float32
    )
    chart = catalog_map(spread)
    assert np.abs(chart.axes) == pytest.approx(np.array([[1, 0, 0], [0, 0, 1]]), abs=1e-6)
    assert chart.explained == pytest.approx((0.9, 0.1))  # variances 18 and 2 of 20
    assert chart.points == pytest.approx(np.array([[1, 0], [-1, 0], [0, 1], [0, -1]]), abs=1e-6)
    assert project(chart, spread) == pytest.approx(chart.points)
    assert catalog_map(spread).axes == pytest.approx(chart.axes)


def test_everything_besides_the_catalogue_has_its_place():
    retriever = compass()
    chart = catalog_map(retriever.index.embeddings())
    profile = Profile(
        (Sentence("0 degrees."), Sentence("5 degrees.", enabled=False), Sentence("90 degrees."))
    )
    ranking = retriever.rank(profile, (), top=2)
    points = place(
        chart, retriever, HistoryVectors(retriever), profile, (), ranking, retriever.catalog.items[4]
    )
    assert [(one.role, one.label, one.sentence) for one in points] == [
        ("retrieved", "Way 0", 0),
        ("retrieved", "Way 90", 2),
        ("held out", "Way 180", None),
        ("sentence", "0 degrees.", 0),
        ("sentence", "90 degrees.", 2),
        ("profile", "0 degrees.\n90 degrees.", None),
    ]
    assert (points[0].x, points[0].y) == pytest.approx((points[3].x, points[3].y), abs=1e-6)
