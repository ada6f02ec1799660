"""A published profiler or catalogue, opened by name or from a folder: `owner/name[@revision]` or a path.

    chosen = open_profiler("owner/name@<commit>")
    load_generator(chosen.preset, adapter=chosen.adapter)

Everything is checked before a model is built from it: the manifest, every hash, what kinds of files there
are, that no code is asked for, that the prompt is the one this program writes. Whether the adapter fits its
base is checked when it is merged (`blue.models.adapter`), whether a catalogue fits the embedder when it is
loaded.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from blue.datatypes import SamplingSettings, Scoring
from blue.errors import FilesError, ManifestError
from blue.hub import client, files, manifest
from blue.hub.address import parse_address
from blue.hub.manifest import Base, Embedder, Manifest
from blue.item_text import ITEM_TEXT_VERSION
from blue.models import PRESETS, HubRepository, ModelSource, Preset, Progress, read_adapter, silent
from blue.profile import ONE_SENTENCE, PROMPT_VERSION

CATALOG_MANIFEST = "catalog.json"


@dataclass(frozen=True)
class PublishedProfiler:
    """A profiler whose files were checked, ready to be loaded."""

    label: str  # "owner/name@1a2b3c4" or the folder's name
    folder: Path
    manifest: Manifest
    commit: str | None = None  # None: from a folder
    outage: str | None = None  # what could not be reached, where a kept copy stands in

    @property
    def adapter(self) -> Path | None:
        """The folder of the adapter; None where merged weights stand alone."""
        return None if self.manifest.weights.adapter is None else self.folder / self.manifest.weights.adapter

    @property
    def preset(self) -> Preset:
        """The models to load, as the rest of the program names them."""
        base = self.manifest.base
        known = PRESETS.get(base.preset or "") if base else None
        if self.adapter is not None:
            profiler, engine = (
                _base_source(base),
                "openvino" if (base.file or "").endswith(".gguf") else "transformers",
            )
            engine = known.engine if known else engine
        else:
            local = self.folder / self.manifest.weights.merged
            profiler = ModelSource(self.manifest.name, base.licence if base else "its own", local=local)
            engine = "transformers"
        embedder = _embedder_source(self.manifest.embedder, self.folder)
        return Preset(
            self.label, self.manifest.name, profiler, embedder, engine, "Published.", published=self.label
        )

    @property
    def settings(self) -> SamplingSettings:
        """How it decodes a sentence."""
        return replace(ONE_SENTENCE, **asdict(self.manifest.generation))

    @property
    def scoring(self) -> Scoring:
        """The scoring that it was rewarded by."""
        return self.manifest.scoring


@dataclass(frozen=True)
class PublishedCatalog:
    """A catalogue's folder (or bare Parquet file), not read yet."""

    label: str
    folder: Path
    commit: str | None = None
    outage: str | None = None


def open_profiler(name: str, progress: Progress = silent) -> PublishedProfiler:
    """The profiler of this name, or in this folder, after every check.

    Raises:
        ManifestError, FilesError, WeightsError: it cannot be had or must not be loaded; the message says why.
    """
    folder = Path(name).expanduser()
    if name and folder.is_dir():
        described = manifest.read(folder)
        check(folder, described)
        return PublishedProfiler(folder.resolve().name, folder, described)
    address = parse_address(name)
    snapshot = client.fetch(address, _listed, manifest.FILE, progress)
    described = manifest.read(snapshot.folder)
    damaged = files.wrong_hashes(snapshot.folder, described.files)
    if damaged and not snapshot.outage:
        client.fetch_again(snapshot, damaged, progress)  # what then still differs, differs on the Hub
    check(snapshot.folder, described)
    label = f"{address.repo_id}@{snapshot.commit[:7]}"
    return PublishedProfiler(label, snapshot.folder, described, snapshot.commit, snapshot.outage)


def open_catalog(name: str, progress: Progress = silent) -> PublishedCatalog:
    """The catalogue of this name, or the path itself if it is one; its content is checked on loading.

    Raises:
        WeightsError: the dataset repository cannot be had or holds what is never loaded.
    """
    path = Path(name).expanduser()
    if name and path.exists():
        return PublishedCatalog(path.name, path)
    address = parse_address(name, "dataset")
    snapshot = client.fetch(address, _catalog_names, CATALOG_MANIFEST, progress)
    listed = _catalog_files((snapshot.folder / CATALOG_MANIFEST).read_bytes())
    damaged = files.wrong_hashes(snapshot.folder, listed)
    if damaged and not snapshot.outage:
        client.fetch_again(snapshot, damaged, progress)
    label = f"{address.repo_id}@{snapshot.commit[:7]}"
    return PublishedCatalog(label, snapshot.folder, snapshot.commit, snapshot.outage)


def check(folder: Path, described: Manifest) -> None:
    """Every check of a published folder that needs no base model; raises the error that says why not."""
    names = files.relative_names(folder)
    files.require_plain_names(names, str(folder))
    files.require_sane_sizes({name: (folder / name).stat().st_size for name in names}, str(folder))
    files.require_listed(names, described.files, manifest.FILE, str(folder))
    if wrong := files.wrong_hashes(folder, described.files):
        raise FilesError(
            f"{folder / wrong[0]} is not the file that {manifest.FILE} names: its SHA-256 is another. "
            "It was changed or damaged after the push. Fetch it again, or push the profiler again."
        )
    files.require_no_remote_code(folder)
    files.require_readable_weights(folder)
    texts = (
        ("prompt", described.prompt_version, PROMPT_VERSION),
        ("item text", described.item_text_version, ITEM_TEXT_VERSION),
    )
    for name, theirs, ours in texts:
        if theirs != ours:
            raise ManifestError(
                f"{described.name} was trained with version {theirs} of the {name}; this program writes "
                f"version {ours}. Use the release it was trained with, or train again."
            )
    if described.weights.adapter is not None:
        read_adapter(folder / described.weights.adapter, described.base.name)


def _listed(content: bytes) -> list[str]:
    return list(manifest.parse(content, manifest.FILE).files)


def _catalog_names(content: bytes) -> list[str]:
    return list(_catalog_files(content))


def _catalog_files(content: bytes) -> dict[str, str]:
    """The files that a catalogue's manifest lists -> SHA-256; their meaning is `blue.catalog.folder`'s."""
    try:
        listed = json.loads(content)["files"]
        hashes = {name: entry["sha256"] for name, entry in listed.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ManifestError(
            f"{CATALOG_MANIFEST} lists no files with their SHA-256. "
            "Build it with python -m blue catalog build."
        ) from error
    if outside := [name for name in hashes if not manifest.is_plain_path(name)]:
        raise ManifestError(
            f"{CATALOG_MANIFEST} lists {outside[0]!r}, which is not a path inside the repository."
        )
    return hashes


def _base_source(base: Base) -> ModelSource:
    """The base of an adapter: the preset's own source where its pins are the manifest's, else the Hub's."""
    for preset in PRESETS.values():
        known = preset.profiler
        if known.sha256 is not None and known.sha256 == base.sha256:
            return replace(known, bundled_adapter=None)
        if known.hub and (known.hub.repo_id, known.hub.revision) == (base.repository, base.revision):
            return replace(known, bundled_adapter=None)
    hub = HubRepository(base.repository, base.revision, base.file)
    return ModelSource(base.name, base.licence, sha256=base.sha256, hub=hub)


def _embedder_source(embedder: Embedder, folder: Path) -> ModelSource:
    """The embedder that the profiler belongs to: its own, a preset's with the same weights, or the Hub's."""
    if embedder.folder is not None:
        return ModelSource(
            embedder.name,
            embedder.licence,
            local=folder / embedder.folder,
            query_prompt=embedder.query_prompt,
        )
    for preset in PRESETS.values():
        if preset.embedder.sha256 == embedder.sha256:
            return preset.embedder
    hub = HubRepository(embedder.repository, embedder.revision)
    return ModelSource(
        embedder.name, embedder.licence, embedder.sha256, hub=hub, query_prompt=embedder.query_prompt
    )
