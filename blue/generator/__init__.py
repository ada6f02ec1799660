"""Messages to text, streamed: the only package that imports a generation engine."""

from pathlib import Path

from blue.datatypes import TextGenerator
from blue.generator.about import LoadedProfiler
from blue.presets import Engine, get_preset
from blue.weights import Progress, resolve, silent

__all__ = ["LoadedProfiler", "load_generator"]


def load_generator(
    name: str = "embedded",
    adapter: Path | None = None,
    engine: Engine | None = None,
    progress: Progress = silent,
) -> TextGenerator:
    """The profiler of a preset (or of a local path), ready to write; `about` describes it.

    Raises WeightsError if its files cannot be had or read.
    """
    preset = get_preset(name)
    found = resolve(preset.profiler, progress)
    from blue.generator.openvino import OpenVinoGenerator

    progress(f"loading {preset.profiler.name}", None)
    about = LoadedProfiler(preset.profiler.name, OpenVinoGenerator.engine, found.origin, found.digest)
    return OpenVinoGenerator(found.path, about)
