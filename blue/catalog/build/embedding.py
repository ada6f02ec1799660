"""Items' texts -> embeddings, in pieces kept on the disk: a build that was killed goes on where it was.

A piece is written under another name and then renamed, so that it is whole or not there. The pieces belong to
one catalogue and one embedder; those of others are thrown away.
"""

import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from blue.datatypes import TextEncoder

TEXTS_A_PIECE = 512  # a second or two of work on two cores: what a kill can cost
_KEY = "made-from"

Progress = Callable[[str, float | None], None]


def embed_in_pieces(
    texts: Sequence[str], encoder: TextEncoder, key: str, folder: Path, progress: Progress
) -> Path:
    """Every text's embedding, in order: I texts -> a file in `folder` of (I, D) float32 unit rows.

    `key` names what the texts and the embedder are: pieces in `folder` that were made under it are used.
    """
    _keep_only(folder, key)
    by_length = np.argsort([len(text) for text in texts], kind="stable")  # padding costs as much as text
    pieces = np.split(by_length, range(TEXTS_A_PIECE, len(texts), TEXTS_A_PIECE))
    path = folder / "embeddings.npy"
    embeddings = np.lib.format.open_memmap(path, "w+", np.float32, (len(texts), encoder.dimension))
    missing = []
    for number, piece in enumerate(pieces):
        rows = _read(_path(folder, number), len(piece), encoder.dimension)
        if rows is None:
            missing.append(number)
        else:
            embeddings[piece] = rows
    for number in _timed(missing, pieces, texts, progress):
        rows = encoder.encode_items([texts[position] for position in pieces[number]])
        _write(_path(folder, number), rows)
        embeddings[pieces[number]] = rows
    embeddings.flush()
    return path


def _keep_only(folder: Path, key: str) -> None:
    """An existing folder of pieces of this key, or a new one."""
    stamp = folder / _KEY
    if folder.exists() and not (stamp.is_file() and stamp.read_text() == key):
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)


def _path(folder: Path, number: int) -> Path:
    return folder / f"{number:06}.npy"


def _read(path: Path, count: int, dimension: int) -> np.ndarray | None:
    """A kept piece; None if it is not there, or not what is expected."""
    try:
        rows = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    usable = rows.shape == (count, dimension) and rows.dtype == np.float32 and np.isfinite(rows).all()
    return rows if usable else None


def _write(path: Path, rows: np.ndarray) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.save(file, rows.astype(np.float32, copy=False))
    os.replace(part, path)


def _timed(
    missing: Sequence[int], pieces: Sequence[np.ndarray], texts: Sequence[str], progress: Progress
) -> Iterator[int]:
    """The numbers of the missing pieces; between them, how far it is and how long it may take.

    Work is counted in characters: the long texts come last, and take longest.
    """
    size = {number: sum(len(texts[position]) for position in pieces[number]) for number in missing}
    total, work = len(texts), sum(size.values())
    done = total - sum(len(pieces[number]) for number in missing)
    if done and missing:
        progress(f"Going on: {done:,} of {total:,} items were embedded before", done / total)
    start, worked = time.monotonic(), 0
    for number in missing:
        yield number
        worked += size[number]
        done += len(pieces[number])
        left = (time.monotonic() - start) * (work - worked) / worked
        progress(f"Embedding: {done:,} of {total:,} items, {_duration(left)} left", done / total)


def _duration(seconds: float) -> str:
    """
    >>> _duration(8.2), _duration(200), _duration(9000)
    ('8 s', '3 min', '2.5 h')
    """
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
