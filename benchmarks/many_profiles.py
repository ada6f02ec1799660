"""Many profiles: the batch path beside a loop, and beside batches of eight as they come.

Every way writes with the same weights. What is slow is measured on fewer histories; all figures are seconds a
profile, and 1,000 profiles are that times 1,000.
"""

from collections.abc import Callable, Sequence

from benchmarks.machine import limits
from benchmarks.material import histories
from benchmarks.measuring import Line, Report, Spread, is_busy, timed
from benchmarks.one_profile import merged_file
from blue.datatypes import Message, SamplingSettings
from blue.models import load_generator
from blue.profiler import load_profiler

ALL, EIGHTS, LOOP = 48, 16, 4  # histories written by us, in batches of eight, one by one
BATCH = 8
SETTINGS = SamplingSettings(max_new_tokens=96)
WEIGHTS = 135e6
PROFILES = 1_000


def measure() -> Report:
    """Seconds a profile of each way."""
    import openvino_genai as genai

    profiler = load_profiler()
    ours = profiler.generator
    prompts = [
        profiler.conversations(history)[0].messages for history in histories(profiler.catalog, ALL + 1)
    ]
    asked, other = prompts[:ALL], prompts[ALL:]  # a prompt that warms up would be found in a cache
    torch_engine = load_generator(engine="transformers")
    pipeline = genai.LLMPipeline(merged_file(), "CPU")
    ours.generate(other, SETTINGS)  # warm-up: the instructions that all share are read once
    torch_engine.generate(other, SamplingSettings(max_new_tokens=2))
    plain = _plain_batches(pipeline)
    plain(other, SamplingSettings(max_new_tokens=2))
    seconds = {
        "ours": _each(lambda some: ours.generate(some, SETTINGS), asked),
        "loop": _each(lambda some: _in_batches(some, 1, torch_engine.generate, SETTINGS), asked[:LOOP]),
        "batches": _each(
            lambda some: _in_batches(some, BATCH, torch_engine.generate, SETTINGS), asked[:EIGHTS]
        ),
        "openvino": _each(lambda some: _in_batches(some, BATCH, plain, SETTINGS), asked[:EIGHTS]),
    }
    tokens = sum(ours.count_tokens(message["content"]) for one in asked for message in one) / len(asked)
    least = 2 * WEIGHTS * tokens / limits().gflops / 1e9
    return Report(
        (
            _line("loop", "transformers, one by one", seconds, 8.0),
            _line("batches", "transformers, batches of 8", seconds, None),
            _line("openvino", "plain openvino-genai, batches of 8", seconds, 1.2),
        ),
        (
            f"Extrapolated from {ALL} histories (ours), {EIGHTS} (batches), {LOOP} (loop): 10-40 titles.",
            f"Reading a prompt of {tokens:.0f} tokens is {2 * WEIGHTS * tokens / 1e9:.0f} GFLOP: {least:.2f} "
            f"s a profile at this machine's {limits().gflops:.0f} GFLOP/s, whatever the batch.",
        ),
    )


def _plain_batches(pipeline) -> Callable[[Sequence[Sequence[Message]], SamplingSettings], object]:
    import openvino_genai as genai

    tokenizer = pipeline.get_tokenizer()

    def write(some: Sequence[Sequence[Message]], settings: SamplingSettings) -> object:
        config = genai.GenerationConfig()
        config.max_new_tokens, config.apply_chat_template = settings.max_new_tokens, False
        config.set_eos_token_id(tokenizer.get_eos_token_id())
        prompts = [tokenizer.apply_chat_template(list(one), add_generation_prompt=True) for one in some]
        return pipeline.generate(prompts, config).texts

    return write


def _in_batches(some: Sequence, size: int, write: Callable, settings: SamplingSettings) -> None:
    for start in range(0, len(some), size):
        write(some[start : start + size], settings)


def _each(write: Callable[[Sequence], object], some: Sequence) -> tuple[float, float]:
    """Seconds a profile: on the clock, and of the processor."""
    wall, cpu = timed(lambda: write(some))
    return wall / len(some), cpu / len(some)


def _line(name: str, beside: str, seconds: dict[str, tuple[float, float]], goal: float | None) -> Line:
    (ours, ours_cpu), (theirs, theirs_cpu) = seconds["ours"], seconds[name]
    ratio, cpu = theirs / ours, theirs_cpu / ours_cpu
    return Line(
        f"{PROFILES:,} profiles",
        f"{ours * PROFILES / 60:.0f} min",
        f"{beside}: {theirs * PROFILES / 60:.0f} min",
        Spread.of([ratio]),
        cpu,
        f"≥ {goal:g} ×" if goal else "",
        (cpu if is_busy() else ratio) >= goal if goal else None,
    )
