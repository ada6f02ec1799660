"""The sheets on which the catalogue was read, and the table of what sentences find."""

import json
from pathlib import Path

import pytest

from blue.errors import CatalogError
from blue.items import load_catalog
from training.evaluate.tables import sentences, themes_read

RESULTS = Path(__file__).parents[2] / "results"


@pytest.fixture(scope="module")
def catalog():
    return load_catalog()


def test_the_kept_sheet_is_the_drawn_one_and_its_themes_are_true_of_their_works(catalog):
    path = RESULTS / "reading" / "themes.tsv"
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    assert [tuple(line.split("\t")[:3]) for line in lines] == themes_read.draw(catalog, 200)
    verdicts = themes_read.read_sheet(path, catalog)
    low, _ = themes_read.wilson(verdicts.count("right"), len(verdicts))
    assert low > 0.95


def test_a_sheet_that_is_not_read_or_of_another_catalogue_is_refused(catalog, tmp_path):
    path = tmp_path / "sheet.tsv"
    path.write_text("item_id\ttitle\ttheme\tverdict\nml:541\tBlade Runner\tneo-noir\t\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="line 2: write right, wrong, unsure"):
        themes_read.read_sheet(path, catalog)
    path.write_text("item_id\ttitle\ttheme\tverdict\nml:541\tx\tmusicals\twrong\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="does not say 'musicals' of ml:541"):
        themes_read.read_sheet(path, catalog)


def test_precision_counts_what_is_unsure_as_not_right_first():
    said = themes_read.precision(["right"] * 8 + ["wrong", "unsure"])
    assert "10 themes: 8 right, 1 wrong, 1 unsure; precision 0.800 [0.490, 0.943], 0.889" in said


def test_a_page_of_sentences_stands_before_beside_now():
    before = json.loads((RESULTS / "sentences" / "before.json").read_text(encoding="utf-8"))
    assert list(before) == list(sentences.SENTENCES)
    page = sentences.page(before, {sentence: [f"Work {n}" for n in range(10)] for sentence in before}, "M")
    assert "| 1 | La Femme Nikita (1990) | Work 0 |" in page
    assert page.count("| Work 9 |") == 10
