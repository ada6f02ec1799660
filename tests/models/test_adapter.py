"""A LoRA adapter merged into the real GGUF: what PEFT computes, cached, and refused when it does not fit."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from gguf import GGUFReader, dequantize
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM

from blue.datatypes import SamplingSettings
from blue.errors import WeightsError
from blue.models.adapter import merged_gguf, read_adapter
from blue.models.generator import load_generator
from blue.models.generator.transformers_engine import TransformersGenerator
from blue.models.presets import SMOLLM2_135M
from blue.models.weights import resolve

PROJECT = Path(__file__).parents[2]
BASE = "SmolLM2-135M-Instruct"
GREEDY = SamplingSettings(max_new_tokens=40)
MESSAGES = [
    {"role": "system", "content": "You describe a person's taste."},
    {
        "role": "user",
        "content": "Alien (1979) | 5\nHeat (1995) | 5\nGrease (1978) | 1\n\nWrite one sentence.",
    },
]


@pytest.fixture(scope="module")
def base():
    return resolve(SMOLLM2_135M)


@pytest.fixture(scope="module")
def peft_model(base):
    """The base with an untrained adapter whose B is not zero, so that it changes every layer."""
    model = AutoModelForCausalLM.from_pretrained(
        base.path.parent, gguf_file=base.path.name, dtype=torch.float32
    )
    model.hf_quantizer, model.is_quantized = None, False
    torch.manual_seed(0)
    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    model = get_peft_model(
        model, LoraConfig(r=4, lora_alpha=8, target_modules=targets, task_type="CAUSAL_LM")
    )
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "lora_B" in name:
                weights.normal_(std=0.02)
    return model


@pytest.fixture(scope="module")
def adapter_folder(peft_model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapter") / "random"
    peft_model.save_pretrained(folder)
    change_config(folder, base_model_name_or_path=f"HuggingFaceTB/{BASE}")
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def merged(base, adapter_folder, cache, monkeypatch):
    monkeypatch.setenv("BLUE_CACHE", str(cache))
    return merged_gguf(base, read_adapter(adapter_folder, BASE))


@pytest.fixture
def copy(adapter_folder, tmp_path):
    """The adapter folder again, for a test to spoil."""
    return Path(shutil.copytree(adapter_folder, tmp_path / "copy"))


def change_config(folder: Path, **values) -> None:
    path = folder / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def rows_in_gguf_order(weights: torch.Tensor, heads: int) -> torch.Tensor:
    """Row i of the first half of a head next to row i of its second half."""
    halves = weights.view(heads, 2, -1, weights.shape[1])
    return torch.stack([halves[:, 0], halves[:, 1]], dim=2).reshape(weights.shape)


def test_every_merged_tensor_is_what_peft_computes(peft_model, merged):
    tensors = {tensor.name: tensor for tensor in GGUFReader(merged).tensors}
    layer = peft_model.base_model.model.model.layers[7]
    modules = {
        "attn_q": (layer.self_attn.q_proj, 9),
        "attn_k": (layer.self_attn.k_proj, 3),
        "attn_v": (layer.self_attn.v_proj, None),
        "attn_output": (layer.self_attn.o_proj, None),
        "ffn_gate": (layer.mlp.gate_proj, None),
        "ffn_up": (layer.mlp.up_proj, None),
        "ffn_down": (layer.mlp.down_proj, None),
    }
    for name, (module, heads) in modules.items():
        before, delta = module.base_layer.weight.detach(), module.get_delta_weight("default").detach()
        if heads:
            before, delta = rows_in_gguf_order(before, heads), rows_in_gguf_order(delta, heads)
        tensor = tensors[f"blk.7.{name}.weight"]
        after = torch.tensor(dequantize(tensor.data, tensor.tensor_type))
        assert (after - before - delta).abs().max() < (before + delta).abs().max() / 127, (
            name
        )  # an 8-bit step
        share = ((after - before) * delta).sum() / (delta * delta).sum()  # rounding averages out
        assert share == pytest.approx(1, abs=0.02), name


def test_the_app_writes_what_transformers_with_peft_writes(base, adapter_folder, merged):
    ours = load_generator("embedded", adapter=adapter_folder)
    plain = load_generator(str(base.path))
    merged_by_peft = TransformersGenerator(base.path, adapter=adapter_folder, dtype="float32")
    text = "".join(ours.stream(MESSAGES, GREEDY))
    assert text == "".join(merged_by_peft.stream(MESSAGES, GREEDY))
    assert text != "".join(plain.stream(MESSAGES, GREEDY))
    assert ours.about.trained
    assert ours.about.adapter == "random"
    assert ours.about.adapter_digest == read_adapter(adapter_folder, BASE).digest
    assert not plain.about.trained


def test_a_second_load_writes_nothing(base, adapter_folder, merged):
    before = merged.stat()
    assert merged_gguf(base, read_adapter(adapter_folder, BASE)) == merged
    assert (merged.stat().st_mtime_ns, merged.stat().st_ino) == (before.st_mtime_ns, before.st_ino)


def test_other_weights_make_another_file(base, copy, merged):
    tensors = load_file(copy / "adapter_model.safetensors")
    save_file({name: tensor * 2 for name, tensor in tensors.items()}, copy / "adapter_model.safetensors")
    assert read_adapter(copy, BASE).digest not in merged.name
    assert merged_gguf(base, read_adapter(copy, BASE)) != merged


def test_a_damaged_cached_file_is_made_again(base, adapter_folder, merged):
    right = merged.read_bytes()
    damaged = bytearray(right)
    damaged[len(right) // 2] ^= 1
    merged.write_bytes(damaged)
    assert merged_gguf(base, read_adapter(adapter_folder, BASE)).read_bytes() == right


def test_two_processes_at_once_make_one_file(base, adapter_folder, merged, tmp_path, monkeypatch):
    monkeypatch.setenv("BLUE_CACHE", str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    code = (
        "from pathlib import Path; from blue.models.adapter import *\n"
        "from blue.models.weights import ResolvedWeights\n"
        f"base = ResolvedWeights(Path({str(base.path)!r}), 'local path', {base.digest!r})\n"
        f"print(merged_gguf(base, read_adapter(Path({str(adapter_folder)!r}), {BASE!r})))"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    answers = {child.communicate(timeout=300)[0].strip() for child in children}
    assert len(answers) == 1
    assert Path(answers.pop()).read_bytes() == merged.read_bytes()
    assert sorted(path.suffix for path in (tmp_path / "gguf").iterdir()) == [".gguf", ".lock", ".sha256"]


def test_bfloat16_factors_are_read(base, adapter_folder, copy, merged, tmp_path, monkeypatch):
    tensors = load_file(copy / "adapter_model.safetensors")
    halved = {name: tensor.to(torch.bfloat16) for name, tensor in tensors.items()}
    save_file(halved, copy / "adapter_model.safetensors")
    exact = tmp_path / "exact"
    shutil.copytree(copy, exact)  # the same rounded values, stored as float32
    save_file({name: tensor.float() for name, tensor in halved.items()}, exact / "adapter_model.safetensors")
    monkeypatch.setenv("BLUE_CACHE", str(tmp_path / "cache"))
    files = [merged_gguf(base, read_adapter(folder, BASE)) for folder in (copy, exact)]
    assert files[0] != files[1]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_scaling_of_both_kinds_of_lora(copy):
    assert read_adapter(copy, BASE).scaling == 2  # alpha 8 / rank 4
    change_config(copy, use_rslora=True)
    assert read_adapter(copy, BASE).scaling == 4  # alpha 8 / sqrt(rank 4)


# --- refused


def test_pickled_weights(copy):
    (copy / "adapter_model.safetensors").rename(copy / "adapter_model.bin")
    with pytest.raises(WeightsError, match=r"adapter_model\.safetensors is missing.*can run code"):
        read_adapter(copy, BASE)


def test_a_folder_that_is_no_adapter(tmp_path):
    with pytest.raises(WeightsError, match=r"adapter_config\.json is missing"):
        read_adapter(tmp_path, BASE)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"r": 0, "lora_alpha": 8, "peft_type": "LORA"}'])
def test_a_configuration_that_is_none(copy, text):
    (copy / "adapter_config.json").write_text(text)
    with pytest.raises(WeightsError, match="is not a LoRA configuration"):
        read_adapter(copy, BASE)


def test_another_base(copy):
    change_config(copy, base_model_name_or_path="Qwen/Qwen3-0.6B")
    with pytest.raises(WeightsError, match=r"trained on Qwen/Qwen3-0\.6B, not on SmolLM2-135M-Instruct"):
        read_adapter(copy, BASE)


@pytest.mark.parametrize(
    "setting",
    [{"use_dora": True}, {"modules_to_save": ["lm_head"]}, {"bias": "all"}, {"init_lora_weights": "pissa"}],
    ids=str,
)
def test_more_than_plain_lora(copy, setting):
    change_config(copy, **setting)
    with pytest.raises(WeightsError, match=f"not plain LoRA.*{next(iter(setting))}"):
        read_adapter(copy, BASE)


def spoil(folder: Path, change) -> None:
    tensors = load_file(folder / "adapter_model.safetensors")
    change(tensors)
    save_file(tensors, folder / "adapter_model.safetensors")


FIRST = "base_model.model.model.layers.0.self_attn.q_proj.lora_{}.weight"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda tensors: tensors.update({FIRST.format("B"): torch.zeros(100, 4)}), "does not fit the base"),
        (lambda tensors: tensors.update({FIRST.format("A"): torch.zeros(8, 576)}), "does not fit the base"),
        (lambda tensors: tensors.pop(FIRST.format("B")), "lacks a LoRA factor"),
        (lambda tensors: tensors.clear(), "lacks a LoRA factor of any layer"),
        (lambda tensors: tensors.update({"what.is.this": torch.zeros(1)}), "holds what.is.this"),
        (
            lambda tensors: tensors.update({FIRST.replace(".0.", ".99.").format("A"): torch.zeros(4, 576)}),
            r"holds .*layers\.99",
        ),
    ],
    ids=["wrong rows", "wrong rank", "half a pair", "empty", "unknown key", "a layer too many"],
)
def test_factors_that_do_not_fit(base, copy, tmp_path, monkeypatch, change, message):
    monkeypatch.setenv("BLUE_CACHE", str(tmp_path))
    spoil(copy, change)
    with pytest.raises(WeightsError, match=message):
        merged_gguf(base, read_adapter(copy, BASE))
    assert not list(tmp_path.rglob("*.gguf"))


def test_damaged_weights(base, copy, tmp_path, monkeypatch):
    monkeypatch.setenv("BLUE_CACHE", str(tmp_path))
    path = copy / "adapter_model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(WeightsError, match="is damaged"):
        merged_gguf(base, read_adapter(copy, BASE))
