"""The bulk command on this machine: killed, resumed, refused; its rows are those of the app's own path."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from blue.datatypes import Item
from blue.errors import GenerationError
from blue.profile import ONE_SENTENCE
from training.runs import Progress
from training.scale.cluster.plan import BulkError
from training.scale.cluster.records import StagedTitle, StagedUser
from training.scale.cluster.worker import Models, ShardWriter, grouper_over
from training.scale.profile_users import main

HEAT = StagedTitle("Heat", 5.0, item=Item("m1", "Heat", "movie", 1995, genres=("crime", "thriller")))


def rows(out: Path) -> pl.DataFrame:
    return pl.read_parquet(out / "profiles-*.parquet").sort("user_id")


def start(users: Path, out: Path, *more: str) -> subprocess.Popen:
    command = [
        sys.executable,
        "-m",
        "training.scale.profile_users",
        "--input",
        str(users),
        "--out",
        str(out),
        *more,
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_a_killed_run_goes_on_and_every_user_is_there_once(six_users, tmp_path):
    out = tmp_path / "out"
    run = start(six_users, out, "--users-a-shard", "2")
    while not list(out.glob("profiles-*.parquet")) and run.poll() is None:
        time.sleep(0.05)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("profiles-*.parquet")}
    assert 1 <= len(before) < 3, "it was to be killed in the middle"
    assert not (out / "manifest.json").exists()

    again = start(six_users, out, "--users-a-shard", "2")
    printed, said = again.communicate()
    assert again.returncode == 0, said
    assert "6 users in 3 shards: 6 profiled, 0 not" in printed
    assert f"Going on: {2 * len(before)} of 6 users" in said
    assert {name: (out / name).stat().st_mtime_ns for name in before} == before
    found = rows(out)
    assert found["user_id"].to_list() == [f"u{n}" for n in range(6)]
    lengths = np.linalg.norm(found["embedding"].to_numpy(), axis=1)
    assert np.allclose(lengths, 1, atol=1e-5)
    assert found["sentence_embeddings"].list.len().to_list() == found["sentences"].list.len().to_list()
    manifest = json.loads((out / "manifest.json").read_text())
    assert (manifest["users"], manifest["profiled"], len(manifest["files"])) == (6, 6, 3)
    assert found["profiler"].cast(str).unique().to_list() == [manifest["making"]["profiler"]]
    assert not list((out / "work").glob("users-*")), "histories are not kept"


@pytest.fixture(scope="module")
def writer(profiler) -> ShardWriter:
    """The engines that the other tests have loaded."""
    grouper = grouper_over(profiler.catalog.items, profiler.encoder)
    return ShardWriter(profiler.generator, profiler.encoder, grouper, ONE_SENTENCE, "both")


def test_the_profile_is_the_one_that_the_app_writes(writer, profiler):
    history = profiler.read("Heat (1995) | 5\nToy Story (1995) | 4")
    items = profiler.catalog.by_id
    from training.scale.cluster.records import staged_title

    titles = tuple(staged_title(one, items.get(one.item_id)) for one in history.interactions)
    (row,) = writer.write([StagedUser("a", titles)])
    expected = profiler.write(history.interactions)
    assert row.sentences == tuple(sentence.text for sentence in expected.sentences)
    assert np.allclose(row.embedding, profiler.encoder.encode_queries([expected.text])[0], atol=1e-5)


def test_a_user_that_cannot_be_read_is_a_row_with_its_reason(writer):
    none, good = writer.write([StagedUser("none", (), "The history has 0 titles."), StagedUser("a", (HEAT,))])
    assert (none.user_id, none.error, none.profile) == ("none", "The history has 0 titles.", None)
    assert (good.user_id, good.error, good.titles_read) == ("a", None, 1)
    assert good.sentences


class RefusingGenerator:
    """Refuses a whole batch for one prompt, as an engine does where one is too long."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def count_tokens(self, text: str) -> int:
        return len(text.split())

    def generate(self, conversations, settings):
        self.asked.append(len(conversations))
        if any("Refused" in one[-1]["content"] for one in conversations):
            raise GenerationError("The prompt has too many tokens.")
        return ["Loves dark crime thrillers." for _ in conversations]

    def samples(self, messages, settings, count):
        return ["Loves dark crime thrillers."] * count


class OneAxis:
    """Every text lies on the same axis."""

    name, dimension = "toy", 2

    def encode_queries(self, texts):
        return np.tile(np.array([[1.0, 0.0]], np.float32), (len(texts), 1))

    encode_items = encode_queries


def named(title: str) -> StagedTitle:
    return StagedTitle(title, 5.0, item=Item(title, title, "movie", 1995, genres=("crime", "thriller")))


def test_one_refused_prompt_does_not_cost_its_batch(tmp_path, profiler):
    generator, grouper = RefusingGenerator(), profiler.grouper
    writer = ShardWriter(generator, OneAxis(), grouper, ONE_SENTENCE, "profile")
    users = [StagedUser(name, (named(name),)) for name in ("Heat", "Refused", "Alien")]
    found = writer.write(users, tmp_path / "journal.sqlite")
    assert [row.profile for row in found] == [
        "Loves dark crime thrillers.",
        None,
        "Loves dark crime thrillers.",
    ]
    assert found[1].error == "The prompt has too many tokens."
    assert found[0].sentence_embeddings is None
    generator.asked.clear()
    assert writer.write(users, tmp_path / "journal.sqlite")[2].profile == "Loves dark crime thrillers."
    assert generator.asked == [1, 1], "only the refused one is asked again: the others are in the journal"


def test_another_model_or_input_does_not_go_on_in_the_same_folder(six_users, tmp_path, capsys):
    out = tmp_path / "out"
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "users.jsonl").write_text('{"user_id": "a", "history": []}\n')
    main(["--input", str(bad), "--out", str(out)])
    assert "1 users in 1 shards: 0 profiled, 1 not" in capsys.readouterr().out
    for options, message in (
        (["--input", str(six_users)], "begun with another value of inputs"),
        (["--input", str(bad), "--hold-out", "1"], "begun with another value of hold_out"),
    ):
        with pytest.raises(SystemExit) as ended:
            main([*options, "--out", str(out)])
        assert ended.value.code == 2
        assert message in capsys.readouterr().err
    main(["--input", str(bad), "--out", str(out)])  # the same again: nothing to do
    assert "1 users in 1 shards" in capsys.readouterr().out


def test_a_folder_of_something_else_is_left_alone(six_users, tmp_path, capsys):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(SystemExit):
        main(["--input", str(six_users), "--out", str(tmp_path / "out")])
    assert "holds something else than profiles (thesis.txt)" in capsys.readouterr().err


def test_an_untrained_model_is_refused():
    from blue.models.presets import SMOLLM2_135M
    from blue.models.weights import resolve

    with pytest.raises(BulkError, match="was not trained to write profiles"):
        Models(model=str(resolve(SMOLLM2_135M).path)).describe()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--users-a-shard", "0"], "--users-a-shard must be 1 or more"),
        (["--engine", "vllm"], "runs on Ray; add --ray"),
        (["--ray", "local", "--engine", "server"], "belong together"),
        (["--profiler", "a/b", "--adapter", "x"], "--profiler brings its model"),
    ],
)
def test_options_that_do_not_fit_are_refused(tmp_path, capsys, options, message):
    with pytest.raises(SystemExit) as ended:
        main(["--input", str(tmp_path), "--out", str(tmp_path / "out"), *options])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_time_left_counts_only_what_this_call_wrote(capsys):
    progress = Progress("users", 1_000, 900, every=0)
    time.sleep(0.2)
    progress.advance(50)  # a fifth of a second for half of what is left
    first, second = capsys.readouterr().err.splitlines()
    assert first == "Going on: 900 of 1,000 users are there from before"
    assert second.startswith("950 of 1,000 users, ")
    assert second.endswith("0 s left")
