"""A trained LoRA adapter merged into a GGUF profiler: W + scaling · B·A, tensor by tensor, in NumPy.

openvino-genai ignores adapters on a GGUF, so the weights are merged once and cached under the hash of the
base and the adapter. This reads what PEFT writes, without PEFT or torch: the app stays small. Kinds of
adapters whose merge is more than that sum (DoRA, PiSSA, trained biases ...) are refused, not approximated.
"""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from blue.errors import WeightsError
from blue.models.weights import Progress, ResolvedWeights, gguf_copy, sha256_of, silent

WEIGHTS, CONFIG = "adapter_model.safetensors", "adapter_config.json"
LORA_KEY = re.compile(r"base_model\.model\.(?P<module>.+)\.lora_(?P<side>[AB])\.weight")
PLAIN_INITS = (True, False, "gaussian")  # the others (PiSSA, OLoRA, LoftQ ...) also change the base
UNSUPPORTED = (
    "use_dora",
    "modules_to_save",
    "rank_pattern",
    "alpha_pattern",
    "layer_replication",
    "trainable_token_indices",
    "target_parameters",
    "lora_bias",
    "fan_in_fan_out",
)


@dataclass(frozen=True)
class LoraAdapter:
    """A PEFT adapter on disk that was checked: plain LoRA, in safetensors, for the base it names."""

    folder: Path
    scaling: float
    digest: str  # SHA-256 over weights and configuration

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name


def read_adapter(folder: Path, base_name: str) -> LoraAdapter:
    """Check a PEFT folder against the model it is to change; raises WeightsError saying what is wrong."""
    for name in (CONFIG, WEIGHTS):
        if not (folder / name).is_file():
            raise WeightsError(
                f"{folder} is not an adapter that can be used: {name} is missing. Save it with PEFT in "
                "safetensors (pickled weights, adapter_model.bin, can run code and are refused)."
            )
    config = _read_config(folder / CONFIG)
    _require_plain_lora(folder, config)
    trained_on = str(config.get("base_model_name_or_path") or "nothing that it names")
    if Path(trained_on).name.casefold() != base_name.casefold():
        raise WeightsError(
            f"The adapter in {folder} was trained on {trained_on}, not on {base_name}. Choose that model; "
            f"or, if it is the same one, write '{base_name}' as base_model_name_or_path in its {CONFIG}."
        )
    rank = config["r"]
    scaling = config["lora_alpha"] / (math.sqrt(rank) if config.get("use_rslora") else rank)
    parts = sha256_of(folder / WEIGHTS) + sha256_of(folder / CONFIG)
    return LoraAdapter(folder, scaling, hashlib.sha256(parts.encode()).hexdigest())


def merged_gguf(base: ResolvedWeights, adapter: LoraAdapter, progress: Progress = silent) -> Path:
    """The base GGUF with the adapter merged into it, in Q8_0; made once, then taken from the cache."""
    digest = base.digest or sha256_of(base.path)
    key = hashlib.sha256(f"{digest} {adapter.digest}".encode()).hexdigest()[:24]
    return gguf_copy.cached_copy(base.path, key, lambda: _merge_into(base.path, adapter), progress)


def write_merged(base: Path, adapter: LoraAdapter, target: Path) -> None:
    """The same, written to `target`: for weights that are soon replaced, which a cache should not keep."""
    gguf_copy.write_copy(base, target, _merge_into(base, adapter))


def require_fit(base: Path, adapter: LoraAdapter) -> None:
    """Whether every factor of the adapter changes a matrix of this base (a GGUF file, or a model folder).

    Raises:
        WeightsError: a layer or a shape is another one, or the factors are not finite numbers.
    """
    if base.suffix == ".gguf":
        from gguf import GGUFReader

        reader = GGUFReader(base)
        architecture = reader.fields["general.architecture"].contents()
        names, shapes = _tensor_names(reader, architecture), _gguf_shapes(reader)
    else:
        shapes = _folder_shapes(base)
        names = _SameNames(frozenset(shapes))
    _require_fit(adapter, _read_pairs(adapter, names), shapes)


def _require_fit(adapter: LoraAdapter, pairs: Mapping, shapes: Mapping[str, tuple[int, ...]]) -> None:
    """`pairs`: tensor name -> factors A (r, in) and B (out, r); `shapes`: tensor name -> (out, in)."""
    for name, (a, b) in pairs.items():
        if name not in shapes or (b.shape[0], a.shape[1]) != shapes[name] or a.shape[0] != b.shape[1]:
            raise WeightsError(
                f"The adapter in {adapter.folder} does not fit the base: {name} is "
                f"{shapes.get(name, 'missing')}, the adapter's factors are {b.shape} and {a.shape}. "
                "It was trained on another model."
            )
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            raise WeightsError(
                f"The adapter in {adapter.folder} holds numbers that are not finite ({name}): it diverged."
            )


@dataclass(frozen=True)
class _SameNames:
    """The map of names for a folder of transformers, where layer and tensor are called the same."""

    tensors: frozenset[str]

    def get_name(self, module: str) -> str | None:
        """The module's own name if it has a weight matrix."""
        return module if f"{module}.weight" in self.tensors else None


def _gguf_shapes(reader: object) -> dict[str, tuple[int, ...]]:
    return {tensor.name: tuple(map(int, reversed(tensor.shape))) for tensor in reader.tensors}


def _folder_shapes(folder: Path) -> dict[str, tuple[int, ...]]:
    """Tensor name -> shape, from the headers of a folder's safetensors files."""
    from safetensors import safe_open

    shapes = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, framework="numpy") as tensors:
            shapes |= {name: tuple(tensors.get_slice(name).get_shape()) for name in tensors.keys()}  # noqa: SIM118
    return shapes


def _read_config(path: Path) -> dict:
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise WeightsError(f"{path} is not a LoRA configuration: {error}.") from error
    if not isinstance(config, dict) or not config.get("r") or "lora_alpha" not in config:
        raise WeightsError(f"{path} is not a LoRA configuration: it needs a rank 'r' and a 'lora_alpha'.")
    return config


def _require_plain_lora(folder: Path, config: dict) -> None:
    used = [name for name in UNSUPPORTED if config.get(name)]
    if config.get("peft_type") != "LORA":
        used.append(f"peft_type {config.get('peft_type')}")
    if config.get("bias", "none") != "none":
        used.append("bias")
    if config.get("init_lora_weights", True) not in PLAIN_INITS:
        used.append(f"init_lora_weights {config['init_lora_weights']}")
    if used:
        raise WeightsError(
            f"The adapter in {folder} is not plain LoRA (it uses {', '.join(used)}). "
            "Train it with a plain LoraConfig, or merge it with PEFT and pass the merged model folder."
        )


def _merge_into(base: Path, adapter: LoraAdapter) -> gguf_copy.Change:
    """The change that the adapter makes to the tensors of this GGUF file."""
    from gguf import GGUFReader

    reader = GGUFReader(base)
    architecture = reader.fields["general.architecture"].contents()
    heads = {
        "attn_q": reader.fields[f"{architecture}.attention.head_count"].contents(),
        "attn_k": reader.fields[f"{architecture}.attention.head_count_kv"].contents(),
    }
    pairs = _read_pairs(adapter, _tensor_names(reader, architecture))
    _require_fit(adapter, pairs, _gguf_shapes(reader))

    def change(name: str, weights: np.ndarray) -> np.ndarray:
        if name not in pairs:
            return weights
        a, b = pairs[name]
        delta = adapter.scaling * (b @ a)  # (out, r) @ (r, in)
        kind = name.split(".")[-2]
        if architecture == "llama" and kind in heads:
            delta = _interleaved(delta, heads[kind])
        return weights + delta

    return change


def _tensor_names(reader: object, architecture: str) -> object:
    """The gguf package's map from the names of transformers to the names in the file."""
    from gguf import MODEL_ARCH_NAMES, get_tensor_name_map

    kind = next(key for key, name in MODEL_ARCH_NAMES.items() if name == architecture)
    return get_tensor_name_map(kind, reader.fields[f"{architecture}.block_count"].contents())


def _read_pairs(adapter: LoraAdapter, names: object) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Tensor name in the GGUF -> the factors A (r, in) and B (out, r), float32."""
    from safetensors import SafetensorError, deserialize

    path = adapter.folder / WEIGHTS
    try:
        tensors = deserialize(path.read_bytes())
    except SafetensorError as error:
        raise WeightsError(f"{path} is damaged: {error}. Copy the adapter again.") from error
    factors: dict[str, dict[str, np.ndarray]] = {}
    for key, tensor in tensors:
        found = LORA_KEY.fullmatch(key)
        name = names.get_name(found["module"]) if found else None
        if name is None:
            raise WeightsError(f"{path} holds {key}, which is no LoRA factor of a layer of this base.")
        factors.setdefault(f"{name}.weight", {})[found["side"]] = _float32(tensor)
    lonely = [name for name, sides in factors.items() if set(sides) != {"A", "B"}]
    if lonely or not factors:
        raise WeightsError(f"{path} lacks a LoRA factor of {lonely[0] if lonely else 'any layer'}.")
    return {name: (sides["A"], sides["B"]) for name, sides in factors.items()}


def _float32(tensor: dict) -> np.ndarray:
    """A tensor of a safetensors file; NumPy has no bfloat16, whose bits are the upper half of a float32."""
    if tensor["dtype"] == "BF16":
        flat = (np.frombuffer(tensor["data"], np.uint16).astype(np.uint32) << 16).view(np.float32)
    else:
        flat = np.frombuffer(tensor["data"], {"F32": np.float32, "F16": np.float16}[tensor["dtype"]])
    return flat.reshape(tensor["shape"]).astype(np.float32)


def _interleaved(rows: np.ndarray, heads: int) -> np.ndarray:
    """Rows of a query or key matrix in the order that llama GGUF files keep for rotary embeddings."""
    out, columns = rows.shape
    return rows.reshape(heads, 2, out // heads // 2, columns).swapaxes(1, 2).reshape(out, columns)
