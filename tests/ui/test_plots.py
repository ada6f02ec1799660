"""Figures hold the numbers of their inspections, wear the sentences' marks, and say what they show."""

import json

import numpy as np
import plotly.graph_objects as go

from blue.datatypes import Item
from blue.inspection.reports import CatalogMap, MapLabel, MapPoint
from blue.ui import html, plots
from tests.ui import reports

MAP = CatalogMap(
    np.array([[0.0, 0.1], [0.5, -0.5]], dtype=np.float32), (MapLabel("<i>deserts</i>", 0.5, -0.4),)
)


def read(figure: str) -> dict:
    """A figure as the browser gets it; one that plotly does not know fails here."""
    parsed = json.loads(figure)
    go.Figure(parsed)
    return parsed


def test_the_strip_shows_each_negative_in_its_row_and_says_how_many_are_nearer() -> None:
    figure = read(plots.strip(reports.reward_report()))
    by_name = {trace["text"][0]: trace for trace in figure["data"] if trace.get("text")}
    assert by_name["Heat"]["x"] == [0.62]
    assert by_name["Ronin"]["y"] == [0]
    assert by_name["&lt;script&gt;alert(1)&lt;/script&gt;"]["y"] == [2]  # drawn as it was written
    assert "0.620. 1 of 2 other items are nearer" in figure["layout"]["meta"]


def test_reward_bars_add_up_to_the_total_and_mark_the_version_before() -> None:
    new, old = reports.reward_report(-0.5), reports.reward_report(-2.0)
    bars, before = read(plots.reward_bars(new, old))["data"]
    assert dict(zip(bars["y"], bars["x"], strict=True)) == {"contrastive": -0.5, "format": 0.5, "total": 0.0}
    assert dict(zip(before["y"], before["x"], strict=True)) == {
        "contrastive": -2.0,
        "format": 0.5,
        "total": -1.5,
    }
    assert len(read(plots.reward_bars(new, None))["data"]) == 1


def test_each_sentence_has_its_colour_its_shape_and_its_number() -> None:
    (bars,) = read(plots.contributions(reports.reward_report()))["data"]
    assert bars["x"] == [1.25, -0.25]
    assert bars["marker"]["color"] == ["var(--mark-1)", "var(--mark-2)"]
    assert "●" in bars["y"][0]
    assert "■" in bars["y"][1]


def test_there_is_a_symbol_and_a_glyph_for_every_drawn_mark() -> None:
    assert len(plots.SYMBOLS) == len(plots.GLYPHS) == len({html.mark(number) for number in range(5)})


def test_slopes_rise_solid_fall_dashed_and_end_below_what_is_outside() -> None:
    lines = read(plots.slopes(reports.COMPARISON, 1, 2))["data"]
    risen, entered, left = lines
    assert risen["y"] == [3 + 1, 1]  # rank 3 of a top 2 lies outside: at 4
    assert risen["line"]["dash"] == "solid"
    assert entered["y"] == [4, 2]
    assert left["y"] == [1, 4]
    assert left["line"]["dash"] == "dash"
    assert "not among the first 200 → 2" in entered["text"][0]


def test_the_catalogue_is_one_webgl_trace_a_kind_with_its_regions_named() -> None:
    items = (Item("ml:1", "Alien", "movie", 1979), Item("gb:1", "Dune", "book"))
    figure = read(plots.catalog_background(items, MAP))
    movies, books = figure["data"]
    assert movies["type"] == books["type"] == "scattergl"
    assert movies["text"] == ["Alien (1979)"]
    assert books["name"] == "books"
    (region,) = figure["layout"]["annotations"]
    assert (region["text"], region["x"]) == ("<b>&lt;i&gt;deserts&lt;/i&gt;</b>", 0.5)


def test_places_wear_the_marks_of_their_sentences() -> None:
    points = (
        MapPoint("retrieved", "Alien", 0.1, 0.2, 1),
        MapPoint("sentence", "Space films.", 0.3, 0.4, 0),
        MapPoint("held out", "Heat", 0.0, 0.0),
    )
    figure = read(plots.places(points))
    traces = {trace["name"]: trace for trace in figure["data"]}
    assert traces["what it finds"]["marker"]["symbol"] == ["square"]
    assert traces["sentences"]["marker"]["color"] == ["var(--mark-1)"]
    assert traces["held out"]["x"] == [0.0]
    assert "1 sentences" in figure["layout"]["meta"]


def test_twenty_thousand_points_are_a_small_message() -> None:
    items = tuple(Item(f"ml:{n}", f"Film number {n}", "movie", 2000) for n in range(20_000))
    points = np.random.default_rng(0).uniform(-1, 1, (20_000, 2)).astype(np.float32)
    background = plots.catalog_background(items, CatalogMap(points))
    assert len(background) < 1_500_000


def test_plotly_for_the_browser_ships_with_the_package() -> None:
    assert plots.SCRIPT.is_file()
