"""The command itself, on the real embedded models and a tiny shop: every table, a kill, refusals."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from blue.models.presets import get_preset
from blue.models.weights import resolve
from training.evaluate.__main__ import TABLES, main
from training.evaluate.methods import TRAINING_FREE
from training.evaluate.profile_store import ProfileStore
from training.evaluate.tables.qa import CHOICES
from training.evaluate.tables.readability import COPIED_AS_WRITTEN
from training.evaluate.tables.results import metric_names

from .evaluation_world import circles, write_shop

ADAPTER = Path(__file__).resolve().parents[2] / "assets" / "profiler"
QUICK = ("--no-search", "--seed", "0")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("evaluation")
    write_shop(folder / "shop", circles(60, 8, 300), items=300, ratings=True)  # 30 items a genre
    write_shop(folder / "food_kitchen", circles(60, 12, 160), items=160, domains=("Food", "Kitchen"))
    return folder


def evaluate(place: Path, table: str, *more: str, data: str = "shop") -> dict | list:
    out = place / "out" / table
    asked = [table, "--data", str(place / data), "--out", str(out), "--cache", str(place / "cache"), *QUICK]
    assert main([*asked, *more]) == 0
    return json.loads((out / "results.json").read_text())


def methods_of(record: dict) -> list[str]:
    return list(dict.fromkeys(row["method"] for row in record["rows"]))


def test_source_ranks_with_every_training_free_method_but_those_left_out(place, capsys):
    record = evaluate(place, "source", "--limit", "5", "--methods", ",".join(TRAINING_FREE[:-1]))
    assert methods_of(record) == list(TRAINING_FREE[:-1])
    assert (record["table"], record["dataset"], record["n_users"], record["seed"]) == ("source", "shop", 5, 0)
    assert len(record["rows"]) == len(TRAINING_FREE[:-1]) * 2 * len(metric_names())
    assert all(0 <= row["low"] <= row["value"] <= row["high"] <= 1 for row in record["rows"])
    printed = capsys.readouterr().out
    assert "transitions" in printed
    assert "ndcg@10" in printed


INTERRUPTED = """
import sys
import training.evaluate.profile_store as store
store.BATCH, store.REPORT_EVERY = 2, 0.0
from training.evaluate.__main__ import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_killed_run_resumes_to_the_same_table(place, capsys):
    asked = ["source", "--data", str(place / "shop"), "--limit", "4", "--methods", "untrained", *QUICK]
    killed = [*asked, "--cache", str(place / "killed"), "--out", str(place / "killed" / "out")]
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, *killed], stderr=subprocess.PIPE, text=True
    ) as process:
        for line in process.stderr:
            if "2 of 4" in line:
                os.kill(process.pid, signal.SIGKILL)
                break
    assert process.returncode == -signal.SIGKILL
    assert not (place / "killed" / "out").exists()
    assert main(killed) == 0
    assert "profiles by untrained: 2 to do" in capsys.readouterr().err
    assert main([*asked, "--cache", str(place / "unbroken"), "--out", str(place / "unbroken" / "out")]) == 0
    assert "profiles by untrained: 4 to do" in capsys.readouterr().err
    tables = [
        json.loads((place / run / "out" / "results.json").read_text()) for run in ("killed", "unbroken")
    ]
    assert tables[0]["rows"] == tables[1]["rows"]


def test_blue_single_and_facets_rank_by_the_same_profiles(place, monkeypatch):
    asked = ("--limit", "2", "--methods", "blue-single,blue-facets", "--profiler", str(ADAPTER))
    record = evaluate(place, "source", *asked)
    assert methods_of(record) == ["blue-single", "blue-facets"]
    monkeypatch.setattr(ProfileStore, "put", lambda *_: pytest.fail("a profile was written twice"))
    assert evaluate(place, "source", *asked)["rows"] == record["rows"]


@pytest.mark.slow
def test_questions_are_answered_with_and_without_a_profile(place):
    asked = ("--limit", "2", "--methods", "no-context,blue-single", "--profiler", str(ADAPTER))
    record = evaluate(place, "qa", *asked)
    found = {(row["method"], row["metric"]): row["value"] for row in record["rows"]}
    assert {metric for method, metric in found if method == "blue-single"} == {*CHOICES, "rating-mae"}
    assert {"user-mean", "item-mean", "global-mean"} <= set(methods_of(record))
    assert 0 <= found["no-context", "rating-mae"] <= 4


@pytest.mark.slow
def test_an_ablation_takes_parts_away(place):
    record = evaluate(
        place, "ablation", "--limit", "2", "--profiler", str(ADAPTER), "--adapter", f"no-guards={ADAPTER}"
    )
    shown = set(methods_of(record))
    assert {
        "blue-facets",
        "blue-single",
        "sentences-1",
        "history-3",
        "no-guards-facets",
    } <= shown
    rows = {(row["method"], row["pool"], row["metric"]): row["value"] for row in record["rows"]}
    for metric in metric_names():  # the same adapter under another name is no difference
        assert rows["no-guards-facets", "full", metric] == rows["blue-facets", "full", metric]
    copied = {key[0]: value for key, value in rows.items() if key[2] == COPIED_AS_WRITTEN}
    assert set(copied) == {"blue-facets", "no-guards-facets"}, "one a system that writes, not one a scoring"
    assert all(0 <= value <= 1 for value in copied.values())


@pytest.mark.slow
def test_interpretability_of_rules_and_model(place):
    record = evaluate(
        place, "interpretability", "--limit", "2", "--profiler", str(ADAPTER),
        "--methods", "rule-based,blue-facets",
    )  # fmt: skip
    found = {(row["method"], row["metric"]): row["value"] for row in record["rows"]}
    for method in ("rule-based", "blue-facets"):
        assert found[method, "perplexity"] > 1
        assert 0 <= found[method, "grounding-rate"] <= 1
        shown = {metric for one, metric in found if one == method}
        assert {"steer-add", "stability-shuffled-cosine"} <= shown
    assert ("rule-based", "stability-resampled-cosine") not in found
    assert -1 <= found["blue-facets", "stability-resampled-cosine"] <= 1.001


@pytest.mark.slow
def test_cost_is_read_and_not_guessed(place, tmp_path):
    logged, rewarded = tmp_path / "logged", tmp_path / "rewarded"
    logged.mkdir()
    rewarded.mkdir()
    shutil.copy(ADAPTER / "first-stage" / "training_log.csv", logged)
    (rewarded / "run.json").write_text('{"steps": 40, "seconds": 2940, "tokens_sampled": 77914}')
    record = evaluate(
        place, "cost", "--limit", "2", "--methods", "best-match,blue-facets", "--profiler", str(ADAPTER),
        "--run", f"warm-start={logged}", "--run", f"grpo={rewarded}",
    )  # fmt: skip
    found = {(row["method"], row["metric"]): row["value"] for row in record["rows"]}
    assert found["blue-facets", "seconds-per-profile"] > 0
    assert found["blue-facets", "tokens-written-per-profile"] >= 1
    assert found["best-match", "peak-memory-mb"] > 100
    assert 3 < found["warm-start", "seconds-per-training-step"] < 30  # from the times in its log: 69 minutes
    assert found["grpo", "seconds-per-training-step"] == pytest.approx(73.5)  # 49 minutes, 40 steps
    assert found["grpo", "tokens-sampled-per-training-step"] == pytest.approx(1_947.85)


def test_transfer_goes_between_data_sets_and_between_domains(place):
    asked = ("--limit", "3", "--methods", "last-item,raw-history")
    records = evaluate(place, "transfer", *asked, "--data", str(place / "food_kitchen"))
    assert [one["dataset"] for one in records] == [
        "shop to food_kitchen",
        "food_kitchen to shop",
        "food_kitchen Food to Kitchen",
        "food_kitchen Kitchen to Food",
    ]
    inside = evaluate(place, "transfer", *asked, data="food_kitchen")
    assert [one["dataset"] for one in inside] == [one["dataset"] for one in records[2:]]


@pytest.mark.slow
def test_unisrec_moves_to_another_catalogue(place):
    records = evaluate(
        place, "transfer", "--limit", "3", "--methods", "unisrec", "--data", str(place / "food_kitchen")
    )
    assert [methods_of(one) for one in records] == [["unisrec"]] * 4


def test_trainable_wants_its_embedder(place, capsys):
    asked = ["trainable", "--data", str(place / "shop"), "--out", str(place / "never")]
    assert main(asked) == 2
    assert "--encoder" in capsys.readouterr().err
    folder = resolve(get_preset().embedder).path
    record = evaluate(place, "trainable", "--encoder", str(folder), "--limit", "2", "--methods", "last-item")
    assert (record["table"], methods_of(record)) == ("trainable", ["last-item"])


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--methods", "magic"], "There is no method 'magic'"),
        (["--methods", "rlaif"], "rlaif cannot be run: no adapter is given; give --adapter rlaif=DIR"),
        (["--adapter", "rlaif"], "write NAME=DIR"),
        (["--adapter", "rlaif=nowhere"], "there is no nowhere"),
        (["--profiler", "nowhere"], "there is no nowhere"),
        (["--least", "50", "--methods", "popularity"], "has 50 interactions"),
        (["--data", "nowhere"], "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_line(place, capsys, more, message):
    asked = ["source", "--data", str(place / "shop"), "--out", str(place / "never"), "--limit", "2"]
    assert main([*asked, "--cache", str(place / "cache"), *more]) == 2
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith("error: ")
    assert message in error
    assert not (place / "never").exists()


def test_a_transfer_needs_two_domains(place, capsys):
    asked = ["transfer", "--data", str(place / "shop"), "--out", str(place / "never")]
    assert main([*asked, "--cache", str(place / "cache")]) == 2
    assert "needs two data sets" in capsys.readouterr().err


def test_the_module_names_every_table():
    told = subprocess.run(
        [sys.executable, "-m", "training.evaluate", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(f"    {table} " in told for table in TABLES)
