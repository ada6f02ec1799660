"""From raw files to a table in one command: which steps, none made twice, and (slow) the real run."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_tutorial import write_reviews
from training import from_raw
from training.data import prepare
from training.evaluate import __main__ as evaluate

PROJECT = Path(__file__).resolve().parents[2]
RESULTS = ("data/manifest.json", "warm-start/adapter", "grpo/adapter", "tables/results.json")


@pytest.fixture
def asked(monkeypatch):
    """The command lines that would be run; each leaves its result behind, but those in `failing`."""
    words: list[list[str]] = []
    failing: set[str] = set()

    def run(command, **_):
        words.append(command[2:])
        if failing.intersection(command):
            return subprocess.CompletedProcess(command, 3)
        out = Path(command[command.index("--out") + 1])
        for name in ("manifest.json", "adapter/adapter_model.safetensors", "results.json"):
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).touch()
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(from_raw.subprocess, "run", run)
    return words, failing


def arguments(tmp_path: Path, *more: str) -> list[str]:
    return ["reviews", "--raw", str(tmp_path / "raw"), "--out", str(tmp_path / "run"), *more]


def test_every_step_is_made_once_and_reads_what_the_one_before_wrote(tmp_path, asked):
    words, _ = asked
    assert from_raw.main(arguments(tmp_path)) == 0
    assert [line[0] for line in words] == [
        "training.data.prepare", "training.warm_start.train", "training.grpo.train", "training.evaluate",
    ]  # fmt: skip
    run = tmp_path / "run"
    assert "--data" not in words[1], "the warm start learns from the teaching profiles"
    assert f"mine={run / 'data'}" in words[2]
    assert words[2][words[2].index("--start") + 1] == str(run / "warm-start" / "adapter")
    assert words[3][words[3].index("--profiler") + 1] == str(run / "grpo")
    assert "--smoke" not in {word for line in words for word in line}
    assert evaluate._parser().parse_args(words[3][1:]).limit == 300
    assert from_raw.main(arguments(tmp_path)) == 0
    assert len(words) == 4  # nothing was made again


def test_a_failed_step_ends_it_with_its_status_and_the_same_command_goes_on(tmp_path, asked, capsys):
    words, failing = asked
    failing.add("training.grpo.train")
    assert from_raw.main(arguments(tmp_path)) == 3
    assert "GRPO failed" in capsys.readouterr().err
    assert len(words) == 3  # no table of a profiler that is not there
    failing.clear()
    assert from_raw.main(arguments(tmp_path)) == 0
    assert [line[0] for line in words[3:]] == ["training.grpo.train", "training.evaluate"]
    assert "--resume" in words[3]


def test_runs_of_other_options_do_not_share_a_folder(tmp_path, asked, capsys):
    words, _ = asked
    (tmp_path / "run").mkdir()  # an empty folder is a new one
    assert from_raw.main(arguments(tmp_path, "--smoke")) == 0
    assert "--smoke" in words[1]
    assert "--smoke" in words[2]
    assert words[3][words[3].index("--limit") + 1] == "20"
    assert "--no-search" in words[3]
    assert from_raw.main(arguments(tmp_path)) == 2
    assert "another smoke." in capsys.readouterr().err
    assert from_raw.main(arguments(tmp_path, "--smoke", "--k", "3")) == 2
    assert "another k." in capsys.readouterr().err
    assert len(words) == 4


def test_raw_files_that_are_missing_are_said_by_the_first_step(tmp_path, monkeypatch):
    monkeypatch.setattr(
        from_raw.subprocess, "run", lambda command, **_: _in_this_process(prepare.main, command[3:])
    )
    assert from_raw.main(arguments(tmp_path)) == prepare.BAD_INPUT


def _in_this_process(main, words: list[str]) -> subprocess.CompletedProcess:
    with pytest.raises(SystemExit) as ended:
        main(words)
    return subprocess.CompletedProcess(words, ended.value.code)


@pytest.mark.slow
def test_a_file_of_reviews_becomes_a_table(tmp_path):
    (tmp_path / "raw").mkdir()
    write_reviews(tmp_path / "raw" / "reviews.csv")
    command = [sys.executable, "-m", "training.from_raw", *arguments(tmp_path, "--smoke")]
    subprocess.run(command, cwd=PROJECT, check=True, timeout=2400)
    assert all((tmp_path / "run" / name).exists() for name in RESULTS)
    table = json.loads((tmp_path / "run" / "tables" / "results.json").read_text())
    methods = {row["method"] for row in table["rows"]}
    assert {"popularity", "best-match", "rule-based", "untrained", "blue-single", "blue-facets"} <= methods
