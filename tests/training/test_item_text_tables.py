"""The tables that compare texts of items, on rows that can be drawn on paper."""

import numpy as np

from blue.datatypes import Item
from blue.item_text import item_text
from training.evaluate.tables import item_texts
from training.evaluate.tables.item_texts import FORMS, SHIPPED, Figure
from training.evaluate.tables.results import PairedBootstrap

ALIEN = Item(
    "1", "Alien", "movie", 1979, ("Ridley Scott",), genres=("horror",), themes=("dread", "space"),
    tones=("tense", "atmospheric"),
)  # fmt: skip


def test_the_shipped_form_is_the_text_that_the_app_embeds():
    assert FORMS[SHIPPED](ALIEN) == item_text(ALIEN)


def test_forms_differ_in_what_they_say_and_where():
    assert FORMS["title, genres, themes"](ALIEN) == "Alien (late 70s), horror film: dread, space."
    assert (
        FORMS["themes, genres, makers, title"](ALIEN)
        == "Dread, space: horror film of the late 70s by Ridley Scott, Alien."
    )
    assert len({form(ALIEN) for form in FORMS.values()}) == len(FORMS) == 9


def test_a_form_is_compared_with_the_shipped_one_over_all_four_methods():
    better, worse = (Figure(np.full(2, value), np.full(2, value)) for value in (0.5, 0.25))
    made = item_texts.rows(
        {SHIPPED: [worse] * 4, "before": [better] * 4}, PairedBootstrap(["a", "b"]), SHIPPED
    )
    assert [(form, gain) for form, _, gain in made] == [
        (SHIPPED, [0.0, 0.0, 0.0]),
        ("before", [0.25, 0.25, 0.25]),
    ]
    assert better.cell == "0.500 / 0.5000"
    assert Figure(better.sampled, better.full, 0.06).cell == "0.500 / 0.5000 (w 0.06)"
