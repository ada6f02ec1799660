"""The configurations for larger machines: known values, and their code path on the embedded models.

The models they name cannot be trained here; `--preset embedded` puts the small ones in their place, and the
rest of each file holds. One optimiser step of each stage is really taken.
"""

import argparse
import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
from accelerate.commands.config.config_args import load_config_from_file
from safetensors.torch import load_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.training_args import SentenceTransformerTrainingArguments
from transformers import AutoTokenizer
from trl import SFTConfig

from blue.items import load_catalog
from blue.models.precision import fast_dtype
from blue.models.presets import PRESETS
from training.data import TEACHING, known_items, read_teaching
from training.encoder import train as train_encoder
from training.grpo import config as grpo_config
from training.grpo import train as grpo
from training.grpo.config import read_config
from training.runs.config_files import read_values
from training.runs.log import entries
from training.warm_start import config as warm_config
from training.warm_start.rows import examples
from training.warm_start.trainer import sft_trainer

CONFIGS = Path(__file__).parents[2] / "training" / "configs"
MACHINES = ("small-gpu", "paper")


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> list[str]:
    """Sixty people of one genre each, in MovieLens's own format: `--data`."""
    films = [item for item in load_catalog().items if item.kind == "movie" and item.genres][:240]
    folder = tmp_path_factory.mktemp("movielens")
    dice = random.Random(0)
    lines = ["userId,movieId,rating,timestamp"]
    for user in range(1, 61):
        liked = [item for item in films if films[user].genres[0] in item.genres]
        for time, item in enumerate(dice.sample(liked, min(12, len(liked)))):
            lines.append(f"{user},{item.item_id.removeprefix('ml:')},4.5,{1_000_000 + time}")
    (folder / "ratings.csv").write_text("\n".join(lines) + "\n")
    return [f"movies={folder}"]


@pytest.mark.parametrize("machine", MACHINES)
def test_the_stages_of_a_machine_train_the_same_models(machine):
    warm, sft = warm_config.read_config(CONFIGS / f"{machine}.yaml")
    rewarded, _ = read_config(CONFIGS / "grpo" / f"{machine}.yaml")
    encoder, trainer = train_encoder.read_config(CONFIGS / f"encoder-{machine}.yaml")
    assert warm.preset == rewarded.preset == encoder.preset
    assert warm.preset in PRESETS
    assert set(sft) <= set(SFTConfig.__dataclass_fields__)
    assert set(trainer) <= set(SentenceTransformerTrainingArguments.__dataclass_fields__)
    assert warm.lora_rank == rewarded.lora_rank


@pytest.mark.parametrize(
    "path", sorted((CONFIGS / "accelerate").glob("zero*.yaml")), ids=lambda path: path.stem
)
def test_accelerate_reads_the_launch_file(path):
    read = load_config_from_file(str(path))
    assert read.distributed_type == "DEEPSPEED"
    assert read.deepspeed_config["zero_stage"] == 2
    assert read.num_processes > 1
    assert read.mixed_precision == "bf16"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("no-reward", {"weights"}),
        ("no-guards", {"weights"}),
        ("no-warm-start", {"warm_start"}),
        ("sharp", {"contrastive_temperature"}),
        ("rlaif", {"weights", "compared_with", "preflight_tastes"}),
        ("rlpf", {"weights", "future_items", "preflight_tastes"}),
        ("langptune", {"weights", "scoring", "negatives"}),
    ],
)
def test_a_short_ablation_differs_in_what_its_name_says(name, expected):
    front, own = (read_values(CONFIGS / "grpo" / f"{one}.yaml") for one in ("front", f"short-{name}"))
    assert {key for key in own if own[key] != front.get(key)} == expected


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
def test_one_step_of_grpo(machine, data, tmp_path, monkeypatch):
    monkeypatch.setattr(
        grpo_config, "SMOKE", grpo_config.SMOKE | {"max_steps": 1, "eval_steps": 1, "save_steps": 1}
    )
    arguments = argparse.Namespace(
        config=CONFIGS / "grpo" / f"{machine}.yaml", preset="embedded", embedder=None, start=None, data=data,
        out=tmp_path / "run", resume=False, smoke=True,
    )  # fmt: skip
    grpo.run(arguments)
    logged = list(entries(tmp_path / "run" / "log.jsonl"))
    first = next(entry for entry in logged if "loss" in entry)
    assert {"rewards/contrastive/mean", "rewards/next_item_choice/mean", "kl", "entropy"} <= set(first)
    assert any("eval_ndcg@10" in entry for entry in logged)
    used, _ = read_config(tmp_path / "run" / "config.yaml")
    assert used.preset == "embedded"
    assert used.choice_negatives == read_config(CONFIGS / "grpo" / f"{machine}.yaml")[0].choice_negatives
    assert (tmp_path / "run" / "adapter" / "adapter_model.safetensors").is_file()
    record = json.loads((tmp_path / "run" / "run.json").read_text())
    assert record["finished"]
    assert record["tokens_sampled"] > 8
    with pytest.raises(SystemExit, match="holds a run already"):
        grpo.run(arguments)


@pytest.mark.parametrize(
    "machine", [*(pytest.param(one, marks=pytest.mark.slow) for one in MACHINES), "embedded"]
)
def test_one_step_of_the_warm_start(machine, base, tmp_path):
    config, sft = warm_config.read_config(CONFIGS / f"{machine}.yaml")
    config = replace(config, preset="embedded", mixture={"movies": 1})
    tokenizer = AutoTokenizer.from_pretrained(base)
    taught = list(read_teaching([TEACHING / "profiles.jsonl"], known_items(["movies"], []), "train"))[:4]
    rows = examples(config, taught, tokenizer, 0)
    sft |= {"max_steps": 1, "per_device_train_batch_size": 2, "use_cpu": True}
    sft |= {"bf16": False} if str(fast_dtype()) == "torch.float32" else {}
    trainer = sft_trainer(config, sft, base, tmp_path, (rows, rows), 10.0)
    trainer.train()
    assert trainer.state.global_step == 1
    trainer.save_model(str(tmp_path / "adapter"))
    layers = config.lora_layers or 30
    factors = load_file(tmp_path / "adapter" / "adapter_model.safetensors")
    assert len(factors) == layers * 7 * 2  # layers, matrices, factors


@pytest.mark.slow
@pytest.mark.parametrize("machine", MACHINES)
def test_one_step_of_the_embedder(machine, data, tmp_path):
    run, settings = train_encoder.read_config(CONFIGS / f"encoder-{machine}.yaml")
    run = replace(run, preset="embedded", mixture={"movies": 16}, validation_pairs=4)
    settings |= {"per_device_train_batch_size": 8, "max_steps": 1, "eval_steps": 1, "save_steps": 1}
    arguments = argparse.Namespace(
        data=data, profiler=None, start=None, out=tmp_path, resume=False, smoke=False
    )
    train_encoder.train(run, settings, arguments)
    saved = SentenceTransformer(str(tmp_path / "encoder"), local_files_only=True)
    assert saved.encode(["a film"]).shape == (1, 384)
