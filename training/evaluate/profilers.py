"""The language models of an evaluation: the untrained base, and adapters or models by path."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from blue.models import (
    DEFAULT_ADAPTER,
    DEFAULT_PRESET,
    LoadedGenerator,
    get_preset,
    load_generator,
    resolve,
    sha256_of,
)
from training.evaluate.data import EvaluationError
from training.evaluate.profile_store import ProfileStore, StoredWriter, identity_of

ADAPTER_FILE = "adapter_config.json"


@dataclass(frozen=True)
class Profilers:
    """Loads each language model once, when it is first asked for.

    `folders` maps a system ("blue", "rlaif" ...) to an adapter folder, a run's folder with an `adapter`
    inside, or a whole model; `untrained` is always the preset's base.
    """

    folders: Mapping[str, Path]
    store: ProfileStore
    preset: str = DEFAULT_PRESET
    _loaded: dict[str, StoredWriter] = field(default_factory=dict)

    def missing(self, system: str) -> str | None:
        """Why a system cannot write, or None."""
        if system == "untrained" or system in self.folders:
            return None
        if system == "blue":
            return f"no adapter is shipped in {'/'.join(DEFAULT_ADAPTER.parts[-2:])}; give --profiler DIR"
        return f"no adapter is given; give --adapter {system}=DIR"

    def writer(self, system: str) -> StoredWriter:
        """The writer of a system; raises EvaluationError if there is no model for it."""
        if system not in self._loaded:
            if reason := self.missing(system):
                raise EvaluationError(f"{system}: {reason}.")
            generator, digest = self._load(system)
            identity = identity_of(generator, digest)
            self._loaded[system] = StoredWriter(system, generator, identity, self.store)
        return self._loaded[system]

    def _load(self, system: str) -> tuple[LoadedGenerator, str]:
        """(generator, a digest for models that carry none of their own)."""
        base = resolve(get_preset(self.preset).profiler)
        if system == "untrained":  # by path, because a preset would attach the shipped adapter
            return load_generator(str(base.path)), base.digest or weights_digest(base.path)
        path = self.folders[system]
        if adapter := adapter_in(path):
            return load_generator(self.preset, adapter=adapter), weights_digest(base.path)
        return load_generator(str(path)), weights_digest(path)


def adapter_in(path: Path) -> Path | None:
    """The adapter folder that a path names: itself, or `adapter` inside a run's folder."""
    return next((folder for folder in (path, path / "adapter") if (folder / ADAPTER_FILE).is_file()), None)


def shipped_adapter() -> Path | None:
    """The adapter that the project ships, if it is there."""
    return adapter_in(DEFAULT_ADAPTER)


def weights_digest(path: Path) -> str:
    """SHA-256 of a model file, or of all weight files of a folder."""
    if path.is_file():
        return sha256_of(path)
    files = sorted(
        file for file in path.iterdir() if file.suffix in (".safetensors", ".gguf", ".bin", ".json")
    )
    if not files:
        raise EvaluationError(f"{path} holds neither an adapter nor a model.")
    return hashlib.sha256("".join(sha256_of(file) for file in files).encode()).hexdigest()
