"""The log of a run as a picture."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from training.runs.curves import PANELS, draw, names_of, read_curves


def log(folder: Path) -> Path:
    lines = [
        {"step": step, "loss": 0.1, "reward": step / 10, "rewards/contrastive/mean": -4.0 + step / 10,
         "rewards/contrastive/std": 0.3, "guards/copy": 1.0, "kl": 0.01 * step, "entropy": 2.0,
         "seconds/generation": 9.0}
        for step in range(1, 11)
    ] + [{"step": 10, "eval_ndcg@10": 0.31, "eval_guards/copied": 0.02}]  # fmt: skip
    path = folder / "log.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)) + "\n")
    return path


def test_every_figure_becomes_a_curve_in_its_panel(tmp_path):
    curves = read_curves(log(tmp_path))
    assert curves["kl"].steps.tolist() == list(range(1, 11))
    assert curves["rewards/contrastive/mean"].values[-1] == pytest.approx(-3.0)
    assert names_of(PANELS[0], curves) == ["rewards/contrastive/mean"]  # not its spread
    titles = [axis.get_title() for axis in draw(curves, 3).axes]
    assert [title for title in titles if title] == [
        "Rewards", "Guards", "Validation", "Validation guards", "Policy", "Time",
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "start"), [("curves.svg", b"<?xml"), ("curves.png", b"\x89PNG")])
def test_the_command_writes_a_picture(name, start, tmp_path):
    log(tmp_path)
    command = [sys.executable, "-m", "training.runs.curves", str(tmp_path), "--out", str(tmp_path / name)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
    assert (tmp_path / name).read_bytes().startswith(start)


def test_a_folder_without_a_log_is_told(tmp_path):
    with pytest.raises(SystemExit, match="is not there"):
        read_curves(tmp_path / "log.jsonl")
    (tmp_path / "log.jsonl").write_text("")
    with pytest.raises(SystemExit, match="has not finished a step"):
        read_curves(tmp_path / "log.jsonl")
