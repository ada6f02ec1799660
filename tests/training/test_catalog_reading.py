"""The sheets on which the catalogue was read, and the table of what sentences find."""

import json
from pathlib import Path

import pytest

from blue.catalog import load_retriever
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


def kept(name: str) -> dict[str, list[str]]:
    return json.loads((RESULTS / "sentences" / name).read_text(encoding="utf-8"))


def test_a_page_of_sentences_marks_what_fits_before_beside_now():
    before, fits = kept("before.json"), kept("fits.json")
    assert list(before) == list(fits) == list(sentences.SENTENCES)
    now = {sentence: ["Burning (2018)", *(f"Work {n}" for n in range(9))] for sentence in before}
    page = sentences.page(before, now, fits, "M")
    assert "| 1 | The Fast and the Furious: Tokyo Drift (2006) | Burning (2018) ✓ |" in page
    assert "| Slow-burning Korean thrillers | 0 | 1 |" in page
    assert page.count("| Work 8 |") == 10


def test_sentences_find_what_plainly_fits_more_often_than_before():
    """Ten sentences found 18 fitting works among a hundred before."""
    before, fits = kept("before.json"), kept("fits.json")
    now = sentences.found(load_retriever())
    counted = {one: sentences.fitting(now[one], fits[one]) for one in now}
    assert sum(sentences.fitting(before[one], fits[one]) for one in before) == 18
    assert sum(counted.values()) >= 25
    assert "Contact (1985)" in now["Hard science fiction about first contact"]
    assert "The Office (2005)" in now["Workplace comedy series"]
    assert counted["Slow-burning Korean thrillers"] >= 2
    assert counted["Heist films with a clever plan"] >= 2
    assert counted["Popular science about the brain"] >= 2
