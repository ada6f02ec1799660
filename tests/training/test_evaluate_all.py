"""Every logged table: which calls are made for which data, and that what is there is not made again."""

import subprocess
from pathlib import Path

import pytest

from training.evaluate import evaluate_all
from training.evaluate.__main__ import TABLES
from training.evaluate.__main__ import _parser as evaluation_parser


@pytest.fixture
def asked(monkeypatch):
    """The command lines that would be run; each leaves its details behind."""
    words: list[list[str]] = []

    def run(command, **_):
        words.append(command)
        out = Path(command[command.index("--out") + 1])
        out.mkdir(parents=True)
        (out / "results.json").write_text("{}")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(evaluate_all.subprocess, "run", run)
    return words


def test_every_table_is_made_once(tmp_path, asked):
    for name in evaluate_all.DATA:
        (tmp_path / "data" / name).mkdir(parents=True)
    arguments = [
        "--data-root", str(tmp_path / "data"), "--results", str(tmp_path / "results"),
        "--encoder", "runs/encoder", "--adapter", "rlaif=runs/rlaif",
    ]  # fmt: skip
    assert evaluate_all.main(arguments) == 0
    made = [evaluation_parser().parse_args(command[3:]) for command in asked]
    assert {one.table for one in made} == set(TABLES)
    assert len({one.out for one in made}) == len(made)
    assert all(one.adapter == ["rlaif=runs/rlaif"] for one in made if one.table not in ("cost", "readable"))
    assert evaluate_all.main(arguments) == 0
    assert len(asked) == len(made)  # nothing was made again


def test_missing_data_are_said_and_left_out(tmp_path, asked, capsys):
    (tmp_path / "amazon14_toys").mkdir()
    assert evaluate_all.main(["--data-root", str(tmp_path), "--results", str(tmp_path / "results")]) == 0
    assert "amazon14_beauty is not there" in capsys.readouterr().err
    assert {command[3] for command in asked} == {
        "source", "qa", "readable", "interpretability", "ablation", "cost",
    }  # fmt: skip
    assert evaluate_all.main(["--data-root", str(tmp_path / "nowhere")]) == 2


def test_a_table_that_fails_does_not_stop_the_others(tmp_path, monkeypatch, capsys):
    (tmp_path / "amazon14_toys").mkdir()
    failing = subprocess.CompletedProcess([], 2)
    monkeypatch.setattr(evaluate_all.subprocess, "run", lambda *_, **__: failing)
    assert evaluate_all.main(["--data-root", str(tmp_path), "--results", str(tmp_path / "results")]) == 1
    assert capsys.readouterr().err.count("results/") >= 5
