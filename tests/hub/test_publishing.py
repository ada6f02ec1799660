"""A run folder becomes what is published: weights, card, results, and nothing of the trainer's computer."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from huggingface_hub import parse_eval_result_entries
from safetensors.numpy import load_file, save_file

from blue.hub import open_catalog, open_profiler
from blue.hub.manifest import FILE
from blue.models.presets import MINILM, SMOLLM2_135M
from blue.models.weights import resolve
from tests.hub.conftest import make_folder
from training.data.folders import FILES_OF_KIND
from training.data.sources import note_sources, read_sources
from training.evaluate.data import EvaluationError
from training.evaluate.tables.results import Table
from training.publish import push_catalog, push_to_hub
from training.publish.figures import draw_log
from training.runs.folder import RunError, find_run

TABLE = {
    "table": "source", "dataset": "beauty", "n_users": 300, "seed": 7, "differences": [], "notes": [],
    "rows": [
        {
            "method": method, "pool": pool, "metric": metric,
            "value": value, "low": value - 0.02, "high": value + 0.02,
        }
        for method, value in (("blue-facets", 0.3), ("blue-single", 0.25), ("last-item", 0.2))
        for pool in ("sampled", "full")
        for metric in ("ndcg@10", "recall@10", "mrr@10")
    ],
}  # fmt: skip


def data(folder: Path, kind: str) -> Path:
    """A folder that is told to be of a kind by its files; what they hold is not read here."""
    folder.mkdir()
    for name in FILES_OF_KIND[kind]:
        (folder / name).touch()
    return folder


@pytest.fixture
def run(tmp_path) -> Path:
    """What GRPO leaves, with an adapter of one layer: the trainer's own paths and files among it."""
    folder = tmp_path / "run"
    folder.mkdir()
    make_folder(folder / "adapter")
    (folder / "adapter" / FILE).unlink()
    config = json.loads((folder / "adapter" / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = "/home/me/runs/base"
    (folder / "adapter" / "adapter_config.json").write_text(json.dumps(config))
    (folder / "adapter" / "training_args.bin").write_bytes(b"pickle")
    settings = {
        "preset": "embedded",
        "scoring": "facets",
        "mixture": {"movies": 6, "beauty": 4},
        "weights": {},
    }
    (folder / "config.yaml").write_text(yaml.safe_dump(settings))
    movies, beauty = data(tmp_path / "ml", "movielens"), data(tmp_path / "beauty", "benchmark")
    note_sources([f"movies={movies}", str(beauty)], folder)
    steps = [
        {"step": step, "reward": 0.1 * step, "rewards/copy/mean": 0.9, "group": {"profile": ["a user's"]}}
        for step in range(1, 6)
    ]
    (folder / "log.jsonl").write_text("".join(json.dumps(step) + "\n" for step in steps))
    (folder / "results.json").write_text(json.dumps(TABLE))
    (folder / "run.json").write_text(json.dumps({"steps": 5, "seconds": 7200, "machine": {"cores": 2}}))
    return folder


def publish(run: Path, out: Path, *more: str) -> Path:
    assert push_to_hub.main([str(run), "--out", str(out), "--no-examples", *more]) == 0
    return out


def test_what_is_published_opens_and_holds_what_was_promised(run, tmp_path):
    out = publish(run, tmp_path / "out")
    opened = open_profiler(str(out))
    assert opened.scoring == "facets"
    assert opened.manifest.base.model == "HuggingFaceTB/SmolLM2-135M-Instruct"
    assert opened.manifest.base.revision == SMOLLM2_135M.hub.revision
    assert opened.manifest.embedder.sha256 == MINILM.sha256
    assert opened.manifest.embedder.dimension == 384
    assert {"torch", "transformers", "huggingface-hub"} <= set(opened.manifest.versions)
    before = load_file(run / "adapter" / "adapter_model.safetensors")
    after = load_file(out / "adapter_model.safetensors")
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_nothing_of_the_trainers_computer_leaves(run, tmp_path):
    out = publish(run, tmp_path / "out")
    assert not list(out.rglob("*.bin"))
    for path in out.rglob("*"):
        if path.is_file():
            assert b"/home/me" not in path.read_bytes(), path
            assert b"a user's" not in path.read_bytes(), path


def test_the_card_says_what_it_is(run, tmp_path):
    card = (publish(run, tmp_path / "out") / "README.md").read_text()
    metadata = yaml.safe_load(card.split("---\n")[1])
    assert metadata["base_model"] == "HuggingFaceTB/SmolLM2-135M-Instruct"
    assert metadata["base_model_relation"] == "adapter"
    assert set(metadata["datasets"]) == {"movies", "beauty"}
    assert metadata["metrics"] == ["ndcg@10", "recall@10"]
    assert (metadata["license"], metadata["license_link"]) == ("other", "README.md")  # MovieLens has terms
    assert "| movies | movielens | GroupLens terms" in card
    assert "**beauty**, 300 unseen users, seed 7" in card
    assert "| blue-facets | 1 + 99 | 0.300 [0.280, 0.320] | 0.300 [0.280, 0.320] |" in card
    assert "Not for judging people" in card
    assert "5 steps and 2.0 hours on 2 cores" in card
    assert "rewarded for retrieving" in card
    assert "about 135 million parameters" in card


def test_results_are_in_the_hubs_own_form(run, tmp_path):
    out = publish(run, tmp_path / "out", "--benchmark", "beauty=org/amazon-beauty")
    written = yaml.safe_load((out / ".eval_results" / "beauty.yaml").read_text())
    entries = parse_eval_result_entries(written)
    assert [(entry.dataset_id, entry.task_id, entry.value) for entry in entries] == [
        ("org/amazon-beauty", "next_item_sampled_ndcg_at_10", 0.3),
        ("org/amazon-beauty", "next_item_sampled_recall_at_10", 0.3),
        ("org/amazon-beauty", "next_item_full_ndcg_at_10", 0.3),
        ("org/amazon-beauty", "next_item_full_recall_at_10", 0.3),
    ]
    assert "95% bootstrap interval [0.2800, 0.3200]" in entries[0].notes
    assert "300 unseen users" in entries[0].notes


def test_the_scoring_decides_which_score_is_published(run, tmp_path):
    out = publish(run, tmp_path / "out", "--scoring", "single")
    assert open_profiler(str(out)).scoring == "single"
    assert yaml.safe_load((out / ".eval_results" / "beauty.yaml").read_text())[0]["value"] == 0.25


@pytest.mark.parametrize("content", ["{", "[1]", '{"rows": 3}', '{"results": {"a": 1}}'])
def test_results_of_no_form_are_refused(tmp_path, content):
    (tmp_path / "r.json").write_text(content)
    with pytest.raises(EvaluationError, match=r"r\.json holds no results that can be read"):
        Table.of_file(tmp_path / "r.json")


def test_a_trained_embedder_goes_with_it(run, tmp_path):
    import shutil

    shutil.copytree(resolve(MINILM).path, run / "encoder")
    (run / "encoder" / "pytorch_model.bin").write_bytes(b"pickle")
    weights = run / "encoder" / "model.safetensors"
    tensors = load_file(weights)
    name = next(iter(tensors))
    save_file(tensors | {name: tensors[name] * 1.01}, weights, metadata={"format": "pt"})
    opened = open_profiler(str(publish(run, tmp_path / "out")))
    assert opened.preset.embedder.local == opened.folder / "encoder"
    assert opened.manifest.embedder.sha256 != MINILM.sha256
    assert not list(opened.folder.rglob("*.bin"))
    resolve(opened.preset.embedder)


def test_an_adapter_that_does_not_fit_is_never_published(run, tmp_path, capsys):
    path = run / "adapter" / "adapter_model.safetensors"
    tensors = load_file(path)
    save_file({name: one[:, :32] if "lora_A" in name else one for name, one in tensors.items()}, path)
    assert push_to_hub.main([str(run), "--out", str(tmp_path / "out"), "--no-examples"]) == 2
    assert "does not fit the base" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Say where to"),
        (["--out", "OCCUPIED"], "is not empty"),
        (["--out", "new", "--config", "none.yaml"], "There is no none.yaml"),
        (["--out", "new", "--preset", "none"], "There is no model 'none'"),
        (["--out", "new", "--scoring", "magic"], "is no scoring"),
    ],
)
def test_a_command_that_cannot_be_right(run, tmp_path, monkeypatch, capsys, arguments, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "OCCUPIED").mkdir()
    (tmp_path / "OCCUPIED" / "file").touch()
    assert push_to_hub.main([str(run), *arguments]) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "new" / FILE).exists()


def test_a_folder_that_is_no_run(tmp_path):
    with pytest.raises(RunError, match="neither an adapter"):
        find_run(tmp_path)


def test_a_run_that_does_not_name_its_base(run, capsys, tmp_path):
    (run / "config.yaml").unlink()
    assert push_to_hub.main([str(run), "--out", str(tmp_path / "out"), "--no-examples"]) == 2
    assert "--preset embedded" in capsys.readouterr().err


def test_terms_that_nobody_stated_are_not_guessed(tmp_path):
    note_sources([str(data(tmp_path / "shop", "prepared"))], tmp_path)
    found = {
        read_source.name: read_source
        for read_source in read_sources(tmp_path, ["shop", "beauty"], ["more=MIT"])
    }
    assert found["shop"].licence == "the terms of the raw files it was prepared from"
    assert (found["beauty"].licence, found["beauty"].restricts) == ("not stated", True)
    assert (found["more"].licence, found["more"].restricts) == ("MIT", False)


@pytest.mark.parametrize(("raw", "kind"), [("movielens", "movielens"), ("csv", "prepared")])
def test_prepared_data_keep_the_terms_of_what_they_were_prepared_from(tmp_path, raw, kind):
    folder = data(tmp_path / "films", "prepared")
    (folder / "manifest.json").write_text(json.dumps({"source": raw}))
    note_sources([f"shop={folder}"], tmp_path)
    (found,) = read_sources(tmp_path, ["shop"])
    assert (found.name, found.kind, found.restricts) == ("shop", kind, raw == "movielens")


def test_the_log_is_drawn(tmp_path):
    rewards = [{"step": 1, "rewards/copy/mean": 0.1}, {"step": 2, "rewards/copy/mean": 0.3, "kl": 0.2}]
    losses = [{"step": 1, "loss": 3.0}, {"step": 2, "loss": 2.0, "eval_loss": 2.5}]
    for name, log in (("rewards", rewards), ("losses", losses), ("nothing", [{"step": 1}])):
        draw_log(log, tmp_path / f"{name}.png")
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_a_log_that_a_kill_cut_is_read_up_to_there(run):
    with (run / "log.jsonl").open("a") as file:
        file.write('{"step": 6, "rew')
    assert [row["step"] for row in find_run(run).log] == [1, 2, 3, 4, 5]


# --- catalogues


@pytest.fixture(scope="module")
def catalog(tmp_path_factory) -> Path:
    """A catalogue of five things, embedded by the real embedder."""
    from blue.cli.commands import main

    folder = tmp_path_factory.mktemp("shop")
    rows = ["id,title,kind,genres", *(f"{n},Lamp number {n},product,lighting" for n in range(5))]
    (folder / "items.csv").write_text("\n".join(rows) + "\n")
    assert main(["catalog", "build", str(folder / "items.csv"), "--out", str(folder / "catalog")]) == 0
    return folder / "catalog"


def test_a_catalogue_is_pushed_and_opened_by_name(catalog, newest, hub, tmp_path, monkeypatch):
    monkeypatch.setattr(
        push_catalog, "push_files", lambda files, repo, **options: seen.update(files) or pushed
    )
    seen: dict = {}
    pushed = type("Pushed", (), {"repo_id": "alice/shop", "commit": "c", "url": "u"})
    assert push_catalog.main([str(catalog), "--repo", "alice/shop"]) == 0
    folder = tmp_path / "pushed"
    folder.mkdir()
    for name, content in seen.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.read_bytes())
    made = newest("push", folder=str(folder), repo="alice/shop", kind="dataset")
    found = newest("catalog", name=f"alice/shop@{made['commit']}")
    opened = Path(found["folder"])
    assert {path.name for path in opened.iterdir()} == {
        "items.parquet",
        "embeddings.npy",
        "index.faiss",
        "catalog.json",
    }
    assert open_catalog(str(opened)).folder == opened
    card = hub.files("datasets/alice/shop")["README.md"].decode()
    assert "5 items (5 product)" in card
    assert yaml.safe_load(card.split("---\n")[1])["size_categories"] == "n<1K"
