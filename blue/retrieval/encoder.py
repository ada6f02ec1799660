"""Texts -> unit embeddings: on sentence-transformers, or on OpenVINO where that gives the same rows.

encoder = SentenceEncoder(folder)
encoder.encode_queries(["slow science fiction with dread"])   # (1, D)
"""

import hashlib
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path, PurePath
from threading import Lock
from typing import TYPE_CHECKING, Protocol

import numpy as np

from blue.errors import WeightsError
from blue.models import ModelSource, Origin, Progress, cpu_gains_by_bfloat16, resolve, sha256_of, silent
from blue.retrieval import openvino_encoder
from blue.retrieval.projection import BASE, read_projection
from blue.retrieval.similarity import normalise

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_FINGERPRINTED = {".safetensors", ".json", ".txt"}  # weights, settings, vocabulary; not the read-me
_BATCH = 64  # texts encoded together
_REMEMBERED_QUERIES = 512  # a few visitors' sentences and versions; 512 x 384 floats is under 1 MB


class _Model(Protocol):
    """What is asked of an engine, which knows nothing of a projection: rows of shape (texts, D)."""

    def encode_query(self, texts: list[str], **options: object) -> np.ndarray: ...

    def encode_document(self, texts: list[str], **options: object) -> np.ndarray: ...

    def get_embedding_dimension(self) -> int: ...


class SentenceEncoder:
    """A sentence-transformers model from a local folder, as a `TextEncoder`; safe to share between threads.

    `name` ends with the first digits of the SHA-256 of weights, settings and prompts, as in
    "all-MiniLM-L6-v2@1f2e3d4c": embeddings kept under a name are stale exactly when the name changes. Where
    the model ends with a projection (`blue.retrieval.projection`), `base` names what its rows are made from:
    `encode_base` and `project` are the two halves of `encode_items`, and the first can be kept.

    `query_prompt` is put before every query; where it is empty, the model's own, if any, stays.
    On a CPU with bfloat16 instructions items are encoded in mixed precision, twice as fast; queries, a
    few short texts at a time, always in float32. `on_openvino` leaves the kinds of models that were checked
    (see `blue.retrieval.openvino_encoder`) to OpenVINO where there is no GPU: the app, which starts often;
    training, whose embedders change, stays with sentence-transformers.
    """

    def __init__(
        self,
        folder: Path,
        *,
        name: str | None = None,
        query_prompt: str = "",
        on_openvino: bool = False,
    ) -> None:
        folder = Path(folder)
        if not (folder / "modules.json").is_file():
            raise WeightsError(
                f"{folder} is not an embedder. Give a folder that sentence-transformers saved."
            )
        prompts = {"query": query_prompt} if query_prompt else {}
        self._projection = read_projection(folder)
        openvino = None
        if on_openvino:
            openvino = openvino_encoder.load_if_possible(folder, prompts, _fingerprint(folder, {}, _of_base))
        self._model: _Model = openvino or _load(folder, prompts, self._projection is not None)
        self._one_at_a_time = Lock()  # the fast tokenizers refuse to be borrowed twice
        self._remembered = _RecentRows(_REMEMBERED_QUERIES)
        self.name = f"{name or folder.name}@{_fingerprint(folder, prompts)[:8]}"
        self.base = _fingerprint(folder, prompts, _of_base) if self._projection else self.name
        self.dimension = self._model.get_embedding_dimension()

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        """Profiles or their sentences -> (Q, D) float32 unit rows. Recent texts are not encoded again."""
        rows = {text: self._remembered.get(text) for text in texts}
        new = [text for text, row in rows.items() if row is None]
        made = self._encode(self._model.encode_query, new, nullcontext)
        if self._projection is not None:
            made = self._projection.queries(made)
        for text, row in zip(new, made, strict=True):
            rows[text] = row
            self._remembered.put(text, row)
        return np.array([rows[text] for text in texts], dtype=np.float32).reshape(-1, self.dimension)

    def encode_items(self, texts: Sequence[str]) -> np.ndarray:
        """Item texts -> (I, D) float32 unit rows."""
        return self.project(self.encode_base(texts))

    def encode_base(self, texts: Sequence[str]) -> np.ndarray:
        """Item texts -> (I, D) float32 unit rows before the projection, if there is one."""
        return self._encode(self._model.encode_document, texts, self._mixed_precision)

    def project(self, rows: np.ndarray) -> np.ndarray:
        """What `encode_base` made -> what `encode_items` makes: (I, D) -> (I, D)."""
        return rows if self._projection is None else self._projection.items(rows)

    def _encode(self, encode, texts: Sequence[str], precision) -> np.ndarray:
        """Batches of similar length, shortest first: padding costs as much as text."""
        embeddings = np.empty((len(texts), self.dimension), dtype=np.float32)
        by_length = np.argsort([len(text) for text in texts], kind="stable")
        for start in range(0, len(texts), _BATCH):
            batch = by_length[start : start + _BATCH]
            with self._one_at_a_time, precision():  # a long job lets queries in between its batches
                rows = encode(
                    [_sayable(texts[i]) for i in batch], batch_size=len(batch), show_progress_bar=False
                )
            embeddings[batch] = normalise(rows)
        return embeddings

    def _mixed_precision(self) -> AbstractContextManager:
        if isinstance(self._model, openvino_encoder.OpenVinoBert) or self._model.device.type != "cpu":
            return nullcontext()
        import torch

        # Autocast keeps pooling and norms in float32: plain bfloat16 weights are no faster and rank worse.
        return torch.autocast("cpu", torch.bfloat16, enabled=cpu_gains_by_bfloat16())


@dataclass(frozen=True)
class LoadedEncoder:
    """An embedder and what it is known by: embeddings belong to the weights that made them."""

    encoder: SentenceEncoder
    name: str
    weights_sha256: str
    origin: Origin  # where its files came from


def load_encoder(source: ModelSource, progress: Progress = silent) -> LoadedEncoder:
    """Fetch and load an embedder; raises WeightsError if it cannot be had."""
    found = resolve(source, progress)
    progress(f"loading {source.name}", None)
    encoder = SentenceEncoder(
        found.path, name=source.name, query_prompt=source.query_prompt, on_openvino=True
    )
    return LoadedEncoder(encoder, source.name, weights_sha256(found.path), found.origin)


def weights_sha256(folder: Path) -> str:
    """SHA-256 (hex) of an embedder's weights: of its one safetensors file, or of the hashes of several."""
    paths = sorted(Path(folder).rglob("*.safetensors"))
    if len(paths) == 1:
        return sha256_of(paths[0])
    named = (f"{path.relative_to(folder).as_posix()} {sha256_of(path)}\n" for path in paths)
    return hashlib.sha256("".join(named).encode()).hexdigest()


class _RecentRows:
    """The most recently used embeddings. Keys are salted hashes: what visitors wrote is not kept."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._salt = os.urandom(16)
        self._rows: OrderedDict[bytes, np.ndarray] = OrderedDict()
        self._lock = Lock()

    def get(self, text: str) -> np.ndarray | None:
        key = self._key(text)
        with self._lock:
            if key in self._rows:
                self._rows.move_to_end(key)
            return self._rows.get(key)

    def put(self, text: str, row: np.ndarray) -> None:
        with self._lock:
            self._rows[self._key(text)] = row.copy()
            while len(self._rows) > self._capacity:
                self._rows.popitem(last=False)

    def _key(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(errors="surrogatepass"), salt=self._salt).digest()


def _load(folder: Path, prompts: dict[str, str], projected: bool) -> "SentenceTransformer":
    """The model of a folder; of a projected one only the base, since its maps are applied here."""
    from sentence_transformers import SentenceTransformer

    with _quiet_loading():
        model = SentenceTransformer(str(folder), prompts=prompts or None, local_files_only=True).eval()
    if not projected:
        return model
    base = SentenceTransformer(modules=[*model][: len(BASE)], prompts=model.prompts)
    return base.eval()


@contextmanager
def _quiet_loading() -> Iterator[None]:
    """No bar for a load of half a second."""
    from transformers.utils import logging

    was_enabled = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if was_enabled:
            logging.enable_progress_bar()


def _sayable(text: str) -> str:
    """Half of a surrogate pair, as broken exports hold, stops the tokenizer: it becomes a question mark."""
    return text.encode(errors="replace").decode()


def _of_base(path: PurePath) -> bool:
    """Whether a file of the folder belongs to the model before a projection.

    Pooling is told by `modules.json` and its own file; the list itself changes with the projection.
    """
    return (len(path.parts) == 1 and path.name != "modules.json") or "Pooling" in path.parts[0]


def _fingerprint(
    folder: Path, prompts: dict[str, str], counts: Callable[[PurePath], bool] = lambda path: True
) -> str:
    """SHA-256 (hex) of prompts and of the files that count, by their names within the folder."""
    digest = hashlib.sha256(repr(sorted(prompts.items())).encode())
    files = (path for path in folder.rglob("*") if path.suffix in _FINGERPRINTED)
    for path in sorted(files):
        if counts(path.relative_to(folder)):
            digest.update(f"{path.relative_to(folder).as_posix()} {sha256_of(path)}".encode())
    return digest.hexdigest()
