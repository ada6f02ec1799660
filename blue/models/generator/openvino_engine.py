"""The default engine: openvino-genai reads a GGUF file (or an OpenVINO folder) and decodes on a CPU.

It runs in float32 arithmetic on 8-bit weights, not in its faster default (bf16 with activations in 8 bits).
Then its greedy tokens are those of transformers, alone or in a batch, with or without a prefix
in the cache; by default every one of these changes the text. The price is twice the time for the prompt,
none for decoding; a cached prefix (the instructions that all conversations share) wins more than that back.
"""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from blue.datatypes import Message, SamplingSettings
from blue.errors import GenerationError, WeightsError
from blue.models.generator.about import LoadedProfiler
from blue.models.generator.chat import FairLock, control_tokens, neutralise, require_room, require_sampling
from blue.models.thread_priority import in_background, lower_priority

CONTEXT_TOKENS = 8192  # of the key-value cache, shared by a whole batch; 190 MB for SmolLM2-135M
ONE_CALL_TOKENS = 3072  # of one who writes a text at a time: the longest prompt and its answer; 70 MB
BLOCK_TOKENS = 32  # one cache block of the CPU plugin
READ_TOGETHER_TOKENS = 1024  # a prompt in one pass: in pieces of 256, the default, it is read 15 % slower
EXACT = {
    "INFERENCE_PRECISION_HINT": "f32",
    "DYNAMIC_QUANTIZATION_GROUP_SIZE": "0",
    "KV_CACHE_PRECISION": "f16",
}


class OpenVinoGenerator:
    """A TextGenerator on openvino-genai. One pipeline serves one call at a time; callers wait their turn."""

    engine = "openvino"

    def __init__(
        self, path: Path, about: LoadedProfiler | None = None, context: int = CONTEXT_TOKENS
    ) -> None:
        """Load a GGUF file or OpenVINO folder; raises WeightsError if the engine can't read it.

        `context` tokens are kept for all texts that are written together.
        """
        import openvino_genai as genai

        scheduler = genai.SchedulerConfig()
        scheduler.num_kv_blocks = context // BLOCK_TOKENS
        scheduler.max_num_batched_tokens = READ_TOGETHER_TOKENS
        scheduler.enable_prefix_caching = True
        try:
            self._pipeline = in_background(
                lambda: genai.LLMPipeline(path, "CPU", scheduler_config=scheduler, **EXACT)
            )
        except RuntimeError as error:
            raise WeightsError(
                f"openvino-genai cannot read {path}: {str(error).splitlines()[-1]} "
                "Use a llama or qwen GGUF, an OpenVINO folder, or a safetensors folder (transformers engine)."
            ) from error
        self._genai, self._context = genai, context
        self._tokenizer = self._pipeline.get_tokenizer()
        vocabulary = (token.decode(errors="replace") for token in self._tokenizer.get_vocab())
        self._control_tokens = control_tokens(vocabulary)
        self._lock = FairLock()
        self.about = about or LoadedProfiler(path.stem, self.engine, "local path")
        self.name = self.about.name

    def count_tokens(self, text: str) -> int:
        """Length of a text in this model's tokens; 8,192, where its tokenizer stops, if longer."""
        return self._tokenizer.encode(text, add_special_tokens=False).input_ids.shape[1]

    def stream(self, messages: Sequence[Message], settings: SamplingSettings) -> Iterator[str]:
        """Yield the continuation piece by piece; closing the iterator stops the model at its next token."""
        prompt = self._prompt(messages, settings)
        status = self._genai.StreamingStatus
        pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        closed = threading.Event()

        def on_piece(piece: str) -> object:
            pieces.put(piece)
            return status.CANCEL if closed.is_set() else status.RUNNING

        with self._lock.turn():
            run = _Run(lambda: self._pipeline.generate(prompt, self._config(settings), on_piece), pieces)
            try:
                while (piece := pieces.get()) is not None:
                    yield piece
            finally:
                closed.set()
                run.join()  # the turn must not pass on while the model still runs
        run.raise_if_failed()

    def generate(self, conversations: Sequence[Sequence[Message]], settings: SamplingSettings) -> list[str]:
        """One continuation a conversation, batched.

        Every conversation is sampled with the same seed, so equal conversations get equal texts;
        `samples` draws different ones.
        """
        prompts = [self._prompt(messages, settings) for messages in conversations]
        if not prompts:
            return []
        return list(self._written(prompts, self._config(settings)).texts)

    def samples(self, messages: Sequence[Message], settings: SamplingSettings, count: int) -> list[str]:
        """`count` different continuations of one conversation, the most probable a token first."""
        require_sampling(settings)
        config = self._config(settings)
        config.num_return_sequences = count
        found = self._written([self._prompt(messages, settings)], config)
        likely = [
            nats / max(1, self.count_tokens(text))
            for text, nats in zip(found.texts, found.scores, strict=True)
        ]
        return [found.texts[place] for place in sorted(range(count), key=lambda place: -likely[place])]

    def _written(self, prompts: Sequence[str], config: object) -> object:
        """The engine's texts and their log-probabilities; GenerationError with its words if it fails."""
        with self._lock.turn():
            try:
                return in_background(lambda: self._pipeline.generate(prompts, config))
            except RuntimeError as error:
                raise GenerationError(f"The model stopped: {error}") from error

    def _prompt(self, messages: Sequence[Message], settings: SamplingSettings) -> str:
        prompt = self._tokenizer.apply_chat_template(
            neutralise(messages, self._control_tokens),
            add_generation_prompt=True,
            extra_context={"enable_thinking": False},  # Qwen3's template reads it; others ignore it
        )
        require_room(self.count_tokens(prompt), settings, self._context)
        return prompt

    def _config(self, settings: SamplingSettings) -> object:
        config = self._genai.GenerationConfig()
        config.apply_chat_template = False  # the prompt already is the filled template
        config.max_new_tokens = settings.max_new_tokens
        config.repetition_penalty = settings.repetition_penalty
        config.stop_strings = set(settings.stop)
        if settings.temperature > 0:
            config.do_sample = True
            config.temperature = settings.temperature
            config.top_p = settings.top_p
            config.rng_seed = settings.seed
        config.set_eos_token_id(self._tokenizer.get_eos_token_id())
        return config


class _Run(threading.Thread):
    """One call of the engine beside its reader; puts None into the queue when it is over."""

    def __init__(self, call: Callable[[], object], pieces: queue.SimpleQueue) -> None:
        super().__init__(name="blue-generate", daemon=True)
        self._call, self._pieces = call, pieces
        self._error: RuntimeError | None = None
        self.start()

    def run(self) -> None:
        lower_priority()
        try:
            self._call()
        except RuntimeError as error:  # what the engine raises; anything else is a bug of ours
            self._error = error
        finally:
            self._pieces.put(None)

    def raise_if_failed(self) -> None:
        """Raise GenerationError with the engine's words if it failed."""
        if self._error:
            raise GenerationError(f"The model stopped: {self._error}") from self._error
