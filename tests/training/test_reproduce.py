"""Published tables made anew: which call is made again, and where its figures lie."""

import json
import subprocess
from pathlib import Path

import pytest

from training.evaluate import reproduce
from training.evaluate.__main__ import _parser as evaluation_parser


def record(dataset: str, value: float, command: str = "", date: str = "2026-01-01") -> dict:
    """A source table of two methods of BLUE and a baseline: intervals of .1 around a value."""
    methods = ("popularity", "blue-facets", "blue-facets+prior")
    rows = [
        {"method": method, "pool": "sampled", "metric": metric, "value": value, "low": value - 0.05,
         "high": value + 0.05}
        for method in methods for metric in ("ndcg@10", "recall@10", "mrr@5")
    ]  # fmt: skip
    return {
        "table": "source", "dataset": dataset, "n_users": 100, "seed": 0, "rows": rows, "differences": [],
        "notes": [], "made": {"command": command, "date": date},
    }  # fmt: skip


def write(path: Path, content: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content))


@pytest.fixture
def folders(tmp_path):
    """Published tables, and data that nobody reads."""
    call = "python -m training.evaluate source --data {0}={1} --limit 100 --cuts 2 --priors --out {0}"
    for name, folder in reproduce.SETS.items():
        (tmp_path / "data" / folder).mkdir(parents=True)
        write(tmp_path / "results/source" / f"{name}.json", record(name, 0.3, call.format(name, folder)))
    older = record("movies", 0.9, date="2025-01-01")
    write(tmp_path / "results/source/older/results.json", older)
    return tmp_path


def run_with(folders: Path, monkeypatch: pytest.MonkeyPatch, value: float) -> tuple[int, list[list[str]]]:
    """Reproduce, where every evaluation finds the same value; the status and the calls."""
    calls: list[list[str]] = []

    def run(command, **_):
        calls.append(command)
        asked = evaluation_parser().parse_args(command[3:])
        write(asked.out / "results.json", record(asked.data[0].partition("=")[0], value))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(reproduce.subprocess, "run", run)
    words = [f"--{name}={folders / name}" for name in ("data", "results", "out")]
    return reproduce.main([*words, "--limit", "40"]), calls


def test_the_newest_table_is_called_as_it_was_with_our_methods_and_fewer_users(folders, monkeypatch, capsys):
    status, calls = run_with(folders, monkeypatch, 0.33)
    assert status == 0
    made = [evaluation_parser().parse_args(command[3:]) for command in calls]
    assert {one.data[0].partition("=")[0] for one in made} == set(reproduce.SETS)
    assert {(one.limit, one.cuts, one.priors, one.methods) for one in made} == {(40, 2, True, "blue-facets")}
    assert {one.cache for one in made} == {folders / "out/cache"}
    told = capsys.readouterr().out
    assert "12 of 12 figures inside, 0 outside" in told
    assert "popularity" not in told
    assert (folders / "out/reproduced.md").read_text() in told
    assert run_with(folders, monkeypatch, 0.33)[1] == []  # nothing is made again


def test_what_lies_outside_is_said_and_is_the_status(folders, monkeypatch, capsys):
    assert run_with(folders, monkeypatch, 0.36)[0] == 1
    told = capsys.readouterr().out
    assert "0 of 12 figures inside, 12 outside" in told
    assert "| toys | blue-facets+prior | sampled | ndcg@10 | 0.300 [0.250, 0.350] | 0.360 [" in told


def test_missing_data_is_said_before_anything_runs(folders, monkeypatch, capsys):
    (folders / "data/amazon14_toys").rmdir()
    assert run_with(folders, monkeypatch, 0.3) == (2, [])
    assert "lacks amazon14_toys" in capsys.readouterr().err
