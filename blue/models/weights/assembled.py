"""An embedder whose base comes from elsewhere and whose last modules ship with this program, as one folder.

The folder is what `SentenceTransformer(folder)` loads. It lies in the cache under the hash of what ships and
is made once: the base's weights are linked, not copied.
"""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from blue.models.weights.files import ResolvedWeights, cache_folder, locked, sha256_of

_FOR_PEOPLE = {"README.md", "embedder.json"}  # of what ships: no part of the model


def assembled(base: ResolvedWeights, modules: Path) -> ResolvedWeights:
    """Base and modules together; a file of both is the modules'."""
    added = sorted(path for path in modules.rglob("*") if path.is_file() and path.name not in _FOR_PEOPLE)
    content = hashlib.sha256(f"{base.path} {base.digest}".encode())
    for path in added:
        content.update(f"{path.relative_to(modules).as_posix()} {sha256_of(path)}".encode())
    folder = cache_folder() / "embedders" / content.hexdigest()[:32]
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        if not _is_whole(base.path, folder):
            _make(base.path, modules, added, folder)
    return ResolvedWeights(folder, base.origin, content.hexdigest())


def _is_whole(base: Path, folder: Path) -> bool:
    """Whether the folder is there and its link leads to the base's weights."""
    weights = folder / "model.safetensors"
    return weights.is_file() and weights.stat().st_size == (base / "model.safetensors").stat().st_size


def _make(base: Path, modules: Path, added: list[Path], folder: Path) -> None:
    part = Path(tempfile.mkdtemp(dir=folder.parent, prefix="part-"))
    for path in base.rglob("*"):
        if path.is_file():
            _place(path, part / path.relative_to(base))
    for path in added:
        target = part / path.relative_to(modules)
        target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def _place(source: Path, target: Path) -> None:
    """Link weights, where the file system has links; copy what is small."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix == ".safetensors":
        try:
            os.symlink(source.resolve(), target)
            return
        except OSError:
            pass  # no links here: a copy is the same model
    shutil.copyfile(source, target)
