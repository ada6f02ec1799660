"""`blue.json`: what a published profiler is, and the SHA-256 of every file that it consists of.

Schema 1, of the drafts, named the embedder by repository and commit alone. Schema 2 also gives the SHA-256
of its weights, so that a profiler can be told apart from one whose embedder was exchanged, and a catalogue
can be bound to it.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from blue.datatypes import Scoring
from blue.errors import ManifestError
from blue.models import PRESETS

FILE = "blue.json"
FORMAT = "blue-profiler"
SCHEMA_VERSION = 2
MAX_BYTES = 1_000_000
MAX_FILES = 1_000
_STRICT = ConfigDict(extra="forbid")

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Commit = Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")]


@checked(config=_STRICT, frozen=True)
class Base:
    """The model that the adapter changes; `repository` at `revision` (and `file`) is what to fetch."""

    name: str  # "SmolLM2-135M-Instruct"
    model: str  # the id of the original weights on the Hub: "HuggingFaceTB/SmolLM2-135M-Instruct"
    repository: str
    revision: Commit
    file: str | None = None
    sha256: Sha256 | None = None  # of that file
    preset: str | None = None  # the preset of this program that had it
    licence: str = "see its page"


@checked(config=_STRICT, frozen=True)
class Embedder:
    """The embedder that the profiler belongs to: a Hub repository, or `folder` of this one if trained."""

    name: str
    repository: str
    revision: Commit
    sha256: Sha256  # of its weights
    dimension: Annotated[int, Field(gt=0, le=65_536)]
    folder: str | None = None
    query_prompt: str = ""
    licence: str = "see its page"


@checked(config=_STRICT, frozen=True)
class Weights:
    """Folders of the repository; "." is its root. With both, the adapter is loaded: its engine is faster."""

    adapter: str | None = None
    merged: str | None = None


@checked(config=_STRICT, frozen=True)
class Generation:
    """How a profile is decoded; greedy at temperature 0."""

    max_new_tokens: Annotated[int, Field(gt=0, le=4096)]
    temperature: Annotated[float, Field(ge=0, le=10)] = 0.0
    top_p: Annotated[float, Field(gt=0, le=1)] = 1.0
    repetition_penalty: Annotated[float, Field(gt=0, le=10)] = 1.0


@checked(config=_STRICT, frozen=True)
class Manifest:
    """A published profiler. `files` has every file of the repository but this one (and the Hub's own)."""

    name: str
    base: Base | None  # None: the merged weights stand alone
    weights: Weights
    embedder: Embedder
    prompt_version: str  # of blue.profile.prompts
    scoring: Scoring
    generation: Generation
    files: Annotated[dict[str, Sha256], Field(min_length=1, max_length=MAX_FILES)]
    versions: dict[str, str]  # package -> version
    item_text_version: int = 1  # of blue.item_text; manifests of the first text do not name it
    format: Annotated[str, Field(pattern=f"^{FORMAT}$")] = FORMAT
    schema_version: int = SCHEMA_VERSION


_MANIFEST = TypeAdapter(Manifest)


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest into the folder that it describes; the same facts give the same bytes."""
    text = json.dumps(asdict(manifest), indent=2, sort_keys=True, ensure_ascii=False)
    (folder / FILE).write_text(text + "\n", encoding="utf-8")


def read(folder: Path) -> Manifest:
    """Read and check `folder/blue.json`, migrated where it is of an older schema.

    Raises:
        ManifestError: it is missing, not JSON, of a schema that is unknown or too old, or incomplete.
    """
    path = folder / FILE
    if not path.is_file():
        raise ManifestError(
            f"{folder} has no {FILE}, so nothing says what it holds. "
            "Publish it with python -m training.publish.push_to_hub, or name an adapter by BLUE_ADAPTER."
        )
    if path.stat().st_size > MAX_BYTES:
        raise ManifestError(f"{path} is larger than {MAX_BYTES:,} bytes: that is no manifest.")
    return parse(path.read_bytes(), str(path))


def parse(content: bytes, where: str) -> Manifest:
    """The manifest in these bytes; `where` names them in errors. Raises ManifestError as `read` does."""
    try:
        values = json.loads(content)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ManifestError(f"{where} is not JSON: {error}. Push the profiler again.") from error
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise ManifestError(f"{where} does not describe a profiler: its format must be '{FORMAT}'.")
    values = _migrated(values, where)
    try:
        manifest = _MANIFEST.validate_python(values)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "it"
        raise ManifestError(f"{where}: {place}: {first['msg']}. Push the profiler again.") from error
    _require_sense(manifest, where)
    return manifest


def _migrated(values: dict, where: str) -> dict:
    version = values.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise ManifestError(f"{where} has no schema_version that is known: {version!r}. Push it again.")
    if version > SCHEMA_VERSION:
        raise ManifestError(
            f"{where} is of schema {version}; this program knows up to {SCHEMA_VERSION}. Update BLUE Studio."
        )
    while version < SCHEMA_VERSION:
        values = _MIGRATIONS[version](values, where)
        version += 1
    return values | {"schema_version": SCHEMA_VERSION}


def _from_1(values: dict, where: str) -> dict:
    """Add the SHA-256 of the embedder's weights, which is known if a preset pins that embedder."""
    embedder = values.get("embedder")
    if not isinstance(embedder, Mapping) or embedder.get("folder") is not None:
        raise ManifestError(
            f"{where} is of schema 1, which does not say which weights its own embedder had. "
            "Push the profiler again with this program."
        )
    named = (embedder.get("repository"), embedder.get("revision"))
    for preset in PRESETS.values():
        hub = preset.embedder.hub
        if hub and named == (hub.repo_id, hub.revision) and preset.embedder.sha256:
            return values | {"embedder": dict(embedder) | {"sha256": preset.embedder.sha256}}
    raise ManifestError(
        f"{where} is of schema 1 and names an embedder that this program does not pin ({named[0]}), so its "
        "weights cannot be checked. Push the profiler again with this program."
    )


_MIGRATIONS: dict[int, Callable[[dict, str], dict]] = {1: _from_1}


def _require_sense(manifest: Manifest, where: str) -> None:
    """What no type says: paths stay inside, weights are listed, an adapter has a base."""
    for path in manifest.files:
        if not is_plain_path(path) or path == FILE:
            raise ManifestError(f"{where} lists {path!r}, which is not a path inside the repository.")
    weights = manifest.weights
    if weights.adapter is None and weights.merged is None:
        raise ManifestError(f"{where} names neither an adapter nor merged weights.")
    if weights.adapter is not None and manifest.base is None:
        raise ManifestError(f"{where} has an adapter, but does not say of which base model.")
    wanted = {
        inside(weights.adapter, "adapter_model.safetensors"): weights.adapter,
        inside(weights.adapter, "adapter_config.json"): weights.adapter,
        inside(weights.merged, "config.json"): weights.merged,
        inside(manifest.embedder.folder, "modules.json"): manifest.embedder.folder,
    }
    for path, folder in wanted.items():
        if folder is not None and path not in manifest.files:
            raise ManifestError(f"{where} does not list {path}, which it needs. Push the profiler again.")
    own = manifest.embedder.folder
    if own is not None and manifest.files.get(inside(own, "model.safetensors")) != manifest.embedder.sha256:
        raise ManifestError(f"{where} names another embedder than the one in {own}. Push the profiler again.")


def inside(folder: str | None, name: str) -> str:
    """The path of a file in one of the manifest's folders.

    >>> inside(".", "config.json"), inside("merged", "config.json")
    ('config.json', 'merged/config.json')
    """
    return str(PurePosixPath(folder or ".") / name)


def is_plain_path(path: str) -> bool:
    """Whether a path stays inside its repository on every system.

    >>> [is_plain_path(path) for path in ("a/b.json", "../a", "/a", "a\\\\b", "C:/a", "", "a//b")]
    [True, False, False, False, False, False, False]
    """
    if not path or re.search(r'[\\:*?"<>|\x00-\x1f]', path):
        return False
    return all(part not in ("", ".", "..") for part in path.split("/"))
