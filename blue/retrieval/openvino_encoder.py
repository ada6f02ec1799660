"""A BERT embedder on OpenVINO: the rows of sentence-transformers, sooner, and without importing PyTorch.

The first use converts the model (PyTorch is needed for that once, some seconds), compares a few rows with
those of sentence-transformers, and keeps the result in the cache folder by the embedder's fingerprint.
Every later start reads that file: nothing of PyTorch is imported, which is most of what starting an
embedder costs.

Only what was checked is taken: a Transformer of the kind "bert", mean pooling, rows of length 1, no prompts
of the model's own. Everything else stays with sentence-transformers. A projection behind it
(`blue.retrieval.projection`) is none of this module's business: it is applied to these rows.
"""

import json
import logging
import os
import platform
import tempfile
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from blue.models import cache_folder, locked, sha256_of
from blue.retrieval.projection import BASE, PROJECTED, module_kinds

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

FORM = "1"  # of the converted file: another one is converted again
LENGTH_STEP = 8  # tokens: texts are padded to a multiple, so that few shapes have to be compiled
ROWS_A_CALL = 16  # texts of similar length at once; more is no faster on two cores
LEAST_COSINE = 0.99999  # between a converted row and the same row of sentence-transformers
GPU_DEVICES = ("/dev/nvidia0", "/dev/kfd")  # there, PyTorch is faster
_PROBES = (
    "Slow science fiction about isolation in space.",
    "Romantic comedy movie: Notting Hill (1999).",
    "Crime, drama movie about prison: The Shawshank Redemption (1994). " * 40,  # longer than what is read
    "é",
)
_log = logging.getLogger(__name__)


class OpenVinoBert:
    """Texts -> rows, with the two methods of a SentenceTransformer that are asked for.

    Queries are computed in float32, one text at a time: they are few, and then the shape hardly ever is a new
    one. They take one thread: a second wins 5 of 14 ms while nothing else runs, but it belongs to a pool that
    the language model uses too, and waiting for it costs more than that (see `blue.models.thread_priority`).
    Items go in batches, on all cores, in bfloat16 where the processor has instructions for it.
    """

    def __init__(self, folder: Path, model: Path, prompts: Mapping[str, str]) -> None:
        import openvino
        from tokenizers import Tokenizer

        self._prompts = prompts
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_longest(folder))
        self._core = openvino.Core()
        self._model = self._core.read_model(model)
        self._for_queries = self._compiled("f32", threads=1)

    def get_embedding_dimension(self) -> int:
        """D, the length of one row."""
        return self._model.output(0).partial_shape[1].get_length()

    def encode_query(self, texts: Sequence[str], **_: object) -> np.ndarray:
        """(Q, D) float32 rows of length 1."""
        return self._rows(texts, "query", self._for_queries, 1)

    def encode_document(self, texts: Sequence[str], **_: object) -> np.ndarray:
        """(I, D) float32 rows of length 1."""
        return self._rows(texts, "document", self._for_documents, ROWS_A_CALL)

    @cached_property
    def _for_documents(self) -> object:
        """Compiled at the first item: with a catalogue that is embedded already, a title that it lacks."""
        fast = "BF16" in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
        return self._compiled("bf16" if fast else "f32")

    def _compiled(self, precision: str, threads: int = 0) -> object:
        """A request on so many threads, 0 for all cores."""
        options = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
        options |= {"INFERENCE_NUM_THREADS": str(threads)} if threads else {}
        return self._core.compile_model(self._model, "CPU", options).create_infer_request()

    def _rows(self, texts: Sequence[str], role: str, request: object, at_once: int) -> np.ndarray:
        prompt = self._prompts.get(role, "")
        found = self._tokenizer.encode_batch_fast([prompt + text for text in texts])
        token_ids = [encoding.ids for encoding in found]
        rows = np.empty((len(texts), self.get_embedding_dimension()), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda position: len(token_ids[position]))
        for start in range(0, len(order), at_once):
            batch = order[start : start + at_once]
            rows[batch] = request.infer(_padded([token_ids[position] for position in batch]))[0]
        return rows


def load_if_possible(folder: Path, prompts: Mapping[str, str], base: str) -> OpenVinoBert | None:
    """The embedder of a folder on OpenVINO, converted at the first use; None where it is not for that.

    `base` is a digest of everything that is converted: other maps behind it need no new conversion.
    """
    if has_gpu() or not is_supported(folder):
        return None
    import openvino

    name = f"{base[:32]}-{FORM}-{openvino.get_version().split('-')[0]}"
    target = cache_folder() / "encoders" / name / "model.xml"
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with locked(target):
            if not _is_whole(target) and not _convert(folder, target):
                return None
    except OSError as error:
        _log.warning("The converted embedder cannot be kept (%s): sentence-transformers is used.", error)
        return None
    return OpenVinoBert(folder, target, prompts)


def has_gpu() -> bool:
    """Whether PyTorch might find an accelerator; asked without importing it."""
    apple = platform.system() == "Darwin" and platform.machine() == "arm64"
    return apple or any(Path(device).exists() for device in GPU_DEVICES)


def is_supported(folder: Path) -> bool:
    """Whether a folder holds the one kind of model that was checked."""
    modules = _read(folder / "modules.json")
    if module_kinds(folder) not in (BASE, PROJECTED) or modules[0]["path"]:
        return False
    pooling = _read(folder / modules[1]["path"] / "config.json")
    modes = [name for name, value in pooling.items() if name.startswith("pooling_mode") and value]
    own = _read(folder / "config_sentence_transformers.json")
    return (
        _read(folder / "config.json").get("model_type") == "bert"
        and (modes == ["pooling_mode_mean_tokens"] or pooling.get("pooling_mode") == "mean")
        and not any((own.get("prompts") or {}).values())
        and not _read(folder / "sentence_bert_config.json").get("do_lower_case")
        and (folder / "tokenizer.json").is_file()
    )


def _convert(folder: Path, target: Path) -> bool:
    """Write `target` and the weights beside it; False, and nothing written, if its rows are not the same."""
    import openvino
    from sentence_transformers import SentenceTransformer

    reference = SentenceTransformer(str(folder), device="cpu", local_files_only=True).eval()
    converted = _traced(reference)
    with tempfile.TemporaryDirectory(dir=target.parent) as made:
        part = Path(made) / target.name
        openvino.save_model(converted, part, compress_to_fp16=False)
        rows = OpenVinoBert(folder, part, {}).encode_query(_PROBES)
        expected = _base_rows(reference)
        if (cosine := float((rows * expected).sum(axis=1).min())) < LEAST_COSINE:
            _log.warning(
                "%s on OpenVINO gives other rows (cosine %.6f): sentence-transformers is used.",
                folder,
                cosine,
            )
            return False
        stamp = "".join(sha256_of(file) for file in (part, part.with_suffix(".bin")))
        os.replace(part.with_suffix(".bin"), target.with_suffix(".bin"))
        os.replace(part, target)
        target.with_suffix(".sha256").write_text(stamp)
    return True


def _base_rows(reference: "SentenceTransformer") -> np.ndarray:
    """The probes as sentence-transformers embeds them, before a projection: (P, D) unit rows."""
    from sentence_transformers import SentenceTransformer

    base = SentenceTransformer(modules=[*reference][: len(BASE)], device="cpu")
    return base.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False)


def _is_whole(target: Path) -> bool:
    """Whether a converted model is there as it was written."""
    files = (target, target.with_suffix(".bin"), target.with_suffix(".sha256"))
    if not all(path.is_file() for path in files):
        return False
    return files[2].read_text() == "".join(map(sha256_of, files[:2]))


def _traced(reference: object) -> object:
    """Transformer, mean over the text's own tokens and normalisation as one OpenVINO model."""
    import openvino
    import torch

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = reference[0].auto_model.float()

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            hidden = self.transformer(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).float()
            return torch.nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)

    example = reference.tokenizer(list(_PROBES[:2]), padding=True, return_tensors="pt")
    inputs = {name: example[name] for name in ("input_ids", "attention_mask")}
    return openvino.convert_model(Pooled(), example_input=inputs)


def _padded(token_ids: Sequence[Sequence[int]]) -> dict[str, np.ndarray]:
    """Ids of B texts -> ids and mask, (B, T) with T a multiple of LENGTH_STEP."""
    longest = max(map(len, token_ids))
    shape = len(token_ids), -(-longest // LENGTH_STEP) * LENGTH_STEP
    ids, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    for row, text in enumerate(token_ids):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return {"input_ids": ids, "attention_mask": mask}


def _longest(folder: Path) -> int:
    """Tokens of one text that are read."""
    positions = _read(folder / "config.json")["max_position_embeddings"]
    return min(positions, _read(folder / "sentence_bert_config.json").get("max_seq_length") or positions)


def _read(path: Path) -> dict:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
