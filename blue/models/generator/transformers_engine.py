"""The reference engine: PyTorch and transformers, for what OpenVINO cannot read and to check it against."""

import threading
import uuid
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from blue.datatypes import Message, SamplingSettings
from blue.errors import GenerationError, WeightsError
from blue.models.generator.about import LoadedProfiler
from blue.models.generator.chat import FairLock, control_tokens, neutralise, require_room, require_sampling
from blue.models.generator.lent_gpu import on_lent_gpu
from blue.models.precision import fast_dtype
from blue.models.thread_priority import lower_priority

BATCH_TOKENS = 65_536  # padded prompts and continuations run at once; a larger batch would fill the memory
MAX_CONTEXT_TOKENS = 8192  # models with more room than this would fill a small machine's memory


# Loaded ones by their keys: a process that was forked for a lent GPU gets a key and finds its own copy here.
_LOADED: "weakref.WeakValueDictionary[str, TransformersGenerator]" = weakref.WeakValueDictionary()


@on_lent_gpu
def _pieces(key: str, inputs: dict, settings: SamplingSettings) -> Iterator[str]:
    """The continuation, piece by piece, by the generator with this key."""
    yield from _LOADED[key]._stream(inputs, settings)


@on_lent_gpu
def _sequences(key: str, inputs: dict, settings: SamplingSettings) -> object:
    """Token ids of shape (Q, prompt + continuation), by the generator with this key.

    As a NumPy array: a tensor would be shared through the process that made it, which may be gone by then.
    """
    return _LOADED[key]._run(inputs, settings).cpu().numpy()


class TransformersGenerator:
    """A TextGenerator on transformers; one call at a time, callers wait their turn."""

    engine = "transformers"

    def __init__(
        self,
        path: Path,
        about: LoadedProfiler | None = None,
        adapter: Path | None = None,
        dtype: Literal["bfloat16", "float32"] | None = None,
    ) -> None:
        """Load a safetensors folder or a GGUF file, on a GPU if there is one.

        Without a `dtype` it is bfloat16 where that is fast; float32 is for comparisons.
        """
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        folder, options = (path.parent, {"gguf_file": path.name}) if path.suffix == ".gguf" else (path, {})
        precision = getattr(torch, dtype) if dtype else fast_dtype()
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left", **options)
            model = AutoModelForCausalLM.from_pretrained(
                folder,
                dtype=precision,
                use_safetensors=True,
                **options,
            )
        except (OSError, ValueError, KeyError) as error:
            raise WeightsError(f"transformers cannot read {path}: {error}") from error
        if adapter is not None:
            model = _with_adapter(model, adapter)
        self._model = model.to("cuda" if torch.cuda.is_available() else "cpu").eval()
        self._context = min(self._model.config.max_position_embeddings, MAX_CONTEXT_TOKENS)
        self._control_tokens = control_tokens(self._tokenizer.get_vocab())
        self._lock = FairLock()
        self.about = about or LoadedProfiler(path.stem, self.engine, "local path")
        self.name = self.about.name
        self._key = uuid.uuid4().hex
        _LOADED[self._key] = self

    def count_tokens(self, text: str) -> int:
        """Length of a text in this model's tokens."""
        return len(self._tokenizer(text, add_special_tokens=False).input_ids)

    def stream(self, messages: Sequence[Message], settings: SamplingSettings) -> Iterator[str]:
        """Yield the continuation piece by piece; closing the iterator stops the model at its next token."""
        inputs = self._inputs([messages], settings)
        with self._lock.turn():
            yield from _pieces(self._key, inputs, settings)

    def _stream(self, inputs: dict, settings: SamplingSettings) -> Iterator[str]:
        from transformers import TextIteratorStreamer

        streamer = TextIteratorStreamer(self._tokenizer, skip_prompt=True, skip_special_tokens=True)
        closed = threading.Event()
        failure: list[RuntimeError] = []

        def run() -> None:
            lower_priority()
            try:
                self._run(inputs, settings, streamer=streamer, stop_when=closed)
            except RuntimeError as error:  # what torch raises (memory, a bad kernel); a bug stays loud
                failure.append(error)
            finally:
                streamer.end()

        thread = threading.Thread(target=run, name="blue-generate", daemon=True)
        thread.start()
        try:
            yield from _without_stop(filter(None, streamer), settings.stop)
        finally:
            closed.set()
            thread.join()  # the turn must not pass on while the model still runs
        if failure:
            raise GenerationError(f"The model stopped: {failure[0]}") from failure[0]

    def generate(self, conversations: Sequence[Sequence[Message]], settings: SamplingSettings) -> list[str]:
        """One continuation a conversation, batched; equal conversations are sampled apart."""
        if not conversations:
            return []
        inputs = self._inputs(conversations, settings)
        prompt = inputs["input_ids"].shape[1]
        rows = max(1, BATCH_TOKENS // (prompt + settings.max_new_tokens))
        texts: list[str] = []
        with self._lock.turn():
            for start in range(0, len(conversations), rows):
                part = {name: tensor[start : start + rows] for name, tensor in inputs.items()}
                seeded = replace(settings, seed=settings.seed + start)  # equal conversations stay apart
                sequences = _sequences(self._key, part, seeded)  # (rows, prompt + continuation)
                texts += self._tokenizer.batch_decode(sequences[:, prompt:], skip_special_tokens=True)
        return ["".join(_without_stop([text], settings.stop)) for text in texts]

    def samples(self, messages: Sequence[Message], settings: SamplingSettings, count: int) -> list[str]:
        """`count` different continuations of one conversation, drawn together at a temperature above 0."""
        require_sampling(settings)
        return self.generate([messages] * count, settings)

    def _inputs(self, conversations: Sequence[Sequence[Message]], settings: SamplingSettings) -> dict:
        """Filled templates as left-padded tensors in main memory, of shape (Q, longest prompt)."""
        prompts = [
            self._tokenizer.apply_chat_template(
                neutralise(messages, self._control_tokens),
                add_generation_prompt=True,
                tokenize=False,
                enable_thinking=False,  # Qwen3's template reads it; others ignore it
            )
            for messages in conversations
        ]
        inputs = self._tokenizer(prompts, add_special_tokens=False, padding=True, return_tensors="pt")
        require_room(inputs["input_ids"].shape[1], settings, self._context)
        return dict(inputs)

    def _run(
        self,
        inputs: dict,
        settings: SamplingSettings,
        streamer: object | None = None,
        stop_when: threading.Event | None = None,
    ) -> object:
        """Run the model once; returns token ids of shape (Q, prompt + continuation)."""
        import torch
        from transformers import GenerationConfig, StoppingCriteriaList

        def is_closed(token_ids: torch.Tensor, scores: torch.Tensor, **_: object) -> torch.Tensor:
            closed = stop_when is not None and stop_when.is_set()
            return torch.full(token_ids.shape[:1], closed, device=token_ids.device)

        own = self._model.generation_config
        sampling = (
            {"do_sample": True, "temperature": settings.temperature, "top_p": settings.top_p, "top_k": 0}
            if settings.temperature > 0
            else {"do_sample": False}
        )
        config = GenerationConfig(
            max_new_tokens=settings.max_new_tokens,
            repetition_penalty=settings.repetition_penalty,
            stop_strings=list(settings.stop) or None,
            eos_token_id=own.eos_token_id,
            pad_token_id=self._tokenizer.pad_token_id,
            **sampling,
        )
        torch.manual_seed(settings.seed)
        return self._model.generate(
            **{name: tensor.to(self._model.device) for name, tensor in inputs.items()},
            generation_config=config,
            tokenizer=self._tokenizer,
            streamer=streamer,
            stopping_criteria=StoppingCriteriaList([is_closed]),
        )


def _with_adapter(model: object, adapter: Path) -> object:
    """The model with the adapter's weights merged in."""
    try:
        from peft import PeftModel
    except ImportError as error:
        raise WeightsError(
            "An adapter on the transformers engine needs the package peft: pip install peft."
        ) from error
    model.hf_quantizer = None  # weights from a GGUF were already made dense, but are still marked quantised
    model.is_quantized = False
    return PeftModel.from_pretrained(model, adapter).merge_and_unload()


def _without_stop(pieces: Iterable[str], stops: Sequence[str]) -> Iterator[str]:
    """Pass text on up to the first stop string, holding back what could be the beginning of one."""
    held = max(map(len, stops), default=1) - 1
    text = ""
    for piece in pieces:
        text += piece
        ends = [place for stop in stops if (place := text.find(stop)) >= 0]
        if ends:
            text = text[: min(ends)]
            break
        if len(text) > held:
            yield text[: len(text) - held]
            text = text[len(text) - held :]
    if text:
        yield text
