"""The files of something published, checked before any of them is read: names, sizes, formats, hashes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from blue.errors import FilesError
from blue.models import sha256_of

PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle", ".joblib", ".npz", ".h5", ".msgpack", ".dill"}
CODE = {".py", ".pyc", ".pyd", ".so", ".dll", ".dylib", ".sh", ".exe", ".ipynb", ".js"}
KNOWN = {
    ".safetensors", ".json", ".jsonl", ".txt", ".jinja", ".model", ".md", ".yaml", ".yml", ".csv",
    ".png", ".svg", ".jpg", ".parquet", ".npy", ".faiss",
}  # fmt: skip
UNREAD = {
    ".md",
    ".yaml",
    ".yml",
    ".png",
    ".svg",
    ".jpg",
}  # may be added on the Hub's site: never loaded
HUB_OWN = {".gitattributes", ".gitignore"}
GIGABYTE = 10**9
MOST_BYTES = {
    ".safetensors": 50 * GIGABYTE,
    ".npy": 50 * GIGABYTE,
    ".faiss": 50 * GIGABYTE,
    ".parquet": 5 * GIGABYTE,
}
MOST_OTHER_BYTES = GIGABYTE // 10
MOST_ADAPTER_BYTES = 4 * GIGABYTE


def require_plain_names(names: Iterable[str], where: str) -> None:
    """Refuse pickles and code by name, before anything is fetched; raises FilesError."""
    for name in names:
        path = PurePosixPath(name)
        if path.name in HUB_OWN:
            continue
        suffix = path.suffix.lower()
        if suffix in PICKLES:
            raise FilesError(
                f"{where} holds {name}: a format that can run code when it is read. "
                "Only safetensors are loaded; save the weights in that form and push again."
            )
        if suffix in CODE:
            raise FilesError(f"{where} holds {name}. Code from a repository is never run: remove it.")
        if suffix not in KNOWN:
            raise FilesError(f"{where} holds {name}, a kind of file that a profiler has no use for.")


def require_sane_sizes(sizes: Mapping[str, int], where: str) -> None:
    """Refuse empty and absurdly large files: name -> bytes; raises FilesError."""
    for name, size in sizes.items():
        path = PurePosixPath(name)
        most = MOST_BYTES.get(path.suffix, MOST_OTHER_BYTES)
        if path.name == "adapter_model.safetensors":
            most = MOST_ADAPTER_BYTES
        if size > most:
            raise FilesError(
                f"{where}: {name} has {size / GIGABYTE:,.1f} GB; at most {most / GIGABYTE:g} GB are sane."
            )
        if size == 0 and path.suffix not in UNREAD | {".txt"} and path.name not in HUB_OWN:
            raise FilesError(f"{where}: {name} is empty. Push it again.")


def require_listed(present: Iterable[str], listed: Mapping[str, str], manifest: str, where: str) -> None:
    """Refuse what the manifest does not list, but for what nothing loads; raises FilesError."""
    for name in present:
        path = PurePosixPath(name)
        if name in listed or name == manifest or path.name in HUB_OWN or path.suffix.lower() in UNREAD:
            continue
        raise FilesError(
            f"{where} holds {name}, which its {manifest} does not list: it came after the push. "
            "Remove it, or push again."
        )


def wrong_hashes(folder: Path, listed: Mapping[str, str]) -> list[str]:
    """The listed files that are there and have another SHA-256; a missing one raises FilesError."""
    wrong = []
    for name, sha256 in listed.items():
        path = folder / name
        if not path.is_file():
            raise FilesError(f"{folder} lacks {name}, which its manifest lists. Copy or push it again.")
        if sha256_of(path) != sha256:
            wrong.append(name)
    return wrong


def require_no_remote_code(folder: Path) -> None:
    """Refuse configurations that ask for code of their own; raises FilesError.

    transformers reads `auto_map`; sentence-transformers imports whatever class `modules.json` names.
    """
    for path in _files(folder, ".json"):
        if path.name == "modules.json":
            for module in _json(path):
                kind = module.get("type", "") if isinstance(module, dict) else ""
                if not str(kind).startswith("sentence_transformers."):
                    raise FilesError(
                        f"{path} asks for the class {kind!r}. Only sentence-transformers' own are loaded."
                    )
        elif path.name.endswith("config.json"):
            values = _json(path)
            if isinstance(values, dict) and ("auto_map" in values or "custom_pipelines" in values):
                raise FilesError(f"{path} asks for code of its own (auto_map). Remote code is never run.")


def require_readable_weights(folder: Path) -> None:
    """Open every safetensors file's header: offsets, sizes and types must agree; raises FilesError."""
    from safetensors import SafetensorError, safe_open

    for path in _files(folder, ".safetensors"):
        try:
            with safe_open(path, framework="numpy") as tensors:
                names = list(tensors.keys())
        except SafetensorError as error:
            raise FilesError(f"{path} is not a safetensors file, or a damaged one: {error}.") from error
        if not names:
            raise FilesError(f"{path} holds no weights at all.")


def relative_names(folder: Path) -> list[str]:
    """Every file in a folder as a repository names it, but for caches that tools leave."""
    names = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [name.as_posix() for name in names if name.parts[0] not in (".cache", ".git")]


def _files(folder: Path, suffix: str) -> Iterator[Path]:
    return (folder / name for name in relative_names(folder) if name.endswith(suffix))


def _json(path: Path) -> object:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FilesError(f"{path} is not JSON: {error}. Push it again.") from error
