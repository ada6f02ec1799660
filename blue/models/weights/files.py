"""What the sources of model files have in common: the cache folder, hashes, locks, progress."""

import errno
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs
from filelock import FileLock, Timeout

from blue.errors import WeightsError

Origin = Literal["local path", "installed package", "hub", "package index"]
Progress = Callable[[str, float | None], None]  # what is happening; the fraction done, None if unknown

SPACE_STORAGE = Path("/data")  # where the Hub mounts a Space's persistent storage
LOCK_SECONDS = 900  # longer than a slow download of the default model takes
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
UNWRITABLE = (PermissionError, NotADirectoryError, FileExistsError)


@dataclass(frozen=True)
class ResolvedWeights:
    """Model files on this computer: one file (GGUF) or a folder, and where they came from."""

    path: Path
    origin: Origin
    digest: str | None = None  # SHA-256 of the weights, or the Hub commit; None for a person's own files


def silent(message: str, fraction: float | None) -> None:
    """The progress callback that shows nothing."""


def cache_folder() -> Path:
    """The folder for what can be fetched or computed again; the variable BLUE_CACHE overrides it.

    On a Space that has persistent storage it is there, so that a restart finds everything.
    """
    if chosen := os.environ.get("BLUE_CACHE"):
        folder = Path(chosen).expanduser()
    elif "SPACE_ID" in os.environ and os.access(SPACE_STORAGE, os.W_OK):
        folder = SPACE_STORAGE / "blue-studio"
    else:
        folder = platformdirs.user_cache_path("blue-studio")
    with explained_os_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hexadecimal; at about 1 GB/s it is cheap enough for every start."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_intact(path: Path, sha256: str) -> bool:
    """Whether the file is there with exactly these contents."""
    return path.is_file() and sha256_of(path) == sha256


def write_whole(path: Path, text: str) -> None:
    """Write a text file whole or not at all; what a killed writer left beside it is written over."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One process at a time makes `path`; the others wait, then find it made."""
    try:
        with FileLock(path.with_name(path.name + ".lock"), timeout=LOCK_SECONDS):
            yield
    except Timeout:
        raise WeightsError(
            f"Another process has been preparing {path} for {LOCK_SECONDS // 60} minutes. "
            "Stop it, or wait until it is done, and start again."
        ) from None


@contextmanager
def explained_os_errors(path: Path) -> Iterator[None]:
    """Turn a full disk or a folder that may not be written into words about it."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise WeightsError(
                f"There is no room on the disk for {path}. Free some space (300 MB are enough for the "
                "default models), or set BLUE_CACHE to a folder on another disk."
            ) from error
        if isinstance(error, UNWRITABLE) or error.errno == errno.EROFS:
            raise WeightsError(
                f"{path} cannot be written. Set BLUE_CACHE to a folder that you can write to."
            ) from error
        raise
