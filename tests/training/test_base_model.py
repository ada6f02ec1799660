"""What a saved adapter says it was trained on."""

import json
from pathlib import Path

from blue.models.adapter import CONFIG
from training.runs.base_model import name_public_base


def test_a_saved_adapter_names_its_base_as_the_hub_does_and_keeps_the_rest(tmp_path: Path):
    saved = {"base_model_name_or_path": "runs/warm-start/base", "r": 16, "target_modules": ["q_proj"]}
    (tmp_path / CONFIG).write_text(json.dumps(saved))
    name_public_base(tmp_path, "embedded")
    named = saved | {"base_model_name_or_path": "HuggingFaceTB/SmolLM2-135M-Instruct"}
    assert json.loads((tmp_path / CONFIG).read_text()) == named


def test_a_whole_model_and_a_base_by_path_stay_as_they_are(tmp_path: Path):
    name_public_base(tmp_path, "embedded")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / CONFIG).write_text('{"base_model_name_or_path": "mine"}')
    model = tmp_path / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    name_public_base(tmp_path, str(model))
    assert json.loads((tmp_path / CONFIG).read_text()) == {"base_model_name_or_path": "mine"}
