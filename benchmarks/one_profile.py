"""One profile from one history: first token, decoding, the whole, beside other engines on the same prompts.

- transformers: `generate`, the trained adapter merged, in the precision that is fast here
- openvino-genai as it comes, on the base model's Q4_1 file (its text is another one: it is not trained)
- openvino-genai as it comes, on the file that BLUE Studio reads
- llama-cpp-python on that file, where it is installed

Memory is that of a process that loads the engine and writes one profile; each engine has one of its own
(`python -m benchmarks.one_profile NAME`).
"""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import Protocol

from benchmarks.machine import limits
from benchmarks.measuring import Line, Report, Spread, at_least, peak_megabytes
from blue.catalog import list_examples
from blue.datatypes import Message, SamplingSettings
from blue.models import DEFAULT_ADAPTER, DEFAULT_PRESET, get_preset, merged_gguf, read_adapter, resolve
from blue.profiler import load_profiler

PROMPTS = 4
SETTINGS = SamplingSettings(max_new_tokens=96)
OURS = "blue"
ENGINES = (OURS, "transformers", "openvino-q4_1", "openvino-merged", "llama-cpp")
NAMES = {
    "transformers": "transformers",
    "openvino-q4_1": "plain openvino-genai, Q4_1 file",
    "openvino-merged": "plain openvino-genai, the same file as BLUE Studio",
    "llama-cpp": "llama-cpp-python, the same file as BLUE Studio",
}


class Engine(Protocol):
    """Messages -> pieces of text."""

    def __call__(self, messages: Sequence[Message]) -> Iterator[str]: ...


@dataclass(frozen=True)
class Written:
    """One profile: seconds on the clock and of the processor until the first piece and until the end."""

    first: float
    first_cpu: float
    whole: float
    whole_cpu: float
    tokens: int

    @property
    def decode(self) -> float:
        """Tokens a second after the first."""
        return (self.tokens - 1) / max(self.whole - self.first, 1e-9)

    @property
    def decode_cpu(self) -> float:
        """The same for each second of the processor."""
        return (self.tokens - 1) / max(self.whole_cpu - self.first_cpu, 1e-9)


def measure() -> Report:
    """All engines on the same prompts, in turns."""
    profiler = load_profiler()
    conversations = [
        profiler.conversations(profiler.read(example.read(), example.file).interactions)[0].messages
        for example in list_examples()[: PROMPTS + 1]
    ]
    count = profiler.generator.count_tokens
    engines = {name: load(name) for name in available()}
    found: dict[str, list[Written]] = {name: [] for name in engines}
    for number, messages in enumerate(conversations):
        for name, engine in engines.items():
            written = _write(engine, messages, count)
            if number:  # the first warms up
                found[name].append(written)
    size = merged_file().stat().st_size
    megabytes = {name: _memory(name, conversations[1]) for name in engines}
    lines = [line for name in engines if name != OURS for line in _lines(name, found, megabytes)]
    decode = Spread.of([one.decode for one in found[OURS]]).median
    return Report(
        tuple(lines),
        (
            f"{PROMPTS} prompts of the shipped examples, greedy, {SETTINGS.max_new_tokens} tokens at most.",
            "BLUE Studio's text is that of transformers in float32, token by token: "
            "tests/models/test_generator.py",
            f"Each token reads {size / 1e6:.0f} MB of weights: at {limits().gigabytes:.1f} GB/s at most "
            f"{1e9 * limits().gigabytes / size:.0f} tokens/s; {decode:.0f} were written. A file of half the "
            "size (Q4_1) that decodes no faster says that unpacking weights is the limit, not reading them.",
        ),
    )


def available() -> tuple[str, ...]:
    """The engines that are installed."""
    has_llama = importlib.util.find_spec("llama_cpp") is not None
    return ENGINES if has_llama else ENGINES[:-1]


def load(name: str) -> Engine:
    """An engine, ready to write."""
    if name == OURS or name == "transformers":
        from blue.models import load_generator

        generator = load_generator(engine="openvino" if name == OURS else "transformers")
        return lambda messages: generator.stream(messages, SETTINGS)
    if name == "llama-cpp":
        return _llama(merged_file())
    return _plain_openvino(merged_file() if name == "openvino-merged" else base_file())


def base_file() -> Path:
    """The default profiler's base, a Q4_1 file."""
    return resolve(get_preset(DEFAULT_PRESET).profiler).path


def merged_file() -> Path:
    """The file that BLUE Studio reads: the base with its adapter, in Q8_0."""
    source = get_preset(DEFAULT_PRESET).profiler
    return merged_gguf(resolve(source), read_adapter(DEFAULT_ADAPTER, source.name))


def _plain_openvino(path: Path) -> Engine:
    """As its manual shows it, but for streaming: everything at its default."""
    import queue
    import threading

    import openvino_genai as genai

    pipeline = genai.LLMPipeline(path, "CPU")
    tokenizer = pipeline.get_tokenizer()

    def write(messages: Sequence[Message]) -> Iterator[str]:
        config = genai.GenerationConfig()
        config.max_new_tokens, config.apply_chat_template = SETTINGS.max_new_tokens, False
        config.set_eos_token_id(tokenizer.get_eos_token_id())
        prompt = tokenizer.apply_chat_template(list(messages), add_generation_prompt=True)
        pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()

        def run() -> None:
            pipeline.generate(prompt, config, lambda piece: pieces.put(piece) or False)
            pieces.put(None)

        thread = threading.Thread(target=run)
        thread.start()
        yield from iter(pieces.get, None)
        thread.join()

    return write


def _llama(path: Path) -> Engine:
    from llama_cpp import Llama

    model = Llama(str(path), n_ctx=2048, verbose=False)

    def write(messages: Sequence[Message]) -> Iterator[str]:
        model.reset()
        answer = model.create_chat_completion(
            list(messages), max_tokens=SETTINGS.max_new_tokens, temperature=0.0, stream=True
        )
        for part in answer:
            yield part["choices"][0]["delta"].get("content", "")

    return write


def _write(engine: Engine, messages: Sequence[Message], count: Callable[[str], int]) -> Written:
    clock, cpu = perf_counter(), process_time()
    pieces = engine(messages)
    text = ""
    while not text:  # an engine may begin with empty pieces
        text += next(pieces)
    first, first_cpu = perf_counter() - clock, process_time() - cpu
    text += "".join(pieces)
    return Written(first, first_cpu, perf_counter() - clock, process_time() - cpu, count(text))


def _lines(name: str, found: dict[str, list[Written]], megabytes: dict[str, float]) -> list[Line]:
    ours, theirs = found[OURS], found[name]
    pairs = list(zip(ours, theirs, strict=True))
    first = _ratio([(b.first / a.first, b.first_cpu / a.first_cpu) for a, b in pairs])
    speed = _ratio([(a.decode / b.decode, a.decode_cpu / b.decode_cpu) for a, b in pairs])
    whole = _ratio([(b.whole / a.whole, b.whole_cpu / a.whole_cpu) for a, b in pairs])
    is_plain = name == "openvino-q4_1"

    def seconds(values: Sequence[float]) -> str:
        return f"{1e3 * _middle(values):,.0f} ms"

    beside = NAMES[name]
    return [
        Line(
            "first token",
            seconds([one.first for one in ours]),
            f"{beside}: {seconds([one.first for one in theirs])}",
            *first,
            "≥ 1 ×" if is_plain else "",
            at_least(first, 0.95) if is_plain else None,
        ),
        Line(
            "decoding",
            f"{_middle([one.decode for one in ours]):.0f} tokens/s",
            f"{beside}: {_middle([one.decode for one in theirs]):.0f} tokens/s",
            *speed,
            "≥ 1.5 ×" if is_plain else "",
            at_least(speed, 1.5) if is_plain else None,
        ),
        Line(
            "the whole profile",
            seconds([one.whole for one in ours]),
            f"{beside}: {seconds([one.whole for one in theirs])}",
            *whole,
        ),
        Line(
            "memory of the process, peak",
            f"{megabytes[OURS]:,.0f} MB",
            f"{beside}: {megabytes[name]:,.0f} MB",
            Spread.of([megabytes[name] / megabytes[OURS]]),
            None,
            "not above" if is_plain else "",
            megabytes[OURS] <= 1.02 * megabytes[name] if is_plain else None,
        ),
    ]


def _ratio(pairs: Sequence[tuple[float, float]]) -> tuple[Spread, float]:
    """Pairs of ratios, on the clock and in processor time -> spread of the ones, median of the others."""
    return Spread.of([wall for wall, _ in pairs]), _middle([cpu for _, cpu in pairs])


def _middle(values: Sequence[float]) -> float:
    return Spread.of(values).median


def _memory(name: str, messages: Sequence[Message]) -> float:
    command = [sys.executable, "-m", "benchmarks.one_profile", name]
    asked = json.dumps(list(messages))
    ran = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    return float(ran.stdout.split()[-1])


def main() -> None:
    """Write one profile for the messages on standard input; print the peak of memory in MB."""
    engine = load(sys.argv[1])
    "".join(engine(json.load(sys.stdin)))
    print(peak_megabytes())


if __name__ == "__main__":
    main()
