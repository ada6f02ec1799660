"""The profiler's base weights in a form that can be trained."""

import os
import shutil
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from blue.presets import get_preset
from blue.weights import resolve


def trainable_base(preset: str, folder: Path) -> Path:
    """The folder that holds the base model of a preset as safetensors; made on the first call.

    A GGUF file is dequantised: transformers reads it, but then calls the model quantised and refuses to train
    or to save it, so those marks are removed.
    """
    found = resolve(get_preset(preset).profiler).path
    if found.is_dir():
        return found
    if not (folder / "model.safetensors").is_file():
        model = AutoModelForCausalLM.from_pretrained(found.parent, gguf_file=found.name, dtype="bfloat16")
        model.hf_quantizer = None
        model.is_quantized = False
        model.quantization_method = None
        del model.config.quantization_config
        part = folder.with_name(f"{folder.name}.part")  # a killed run must not leave half a model behind
        shutil.rmtree(part, ignore_errors=True)
        AutoTokenizer.from_pretrained(found.parent, gguf_file=found.name).save_pretrained(part)
        model.save_pretrained(part)
        shutil.rmtree(folder, ignore_errors=True)
        os.replace(part, folder)
    return folder


def fast_dtype() -> torch.dtype:
    """bfloat16 on a GPU and on a CPU with instructions for it, else float32.

    Without them a CPU multiplies matrices in bfloat16 eight times slower than in float32 (AVX2, 1 thread).
    """
    if torch.cuda.is_available():
        return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float32
    able = torch.cpu.get_capabilities()
    instructions = any(able.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
    return torch.bfloat16 if instructions else torch.float32
