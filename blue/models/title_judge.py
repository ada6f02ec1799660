"""The frozen base model as a judge of the next item, asked which title it expects after the profile.

What `Cloze` asks in training, on the engine that the app writes with. A small model that is asked for the
letter of an option answers with the letter it likes; by titles it is above chance (`results/qa.md`). On
OpenVINO the base, without any adapter, is compiled a second time as a plain model that answers with logits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from blue.errors import WeightsError
from blue.models.generator import LoadedProfiler
from blue.models.generator.openvino_engine import EXACT
from blue.models.generator.openvino_folder import MODEL, openvino_folder
from blue.models.thread_priority import in_background
from blue.models.weights import Progress, gguf_copy, sha256_of, silent
from blue.rewards import MAX_PROFILE_CHARACTERS, NextItemJudge, Question

BEGINNING = "What a person likes:\n{profile}\n\nThe person chooses next:\n"


@dataclass(frozen=True)
class TitleJudge:
    """A judge over any engine: `expected` gives each title's mean nats per token after a profile, <= 0."""

    name: str
    expected: Callable[[str, Sequence[str]], np.ndarray]

    def log_probabilities(self, questions: Sequence[Question]) -> np.ndarray:
        """Q questions of 1 + N options each -> (Q, 2, 1 + N) nats; titles have no order: both rows agree."""
        rows = [
            self.expected(question.profile, [item.title for item in question.options])
            for question in questions
        ]
        return np.stack((rows, np.flip(rows, axis=1)), axis=1)


def load_title_judge(about: LoadedProfiler, progress: Progress = silent) -> NextItemJudge:
    """The base model of a loaded profiler, ready to judge; seconds, and once a minute for the conversion.

    Raises:
        WeightsError: the base weights cannot be read.
    """
    if about.base is None:
        raise WeightsError(f"The weights of {about.name} are not on disk, so it cannot be asked to judge.")
    progress(f"loading {about.name} to judge with", None)
    name = f"{about.name} without adapter" if about.adapter_digest else about.name
    if about.engine == "openvino":
        return TitleJudge(name, _openvino(_base_folder(about, progress)))
    from blue.models.cloze import Cloze  # torch and peft, six seconds that the app on OpenVINO does without

    return TitleJudge(name, Cloze.load(about.base).expected)


def _base_folder(about: LoadedProfiler, progress: Progress) -> Path:
    """The base as an OpenVINO folder: itself, or its GGUF file converted once."""
    if about.base.suffix != ".gguf":
        return about.base
    digest = about.digest or sha256_of(about.base)
    return openvino_folder(gguf_copy.exact_for_engine(about.base, digest, progress), digest[:24])


def _openvino(folder: Path) -> Callable[[str, Sequence[str]], np.ndarray]:
    import openvino
    import openvino_genai as genai

    tokenizer, core = genai.Tokenizer(folder), openvino.Core()
    compiled = in_background(lambda: core.compile_model(core.read_model(folder / MODEL), "CPU", EXACT))
    request, one_at_a_time = compiled.create_infer_request(), Lock()

    def tokens(text: str) -> np.ndarray:
        text = text.replace("<", "‹").replace(">", "›")  # no special tokens out of a text
        return tokenizer.encode(text, add_special_tokens=False).input_ids.data[0]

    def logits(ids: np.ndarray, known: np.ndarray, beam: int) -> np.ndarray:
        """(B, L) tokens after what was read -> (B, L, V); `known` masks what was read, too."""
        before = known.shape[1] - ids.shape[1]
        inputs = {
            "input_ids": ids,
            "attention_mask": known,
            "position_ids": np.arange(before, known.shape[1])[None].repeat(len(ids), axis=0),
            "beam_idx": np.zeros(beam, dtype=np.int32),
        }
        return in_background(lambda: request.infer(inputs)["logits"].copy())

    def expected(profile: str, titles: Sequence[str]) -> np.ndarray:
        beginning = tokens(BEGINNING.format(profile=profile[:MAX_PROFILE_CHARACTERS]))[None]
        rows = [tokens(title) for title in titles]
        ids, mask = _padded(rows)
        read = np.ones((len(rows), beginning.shape[1]), dtype=np.int64)
        with one_at_a_time:
            request.reset_state()
            first = logits(beginning, read[:1], 1)[:, -1:].repeat(len(rows), axis=0)
            # the keys and values of the one beginning are handed to every title
            after = logits(ids, np.concatenate((read, mask), axis=1), len(rows))
        before = np.concatenate((first, after[:, :-1]), axis=1).astype(float)
        nats = np.take_along_axis(before, ids[..., None], axis=2)[..., 0] - _log_sum_exp(before)
        return (nats * mask).sum(axis=1) / mask.sum(axis=1)

    return expected


def _padded(rows: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """(O, L) tokens, and 1 where they are a title's."""
    longest = max(map(len, rows))
    ids = np.stack([np.pad(row, (0, longest - len(row))) for row in rows]).astype(np.int64)
    mask = np.stack([np.arange(longest) < len(row) for row in rows]).astype(np.int64)
    return ids, mask


def _log_sum_exp(logits: np.ndarray) -> np.ndarray:
    """Over the last axis."""
    highest = logits.max(axis=-1)
    return highest + np.log(np.exp(logits - highest[..., None]).sum(axis=-1))
