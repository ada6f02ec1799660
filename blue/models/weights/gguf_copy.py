"""A GGUF file rewritten with 8-bit weights, alone or with changes to some of them.

Why rewrite at all: openvino-genai rounds the zero point of every group of a 4-bit file that has one (Q4_1,
Q4_K) to a whole number, which raised the perplexity of SmolLM2-135M from 65 to 77; Q8_0 has no zero point
and keeps 65. Tensors are handled one at a time, so memory stays near the largest of them.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from blue.errors import WeightsError
from blue.models.weights.files import (
    Progress,
    cache_folder,
    explained_os_errors,
    is_intact,
    locked,
    sha256_of,
    silent,
)

Change = Callable[[str, np.ndarray], np.ndarray]  # tensor name, float32 weights -> float32 weights

EXACT = {"F32", "F16", "BF16", "Q8_0"}  # types that the engine reads without loss
Q8_BLOCK = 32  # weights that share one scale


def exact_for_engine(base: Path, digest: str, progress: Progress = silent) -> Path:
    """`base` itself if the engine reads it without loss, else its 8-bit copy; `digest` is its SHA-256."""
    from gguf import GGUFReader

    if not _copy_path(digest[:24]).is_file():  # reading a file takes seconds, mostly for its vocabulary
        try:
            tensors = GGUFReader(base).tensors
        except (ValueError, IndexError) as error:
            raise WeightsError(f"{base} is not a GGUF file, or a damaged one: {error}.") from error
        if all(tensor.tensor_type.name in EXACT for tensor in tensors):
            return base
    return cached_copy(base, digest[:24], progress=progress)


def cached_copy(
    base: Path, key: str, prepare: Callable[[], Change] | None = None, progress: Progress = silent
) -> Path:
    """The 8-bit copy of `base` under this content key, made once; a damaged one is made again.

    `key` names everything that the copy depends on, `prepare` returns the change to its tensors.
    Safe in several processes at once.
    """
    target = _copy_path(key)
    stamp = target.with_suffix(".sha256")
    with explained_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with locked(target):
            if stamp.is_file() and is_intact(target, stamp.read_text()):
                return target
            progress(f"preparing {base.name} for this computer, once", None)
            with tempfile.TemporaryDirectory(dir=target.parent) as folder:
                part = Path(folder) / target.name
                write_copy(base, part, prepare() if prepare else unchanged)
                digest = sha256_of(part)
                os.replace(part, target)
            stamp.write_text(digest)
    return target


def _copy_path(key: str) -> Path:
    return cache_folder() / "gguf" / f"{key}.q8_0.gguf"


def unchanged(name: str, weights: np.ndarray) -> np.ndarray:
    """The change that leaves every tensor as it is."""
    return weights


def write_copy(base: Path, target: Path, change: Change = unchanged) -> None:
    """Write `base` again: the same tokenizer and settings, matrices as Q8_0, vectors as float32."""
    from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, LlamaFileType, dequantize, quantize

    reader = GGUFReader(base)
    writer = GGUFWriter(target, reader.fields["general.architecture"].contents())
    _copy_settings(reader, writer)
    writer.add_file_type(LlamaFileType.MOSTLY_Q8_0)
    for tensor in reader.tensors:
        shape = tuple(int(size) for size in reversed(tensor.shape))
        as_q8 = _fits_q8(shape)
        size = np.prod(shape)
        stored = (*shape[:-1], shape[-1] // Q8_BLOCK * 34) if as_q8 else shape  # 32 weights and a scale
        writer.add_tensor_info(
            tensor.name,
            stored,
            np.dtype(np.uint8 if as_q8 else np.float32),
            int(size // Q8_BLOCK * 34 if as_q8 else size * 4),
            raw_dtype=GGMLQuantizationType.Q8_0 if as_q8 else None,
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for tensor in reader.tensors:
        shape = tuple(int(size) for size in reversed(tensor.shape))
        weights = dequantize(tensor.data, tensor.tensor_type).reshape(shape).astype(np.float32)
        weights = change(tensor.name, weights)
        writer.write_tensor_data(quantize(weights, GGMLQuantizationType.Q8_0) if _fits_q8(shape) else weights)
    writer.close()


def _fits_q8(shape: tuple[int, ...]) -> bool:
    return len(shape) == 2 and shape[1] % Q8_BLOCK == 0


def _copy_settings(reader: object, writer: object) -> None:
    """Every key and value of the header, the tokenizer among them, but for what the writer sets itself."""
    from gguf import GGUFValueType

    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name in ("general.architecture", "general.file_type"):
            continue
        kind = field.types[0]
        element = field.types[-1] if kind is GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), kind, sub_type=element)
