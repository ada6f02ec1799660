"""The frozen base model as a judge of the next item by letters, for tables beside `title_judge`.

openvino-genai writes texts but tells no probabilities of chosen tokens, so the base, without any adapter, is
compiled a second time as a plain OpenVINO model that answers with logits (0.15 GB for SmolLM2-135M): by the
app behind the page that is ready, elsewhere at the first question. Its conversion from GGUF is kept in the
cache. Presets on the transformers engine are judged by transformers, in bfloat16 where that is fast.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import numpy as np

from blue.datatypes import Item
from blue.errors import WeightsError
from blue.models.generator import LoadedProfiler
from blue.models.generator.openvino_engine import EXACT
from blue.models.generator.openvino_folder import MODEL, openvino_folder
from blue.models.precision import fast_dtype
from blue.models.thread_priority import in_background
from blue.models.weights import Progress, gguf_copy, sha256_of, silent
from blue.rewards import LETTERS, NextItemJudge, Question, question_text


@dataclass(frozen=True)
class LetterJudge:
    """A judge over any engine: `next_token` gives the (V,) log-probabilities of the token after a text."""

    name: str
    fill_template: Callable[[str], str]  # a user's message -> the prompt up to the assistant's turn
    letter_token: Callable[[str], int]
    next_token: Callable[[str], np.ndarray]

    def log_probabilities(self, questions: Sequence[Question]) -> np.ndarray:
        """Q questions of 1 + N options each -> (Q, 2, 1 + N) nats, in the order of `Question.orders`."""
        number = len(questions[0].options)
        letters = [self.letter_token(letter) for letter in LETTERS[:number]]
        rows = [
            self._asked(question.profile, options)[letters]
            for question in questions
            for options, _ in question.orders()
        ]
        return np.array(rows).reshape(len(questions), 2, number)

    def _asked(self, profile: str, options: Sequence[Item]) -> np.ndarray:
        return self.next_token(self.fill_template(question_text(profile, options)))


def load_judge(about: LoadedProfiler, progress: Progress = silent) -> NextItemJudge:
    """The base model of a loaded profiler, ready to judge; seconds, and once a minute for the conversion.

    Raises:
        WeightsError: the base weights cannot be read.
    """
    if about.base is None:
        raise WeightsError(f"The weights of {about.name} are not on disk, so it cannot be asked to judge.")
    progress(f"loading {about.name} to judge with", None)
    if about.engine == "openvino":
        return _openvino_judge(base_name(about), base_folder(about, progress))
    return _transformers_judge(base_name(about), about.base)


def base_name(about: LoadedProfiler) -> str:
    """The judging model, as the page says it."""
    return f"{about.name} without adapter" if about.adapter_digest else about.name


def base_folder(about: LoadedProfiler, progress: Progress) -> Path:
    """The base as an OpenVINO folder: itself, or its GGUF file converted once."""
    if about.base.suffix != ".gguf":
        return about.base
    digest = about.digest or sha256_of(about.base)
    return openvino_folder(gguf_copy.exact_for_engine(about.base, digest, progress), digest[:24])


def _openvino_judge(name: str, folder: Path) -> LetterJudge:
    import openvino
    import openvino_genai as genai

    tokenizer = genai.Tokenizer(folder)
    core = openvino.Core()
    model = core.read_model(folder / MODEL)
    _last_position_only(model)
    compiled = in_background(lambda: core.compile_model(model, "CPU", EXACT))
    request, one_at_a_time = compiled.create_infer_request(), Lock()

    def tokens(text: str) -> np.ndarray:
        return tokenizer.encode(text, add_special_tokens=False).input_ids.data  # (1, L)

    def next_token(text: str) -> np.ndarray:
        ids = tokens(text)
        inputs = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "position_ids": np.arange(ids.shape[1])[None],
            "beam_idx": np.zeros(1, dtype=np.int32),
        }
        with one_at_a_time:
            request.reset_state()  # the model keeps keys and values between calls
            logits = in_background(lambda: request.infer(inputs)["logits"][0, -1].astype(float))
        return _log_softmax(logits)

    return LetterJudge(
        name,
        lambda content: tokenizer.apply_chat_template(_user(content), add_generation_prompt=True),
        lambda letter: _only(tokens(letter)[0].tolist(), letter),
        next_token,
    )


def _last_position_only(model) -> None:
    """Cut the hidden states to the last position before they become logits: nobody reads the others'."""
    from openvino import opset13

    to_logits = model.output("logits").get_node().input_value(0).get_node()
    hidden = to_logits.input_value(0)
    last = opset13.slice(hidden, [-1], [np.iinfo(np.int64).max], [1], [1])
    to_logits.input(0).replace_source_output(last.output(0))
    model.validate_nodes_and_infer_types()


def _transformers_judge(name: str, path: Path) -> LetterJudge:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder, options = (path.parent, {"gguf_file": path.name}) if path.suffix == ".gguf" else (path, {})
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **options)
        model = AutoModelForCausalLM.from_pretrained(folder, dtype=fast_dtype(), **options).eval()
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"transformers cannot read {path}: {error}") from error
    model = model.to("cuda" if torch.cuda.is_available() else "cpu")

    def tokens(text: str) -> list[int]:
        return tokenizer(text, add_special_tokens=False).input_ids

    @torch.no_grad()
    def next_token(text: str) -> np.ndarray:
        ids = torch.tensor([tokens(text)], device=model.device)
        logits = model(input_ids=ids, logits_to_keep=1, use_cache=False).logits[0, -1]
        return _log_softmax(logits.double().cpu().numpy())

    def fill_template(content: str) -> str:
        return tokenizer.apply_chat_template(
            _user(content), tokenize=False, add_generation_prompt=True, enable_thinking=False
        )

    return LetterJudge(name, fill_template, lambda letter: _only(tokens(letter), letter), next_token)


def _user(content: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": content}]


def _only(tokens: Sequence[int], letter: str) -> int:
    if len(tokens) != 1:
        raise WeightsError(
            f"This model spells '{letter}' with {len(tokens)} tokens; it cannot judge by letters."
        )
    return tokens[0]


def _log_softmax(logits: np.ndarray) -> np.ndarray:
    shifted = logits - logits.max()
    return shifted - np.log(np.exp(shifted).sum())
