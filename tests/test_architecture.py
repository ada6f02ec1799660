"""docs/architecture.md is as the code is: its picture, and every function that its walks name."""

import ast
import re

import pytest

from benchmarks.architecture import PACKAGES, PAGE, drawn_on, reduced

PROJECT = PAGE.parents[1]
TEXT = PAGE.read_text(encoding="utf-8")
STOPS = re.findall(r"^\d+\. `([\w.]+):([\w.]+)`", TEXT, re.M)


def names_in(module: str) -> set[str]:
    """Functions, classes, and methods as Class.method."""
    path = PROJECT / module.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)
            }
    return found


def test_the_picture_is_that_of_the_imports_as_they_are():
    assert drawn_on(TEXT) == TEXT, "run python -m benchmarks.architecture"


def test_every_room_is_described():
    table = TEXT.partition("## What each room may know")[2].partition("## Five walks")[0]
    rooms = {
        f"{package}.{folder.name}"
        for package in PACKAGES
        for folder in (PROJECT / package).iterdir()
        if (folder / "__init__.py").is_file()
    }
    assert rooms - set(re.findall(r"`([\w.]+)`", table)) == set()


@pytest.mark.parametrize(("module", "name"), STOPS, ids=[f"{module}:{name}" for module, name in STOPS])
def test_what_a_walk_passes_is_there(module, name):
    assert name in names_in(module)


def test_there_are_five_walks():
    assert len(re.findall(r"^### ", TEXT, re.M)) == 5
    assert len(STOPS) > 40


def test_a_circle_of_rooms_is_refused():
    with pytest.raises(ValueError, match="a -> b -> a"):
        reduced({"a": {"b"}, "b": {"a"}})
