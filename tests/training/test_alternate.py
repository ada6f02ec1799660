"""Profiler and embedder in turns: who is trained from what, and where it goes on after a failure."""

import argparse
from pathlib import Path

import pytest

from training.grpo.alternate import Stage, plan, run


def arguments(out: Path, **changes) -> argparse.Namespace:
    given = {
        "grpo": Path("grpo.yaml"), "encoder": Path("encoder.yaml"), "start": Path("warm"), "rounds": 2,
        "data": ["movies=ml"], "preset": None, "smoke": False, "out": out,
    }  # fmt: skip
    return argparse.Namespace(**given | changes)


def option(stage: Stage, name: str) -> str | None:
    command = list(stage.command)
    return command[command.index(name) + 1] if name in command else None


def test_each_stage_starts_from_what_the_other_has_become(tmp_path):
    first, embedder, second, last = plan(arguments(tmp_path))
    adapter, encoder = tmp_path / "round-1/profiler/adapter", tmp_path / "round-1/encoder/encoder"
    assert option(first, "--start") == "warm"
    assert option(first, "--embedder") is None
    assert option(embedder, "--profiler") == str(adapter)
    assert option(embedder, "--start") is None
    assert option(second, "--start") == str(adapter)
    assert option(second, "--embedder") == str(encoder)
    assert option(last, "--profiler") == str(tmp_path / "round-2/profiler/adapter")
    assert option(last, "--start") == str(encoder)
    assert all(option(stage, "--data") == "movies=ml" for stage in (first, embedder, second, last))


def test_smoke_and_preset_reach_every_stage(tmp_path):
    for stage in plan(arguments(tmp_path, smoke=True, preset="embedded")):
        assert "--smoke" in stage.command
        assert option(stage, "--preset") == "embedded"


def stage_that(tmp_path: Path, code: str) -> Stage:
    """A stage whose command is a module of one line."""
    (tmp_path / "stage.py").write_text(code)
    return Stage("round 1, profiler", ("stage", str(tmp_path)), tmp_path / "out", tmp_path / "out" / "done")


def test_a_failed_stage_is_resumed_and_a_finished_one_is_kept(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    noting = (
        "import pathlib, sys\nout = pathlib.Path(sys.argv[1]) / 'out'\nout.mkdir(exist_ok=True)\n"
        "seen = out / 'calls'\nbefore = seen.read_text() if seen.exists() else ''\n"
        "seen.write_text(before + str(sys.argv[2:]))\n"
    )
    failing = stage_that(tmp_path, noting + "sys.exit(3)\n")
    with pytest.raises(SystemExit, match=r"round 1, profiler failed \(exit 3\)"):
        run([failing])
    working = stage_that(tmp_path, noting + "(out / 'done').write_text('')\n")
    run([working])
    run([working])
    assert (tmp_path / "out" / "calls").read_text() == "[]['--resume']"
    assert "round 1, profiler: done" in capsys.readouterr().out
