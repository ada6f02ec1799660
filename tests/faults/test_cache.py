"""The cache folder is full, read-only, deleted under the app, or used with a clock that was set back."""

import errno
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from blue.catalog.examples import list_examples
from blue.history import parse_history
from blue.session import Session
from blue.ui.core import Core
from blue.ui.handlers import Handlers
from tests.faults.page import VISITOR, Names, shown

PROJECT = Path(__file__).resolve().parents[2]
HISTORY = "Alien (1979) | 5\nMoon (2009) | 4\nHeat | 4\nGrease | 1"


def test_a_folder_that_vanishes_under_the_app_costs_nothing(profiler, tmp_path, monkeypatch):
    monkeypatch.setenv("BLUE_CACHE", str(tmp_path / "cache"))
    handlers = Handlers(Core(profiler), Names())
    assert "done" in shown(handlers.load_example(list_examples()[0], Session(), "facets", VISITOR))["status"]
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)
    page = shown(handlers.load_example(list_examples()[1], Session(), "facets", VISITOR))
    assert "done" in page["status"]
    assert page["ranking"]["value"].count("<tr ") == 20


def test_a_full_disk_under_the_app_costs_nothing(profiler, tmp_path, monkeypatch, caplog):
    monkeypatch.setenv("BLUE_CACHE", str(tmp_path))

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    monkeypatch.setattr(Path, "write_text", full)
    monkeypatch.setattr(Path, "mkdir", full)
    page = shown(
        Handlers(Core(profiler), Names()).load_example(list_examples()[0], Session(), "facets", VISITOR)
    )
    assert "done" in page["status"]
    assert page["ranking"]["value"].count("<tr ") == 20


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no limit of file sizes")
def test_a_full_disk_while_a_catalogue_is_built_is_explained_and_resumed(tmp_path):
    """A limit on the size of files stands for a disk that is full: the kernel refuses the same write."""
    items = tmp_path / "items.csv"
    items.write_text("id,title\n" + "".join(f"{n},Title number {n}\n" for n in range(200)), encoding="utf-8")
    out = tmp_path / "catalog"
    build = [sys.executable, "-m", "blue", "catalog", "build", str(items), "--out", str(out)]
    limit = (
        "import resource, signal, runpy, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000));"
        "sys.argv = ['blue', *sys.argv[1:]]; runpy.run_module('blue', run_name='__main__')"
    )
    full = subprocess.run(
        [sys.executable, "-c", limit, *build[3:]], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert full.returncode == 2, full.stderr[-500:]
    assert "no room on the disk" in full.stderr
    assert "Traceback" not in full.stderr
    assert not (out / "catalog.json").exists()
    again = subprocess.run(build, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr[-500:]
    manifest = next(path for path in out.iterdir() if path.suffix == ".json")
    assert json.loads(manifest.read_text())["items"] == 200


def test_a_clock_that_was_set_back_ten_years(profiler, monkeypatch, tmp_path):
    """Dates of the history lie in the future then: they are dropped and said, the titles are read."""
    parsed = parse_history(
        "title,rating,date\nHeat,5,2021-03-01\nRonin,4,2022-03-01\n", now=datetime(2015, 1, 1)
    )
    assert [interaction.title for interaction in parsed.interactions] == ["Heat", "Ronin"]
    assert all(interaction.time is None for interaction in parsed.interactions)
    assert any("future" in note for note in parsed.notes) or any("future" in r.reason for r in parsed.skipped)
    real = time.time
    monkeypatch.setenv("BLUE_CACHE", str(tmp_path))
    handlers = Handlers(Core(profiler), Names())
    steps = handlers.read_text(Session(), HISTORY, "facets", VISITOR)
    page = dict(next(steps))
    monkeypatch.setattr(time, "time", lambda: real() - 10 * 365 * 86_400)
    page |= shown(steps)
    assert "Written in" in page["status"]
    assert "-" not in page["status"].partition("Written in")[2].partition(" s")[0]  # no negative duration
