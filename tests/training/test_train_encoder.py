"""The embedder is really trained, on the real model and a few pairs."""

import argparse
import csv
import json
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from sentence_transformers import SentenceTransformer

from blue.items import load_catalog
from training.encoder.train import read_config, train

CONFIG = Path(__file__).parents[2] / "training" / "configs" / "encoder-embedded.yaml"


@pytest.fixture
def ratings(tmp_path: Path) -> Path:
    """Readers of horror and readers of romance, as MovieLens writes them."""
    draw = random.Random(0)
    items = [item for item in load_catalog().items if item.item_id.startswith("ml:")]
    folder = tmp_path / "ratings"
    folder.mkdir()
    with (folder / "ratings.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["userId", "movieId", "rating", "timestamp"])
        for user in range(120):
            liked = [item for item in items if ("horror", "romance")[user % 2] in item.genres]
            for time, item in enumerate(draw.sample(liked, 12)):
                writer.writerow([user, item.item_id.removeprefix("ml:"), 4 + draw.random() // 0.5, time])
    return folder


def test_training_lowers_the_validation_loss_and_saves_an_embedder(ratings, tmp_path, capsys):
    run, settings = read_config(CONFIG)
    run = replace(run, mixture={"movies": 96}, validation_pairs=16)
    settings |= {"per_device_train_batch_size": 16, "learning_rate": 1e-4, "eval_steps": 3, "save_steps": 3}
    out = tmp_path / "out"
    train(
        run,
        settings,
        argparse.Namespace(
            data=[f"movies={ratings}"],
            profiler=None,
            out=out,
            resume=False,
            smoke=False,
            start=None,
        ),
    )
    told = capsys.readouterr().out
    before, after = re.search(r"loss ([\d.]+) before, ([\d.]+) after", told).groups()
    assert float(after) < float(before)
    record = json.loads((out / "run.json").read_text())
    assert record["finished"]
    assert record["steps"] == 6
    saved = SentenceTransformer(str(out / "encoder"), local_files_only=True)
    assert saved.encode(["a film"]).shape == (1, 384)
