"""The blind reading: what the reader sees, what is kept from them, and how the answers are counted."""

import csv
import random

import numpy as np
import pytest

from blue.datatypes import Interaction, Item
from training.data import Taught, TeachingProfile
from training.evaluate.reading import entries, nearest, sheet, tally, write_out


def person(name: str, kind: str = "movies") -> TeachingProfile:
    item = Item(f"id-{name}", f"Title of {name}", "movie")
    history = (Interaction(item.title, 4.0, item_id=item.item_id),)
    return TeachingProfile(
        name, kind, name, history, {item.item_id: item}, (Taught(f"By hand {name}.", (0,)),)
    )


PEOPLE = [person(name) for name in ("a", "b", "c", "d", "e")] + [person("s", "beauty"), person("t", "beauty")]
ANGLES = {"a": 0.0, "b": 0.1, "c": 0.2, "d": 0.3, "e": 3.0, "s": 0.0, "t": 0.1}
VECTORS = {name: np.array([np.cos(angle), np.sin(angle)]) for name, angle in ANGLES.items()}
WRITERS = {"by hand": lambda one: (one.sentences[0].text,), "rules": lambda one: (f"By rules {one.name}.",)}


def made():
    return entries([PEOPLE[0], PEOPLE[5]], PEOPLE, WRITERS, VECTORS, random.Random(0))


def test_the_wrong_histories_are_the_nearest_of_the_same_kind():
    assert [one.name for one in nearest(PEOPLE[0], PEOPLE, VECTORS)] == ["b", "c", "d"]
    assert [one.name for one in nearest(PEOPLE[5], PEOPLE, VECTORS)] == ["t"]


def test_the_sheet_says_nothing_of_writers_and_the_published_one_no_product_title():
    found = made()
    assert len(found) == 4
    text = sheet(found, titles=True)
    assert "Title of s 4★" in text
    assert not any(name in text for name in ("by hand", "rules |", "profiler"))
    published = sheet(found, titles=False)
    assert "Title of s" not in published
    assert "id-s 4★" in published
    assert "Title of a 4★" in published


def test_answers_are_counted_by_writer_and_the_right_history(tmp_path):
    write_out(tmp_path, made())
    with pytest.raises(SystemExit, match="number 1: write 1 to 5"):
        tally(tmp_path)
    key = list(csv.DictReader((tmp_path / "key.csv").open()))
    with (tmp_path / "answers.csv").open("w") as file:
        file.write("number,truth,specific,readable,useful,history\n")
        for row in key:
            good = row["writer"] == "by hand"
            history = row["right"] if good else next(one for one in "ABCD" if one != row["right"])
            file.write(f"{row['number']},{5 if good else 1},3,3,3,{history}\n")
    lines = tally(tmp_path).splitlines()
    assert "| films | by hand | 1 | 5.00 [5.00, 5.00] | 3.00 [3.00, 3.00]" in lines[2]
    assert lines[2].endswith("| 1.00 [1.00, 1.00] |")
    assert lines[3].startswith("| films | rules | 1 | 1.00")
    assert lines[3].endswith("| 0.00 [0.00, 0.00] |")
