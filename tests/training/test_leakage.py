"""What a profile may never see: the item that came next, and, in training, anybody of the test split."""

import gzip
import json
import random
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from rich.console import Console

from blue.retrieval.similarity import normalise
from training.data.folders import data_folder
from training.data.loaders import grouper_of, load
from training.data.prepare import prepare
from training.data.schema import Dataset, split_of
from training.data.windows import Example, WindowSettings, examples
from training.evaluate import EvaluationData
from training.grpo.negatives import Counts, ItemTable
from training.grpo.rows import as_rows

KINDS_OF_THINGS = ["Soap", "Shampoo", "Lipstick", "Perfume", "Candle", "Towel"]
SCENTS = [
    "Rose",
    "Cedar",
    "Lemon",
    "Mint",
    "Vanilla",
    "Amber",
    "Fig",
    "Iris",
    "Musk",
    "Sage",
    "Plum",
    "Ginger",
    "Peach",
    "Lotus",
    "Honey",
    "Clove",
    "Olive",
    "Myrtle",
    "Pine",
    "Basil",
]


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """A benchmark folder: 80 users who mostly take things of one kind; some take a thing twice."""
    folder = tmp_path_factory.mktemp("raw") / "amazon14_beauty"
    folder.mkdir()
    titles = [(kind, f"{scent} {kind}") for kind in KINDS_OF_THINGS for scent in SCENTS]
    items = [
        {"item_id": str(n), "title": title, "category": f"Beauty > Bath > {kind}"}
        for n, (kind, title) in enumerate(titles)
    ]
    draw = random.Random(0)
    users = []
    for user in range(80):
        start = 20 * (user % 6)
        history = draw.sample(range(start, start + 20), 10) + draw.sample(range(120), 3)
        users.append({"user_id": str(user), "history": [str(n) for n in (*history, history[0])]})
    for name, records in (("items", items), ("users", users)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)
    return folder


@pytest.fixture(scope="module")
def ready(published, tmp_path_factory) -> Path:
    """The same as `training.data.prepare` writes it."""
    out = tmp_path_factory.mktemp("ready") / "amazon14_beauty"
    prepare("benchmark", published, out, 2, Console(quiet=True))
    return out


@pytest.fixture(scope="module", params=["benchmark", "prepared"])
def beauty(request, published, ready) -> Dataset:
    folder = published if request.param == "benchmark" else ready
    return load(data_folder(f"beauty={folder}"))


def windows(data: Dataset, split: str = "train", count: int = 150) -> list[Example]:
    settings = WindowSettings(titles_only=0.3)
    made = examples(data, grouper_of(data), split, count, settings)
    return list(made)


def rows(data: Dataset) -> list[dict]:
    vectors = normalise(np.random.default_rng(0).normal(size=(len(data.items), 8)))
    table = ItemTable(data.items, vectors, {one: n for n, one in enumerate(data.items)})
    return as_rows(windows(data), {"beauty": data}, table, Counts(6, 3, 3), 3, future_items=3)


def test_a_user_is_in_the_same_split_however_the_set_was_read(published, ready):
    raw, prepared = load(data_folder(f"beauty={published}")), load(data_folder(f"other={ready}"))
    assert set(prepared.histories) == set(raw.histories)
    assert next(iter(raw.histories)).startswith("beauty:")
    written = pl.read_parquet(ready / "users.parquet").select("user_id", "split")
    assert {f"beauty:{user}": split for user, split in written.iter_rows()} == {
        user: split_of(user) for user in raw.histories
    }


def test_a_prepared_set_can_be_given_a_name(published, tmp_path):
    prepare("benchmark", published, tmp_path / "out", 2, Console(quiet=True), data_set="toys")
    assert all(user.startswith("toys:") for user in load(data_folder(f"beauty={tmp_path / 'out'}")).histories)


def test_no_prompt_holds_its_target(beauty):
    made = windows(beauty)
    assert len(made) > 100
    for one in made:
        asked = "\n".join(prompt[-1]["content"] for prompt in one.prompts)
        title = beauty.items[one.target_id].title
        assert title not in asked, (title, asked)


def test_nobody_of_the_test_split_is_in_training(beauty):
    test, validation = (
        {u for u in beauty.histories if split_of(u) == split} for split in ("test", "validation")
    )
    assert test
    trained = {row["user_id"] for row in rows(beauty)}
    assert trained
    assert not trained & (test | validation)
    data = EvaluationData.of(beauty)
    assert (set(data.users("test")), set(data.users("validation"))) == (test, validation)


def test_nothing_that_a_user_took_is_a_negative_and_the_future_is_not_in_the_prompt(beauty):
    for row in rows(beauty):
        taken = [one.item_id for one in beauty.histories[row["user_id"]]]
        assert not set(row["negative_ids"]) & set(taken)
        assert len(row["future_option_ids"]) == len(row["future_right"]) >= 1
        asked = [ids[place] for ids, place in zip(row["future_option_ids"], row["future_right"], strict=True)]
        assert asked[0] == row["target_id"]
        before = taken[: taken.index(row["target_id"])]
        assert not set(asked) & set(before)
        assert all(
            len(set(ids) - {one}) == 3 for ids, one in zip(row["future_option_ids"], asked, strict=True)
        )
        for one in asked:
            title = beauty.items[one].title
            assert not any(title in prompt[-1]["content"] for prompt in row["tastes"])
