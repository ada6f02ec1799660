"""The profiler's base weights in a form that can be trained."""

import json
import os
import shutil
from pathlib import Path

from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, PreTrainedTokenizerBase

from blue.errors import WeightsError
from blue.models import CONFIG, get_preset, locked, require_stated, resolve, state_versions


def trainable_base(preset: str, folder: Path) -> Path:
    """The folder that holds the base model of a preset as safetensors; made on the first call.

    A GGUF file is dequantised: transformers reads it, but then calls the model quantised and refuses to train
    or to save it, so those marks are removed.
    """
    found = resolve(get_preset(preset).profiler).path
    if found.is_dir():
        return found
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder):  # of several processes one makes it
        _make_once(found, folder)
    return folder


def save_merged(base: Path, adapter: Path | None, folder: Path) -> None:
    """A base with an adapter merged into it, as an ordinary model folder in bfloat16."""
    model = AutoModelForCausalLM.from_pretrained(base, dtype="bfloat16")
    if adapter is not None:
        model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    _save_whole(model, AutoTokenizer.from_pretrained(base), folder)


def name_public_base(adapter: Path, preset: str) -> None:
    """Let a saved adapter name its base as the Hub does, not as a folder of this run: it then loads anywhere.

    It also states the versions of prompt and item text that it was trained with. Whole models have no such
    name, and a base that is a path of this computer keeps it.
    """
    source, path = get_preset(preset).profiler, adapter / CONFIG
    if source.hub is not None and path.is_file():
        config = json.loads(path.read_text(encoding="utf-8"))
        config["base_model_name_or_path"] = source.original or source.hub.repo_id
        path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    if path.is_file():
        state_versions(adapter)


def refuse_other_texts(adapter: Path) -> None:
    """Stop before an adapter is trained further that was trained with other prompts: SystemExit."""
    try:
        require_stated(adapter)
    except WeightsError as error:
        raise SystemExit(str(error)) from None


def _make_once(found: Path, folder: Path) -> None:
    if not (folder / "model.safetensors").is_file():
        model = AutoModelForCausalLM.from_pretrained(found.parent, gguf_file=found.name, dtype="bfloat16")
        model.hf_quantizer = None
        model.is_quantized = False
        model.quantization_method = None
        del model.config.quantization_config
        _save_whole(model, AutoTokenizer.from_pretrained(found.parent, gguf_file=found.name), folder)


def _save_whole(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
    """A killed run must not leave half a model behind."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    tokenizer.save_pretrained(part)
    model.save_pretrained(part)
    shutil.rmtree(folder, ignore_errors=True)
    os.replace(part, folder)
