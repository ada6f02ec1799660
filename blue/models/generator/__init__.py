"""Messages to text, streamed: the only package that imports a generation engine."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from blue.datatypes import TextGenerator
from blue.errors import WeightsError
from blue.models.adapter import CONFIG, LoraAdapter, merged_gguf, read_adapter, require_fit
from blue.models.generator.about import LoadedProfiler
from blue.models.generator.lent_gpu import is_zero_gpu
from blue.models.presets import DEFAULT_PRESET, Engine, ModelSource, Preset, get_preset
from blue.models.versions import require_same
from blue.models.weights import Progress, ResolvedWeights, gguf_copy, resolve, sha256_of, silent

__all__ = ["LoadedGenerator", "LoadedProfiler", "describe_generator", "load_generator"]

if is_zero_gpu():  # it looks for functions that need a GPU when the app starts, before a model is loaded
    from blue.models.generator import transformers_engine  # noqa: F401


class LoadedGenerator(TextGenerator, Protocol):
    """A TextGenerator that says what it is: `about.trained`, `about.source` ..."""

    about: LoadedProfiler


def load_generator(
    name: str | Preset = DEFAULT_PRESET,
    adapter: Path | None = None,
    engine: Engine | None = None,
    progress: Progress = silent,
    one_at_a_time: bool = False,
) -> LoadedGenerator:
    """The profiler of a preset or of a local path, ready to write; `about` describes it.

    Without an `adapter`, the one that the project ships for this model is attached if it is there.
    `one_at_a_time` takes less memory, for who never has several texts written together.
    Raises WeightsError if files cannot be had or read, or do not fit each other.
    """
    about, found, lora = _chosen(name, adapter, engine, progress)
    if about.engine == "openvino":
        return _load_openvino(found, lora, about, progress, one_at_a_time)
    return _load_transformers(found, lora, about, progress)


def describe_generator(
    name: str | Preset = DEFAULT_PRESET, adapter: Path | None = None, progress: Progress = silent
) -> LoadedProfiler:
    """What `load_generator` would load: its files are had, but no engine starts."""
    return _chosen(name, adapter, None, progress)[0]


def _chosen(
    name: str | Preset, adapter: Path | None, engine: Engine | None, progress: Progress
) -> tuple[LoadedProfiler, ResolvedWeights, LoraAdapter | None]:
    preset = get_preset(name)
    engine = engine or preset.engine
    source = preset.profiler
    found = resolve(source, progress)
    lora = _adapter_of(source, adapter)
    about = LoadedProfiler(
        source.name, engine, found.origin, found.digest, published=preset.published, base=found.path
    )
    if lora is not None:
        about = replace(about, adapter=preset.published or lora.name, adapter_digest=lora.digest)
    return about, found, lora


def _adapter_of(source: ModelSource, chosen: Path | None) -> LoraAdapter | None:
    bundled = source.bundled_adapter
    if chosen is None and bundled is not None and (bundled / CONFIG).is_file():
        chosen = bundled
    if chosen is None:
        return None
    require_same(chosen)
    return read_adapter(chosen, source.name)


def _load_openvino(
    found: ResolvedWeights,
    lora: LoraAdapter | None,
    about: LoadedProfiler,
    progress: Progress,
    one_at_a_time: bool,
) -> LoadedGenerator:
    from blue.models.generator.openvino_engine import CONTEXT_TOKENS, ONE_CALL_TOKENS, OpenVinoGenerator
    from blue.models.generator.openvino_folder import openvino_folder

    path, key = found.path, ""
    if lora is not None:
        if path.suffix != ".gguf":
            raise WeightsError(
                f"An adapter can be attached to a .gguf file or with the transformers engine, not to {path}."
            )
        path = merged_gguf(found, lora, progress)
        key = path.name.partition(".")[0]  # of the base and the adapter
    elif path.suffix == ".gguf":
        digest = found.digest or sha256_of(path)
        path, key = gguf_copy.exact_for_engine(path, digest, progress), digest[:24]
    progress(f"loading {about.name}", None)
    folder = openvino_folder(path, key) if path.suffix == ".gguf" else path
    return OpenVinoGenerator(folder, about, ONE_CALL_TOKENS if one_at_a_time else CONTEXT_TOKENS)


def _load_transformers(
    found: ResolvedWeights, lora: LoraAdapter | None, about: LoadedProfiler, progress: Progress
) -> LoadedGenerator:
    from blue.models.generator.transformers_engine import TransformersGenerator

    if lora is not None:
        require_fit(found.path, lora)
    progress(f"loading {about.name}", None)
    return TransformersGenerator(found.path, about, adapter=lora.folder if lora else None)
