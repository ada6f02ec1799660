"""A folder of profiles as `training.scale.profile_users` writes it, checked file by file before it is read.

A shard is refused by its name if it is truncated, is no such shard, was embedded by another model, or is not
the file that the manifest lists. One that the manifest does not list was added later: it counts, too.
"""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from blue.errors import PeopleError
from blue.models import cache_folder, sha256_of

MANIFEST = "manifest.json"
PENDING = "forgetting.json"  # while somebody is being removed
SHARDS = "profiles-*.parquet"
FORMATS = ("blue-profiles 1",)
NEEDED = ("user_id", "sentences", "sentence_embeddings", "titles_read", "error", "profiler", "embedder")
_NAME = re.compile(r"profiles-\d{5,}\.parquet")


@dataclass(frozen=True)
class Shard:
    """One Parquet file of people; `profiler` and `embedder` are names with hashes."""

    path: Path
    sha256: str
    profiler: str
    embedder: str
    dimension: int
    has_histories: bool


@dataclass(frozen=True)
class Folder:
    """All shards of a folder, in the order of their names."""

    path: Path
    shards: tuple[Shard, ...]

    @property
    def key(self) -> str:
        """What the index of just these files is kept under."""
        listed = "".join(f"{shard.path.name} {shard.sha256}\n" for shard in self.shards)
        return hashlib.sha256(listed.encode()).hexdigest()[:32]

    @property
    def dimension(self) -> int:
        """D, the length of one embedding."""
        return self.shards[0].dimension

    @property
    def has_histories(self) -> bool:
        """Whether every shard holds what its people watched or read."""
        return all(shard.has_histories for shard in self.shards)


def open_folder(path: Path) -> Folder:
    """Check manifest and shards.

    Raises:
        PeopleError: a file is missing, truncated, foreign or of other models; it is named.
    """
    path = Path(path).expanduser()
    manifest = read_manifest(path)
    listed = {name: about["sha256"] for name, about in manifest["files"].items()}
    if (path / PENDING).exists():
        raise PeopleError(f"A deletion in {path} was interrupted. Finish it first: blue people forget {path}")
    found = {file.name: file for file in shard_files(path)}
    for name in listed:
        if name not in found:
            raise PeopleError(f"{path / name} is missing, and {MANIFEST} lists it. Copy the whole folder.")
    hashes = _Hashes()
    shards = tuple(_checked(file, hashes, listed.get(name)) for name, file in found.items())
    if not shards:
        raise PeopleError(f"{path} holds no profiles. Name a folder that training.scale.profile_users wrote.")
    embedder = manifest["making"]["embedder"]
    for shard in shards:
        if shard.embedder != embedder:
            raise PeopleError(
                f"{shard.path} was embedded by {shard.embedder}, the folder by {embedder}: they cannot be "
                "compared. Take it out of the folder."
            )
    hashes.save()
    return Folder(path, shards)


def shard_files(path: Path) -> list[Path]:
    """The shards of a folder, in the order of their names."""
    return [file for file in sorted(path.glob(SHARDS)) if _NAME.fullmatch(file.name)]


def signature(path: Path) -> tuple[tuple[str, int, int], ...]:
    """What is in a folder, as far as a look at it tells: names, sizes and times of its files."""
    files = [*path.glob(SHARDS), path / MANIFEST, path / PENDING]
    stats = ((file.name, file.stat()) for file in sorted(files) if file.exists())
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def read_manifest(path: Path) -> dict:
    """The manifest of a folder; PeopleError if there is none, or it is of something else."""
    file = path / MANIFEST
    if not file.is_file():
        raise PeopleError(
            f"{path} holds no {MANIFEST}. Name a folder that training.scale.profile_users has finished."
        )
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        if manifest["format"] != "blue-profiles":
            raise PeopleError(f"{file} is of something else ({manifest['format']}). Name another folder.")
        _ = manifest["making"]["embedder"], [about["sha256"] for about in manifest["files"].values()]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PeopleError(f"{file} is damaged ({type(error).__name__}). Copy the folder again.") from error
    return manifest


def _checked(file: Path, hashes: "_Hashes", listed: str | None) -> Shard:
    try:
        columns, about = set(pl.read_parquet_schema(file)), pl.read_parquet_metadata(file)
    except (PolarsError, OSError) as error:
        raise PeopleError(
            f"{file} is truncated or no Parquet file. Copy it again, or take it out of the folder."
        ) from error
    if about.get("blue.format") not in FORMATS or not columns.issuperset(NEEDED):
        raise PeopleError(f"{file} holds no profiles of this format. Take it out of the folder.")
    making = json.loads(about["blue.making"])
    if making["embeddings"] != "both":
        raise PeopleError(f"{file} has no embeddings of sentences. Profile again with --embeddings both.")
    digest = hashes.of(file)
    if listed not in (None, digest):
        raise PeopleError(f"{file} is not the file that {MANIFEST} lists. Copy the whole folder again.")
    names = (making["profiler"], making["embedder"], making["dimension"])
    return Shard(file, digest, *names, has_histories="history" in columns)


class _Hashes:
    """SHA-256 of files, remembered by size and time in the cache folder: a million profiles have 8 GB."""

    def __init__(self) -> None:
        self._kept = cache_folder() / "people" / "hashes.json"
        try:
            self._known = json.loads(self._kept.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._known = {}

    def of(self, file: Path) -> str:
        """Of a file as it is now."""
        stat = file.stat()
        seen = f"{file.resolve()} {stat.st_size} {stat.st_mtime_ns} {stat.st_ino}"
        if seen not in self._known:
            self._known[seen] = sha256_of(file)
        return self._known[seen]

    def save(self) -> None:
        """Keep them for the next start."""
        self._kept.parent.mkdir(parents=True, exist_ok=True)
        part = self._kept.with_suffix(f".{os.getpid()}.part")  # of several processes that look at once
        part.write_text(json.dumps(self._known), encoding="utf-8")
        os.replace(part, self._kept)
