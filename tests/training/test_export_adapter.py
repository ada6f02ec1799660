"""What is shipped is small, names its base, and is the same adapter."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from training.publish.export_adapter import export


@pytest.fixture
def checkpoint(tmp_path):
    folder = tmp_path / "checkpoint-5"
    folder.mkdir()
    save_file(
        {"base_model.model.x.lora_A.weight": torch.full((2, 4), 0.125)}, folder / "adapter_model.safetensors"
    )
    config = {"base_model_name_or_path": "runs/base", "r": 2, "lora_alpha": 4, "target_modules": ["v", "q"]}
    (folder / "adapter_config.json").write_text(json.dumps(config))
    (folder / "training_args.bin").write_bytes(b"pickled")
    return folder


def test_only_two_files_leave_and_the_base_is_public(checkpoint, tmp_path):
    export(checkpoint, tmp_path / "shipped", "Maker/Model-1M")
    assert {path.name for path in (tmp_path / "shipped").iterdir()} == {
        "adapter_model.safetensors",
        "adapter_config.json",
    }
    config = json.loads((tmp_path / "shipped" / "adapter_config.json").read_text())
    assert (config["base_model_name_or_path"], config["r"]) == ("Maker/Model-1M", 2)
    weights = load_file(tmp_path / "shipped" / "adapter_model.safetensors")[
        "base_model.model.x.lora_A.weight"
    ]
    assert weights.dtype == torch.float16
    assert torch.equal(weights.float(), torch.full((2, 4), 0.125))


def test_a_diverged_run_is_not_shipped(checkpoint, tmp_path):
    save_file({"lora_A": torch.tensor([float("nan")])}, checkpoint / "adapter_model.safetensors")
    with pytest.raises(SystemExit, match="diverged"):
        export(checkpoint, tmp_path / "shipped", "Maker/Model-1M")
