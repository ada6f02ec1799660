"""The missing shards by Ray Data's LLM processors: vLLM on GPUs, or a server with OpenAI's protocol.

    shards -> prompts (one row a user) -> the processor -> texts -> one write a shard

Texts come back in any order and are gathered by shard; a shard whose last text is there is embedded and
written by an actor while the processor goes on. The models are loaded once for the whole run. Greedy texts of
vLLM are not those of the CPU engine to the letter: bf16 rounds otherwise, and the plan keeps the two apart.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from blue.datatypes import SamplingSettings
from blue.profile import SYSTEM
from training.scale.cluster.plan import WORK, BulkError, Plan
from training.scale.cluster.progress import RunProgress
from training.scale.cluster.results import ShardReport, write_result
from training.scale.cluster.staging import read_shard
from training.scale.cluster.worker import Models, ProfileEmbedder, Prompt, asked, profiled, prompts_of

if TYPE_CHECKING:
    from ray.data.llm import ProcessorConfig

MODEL_FOLDER = "model"  # below WORK: base and adapter in one, as vLLM reads it
CONTEXT_TOKENS = 1_024  # the instructions, 448 tokens of history and 160 of profile, with room to spare
ROWS_A_BATCH = 256
WRITES_AT_ONCE = 4  # shards that wait for an embedder before the processor has to wait


class PromptReader:
    """Shard numbers -> a row a user: shard, place in it, prompts in the shard, and the prompt's content."""

    def __init__(self, work: Path, tokenizer: Path) -> None:
        from transformers import AutoTokenizer

        self._work, self._tokenizer = work, AutoTokenizer.from_pretrained(tokenizer)

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        rows = [row for number in batch["shard"] for row in self._rows(int(number))]
        kinds = {"shard": np.int64, "place": np.int64, "of": np.int64, "content": object}
        return {name: np.array([row[name] for row in rows], kind) for name, kind in kinds.items()}

    def _rows(self, number: int) -> list[dict[str, Any]]:
        prompts = prompts_of(read_shard(self._work, number), self._count_tokens)
        return [
            {"shard": number, "place": place, "of": len(prompts), "content": prompt.messages[-1]["content"]}
            for place, prompt in prompts.items()
        ]

    def _count_tokens(self, text: str) -> int:
        return len(self._tokenizer(text, add_special_tokens=False).input_ids)


class ResultWriter(PromptReader):
    """An actor: the texts of a whole shard -> its rows with embeddings, in place."""

    def __init__(self, out: Path, tokenizer: Path, plan: Plan, models: Models) -> None:
        super().__init__(out / WORK, tokenizer)
        self._out, self._plan = out, plan
        self._embedder = ProfileEmbedder(models.encoder().encoder, plan.making.embeddings)

    def write(self, number: int, texts: dict[int, str]) -> ShardReport:
        """Texts by place in the shard; a user without one gets the row that says why."""
        users = read_shard(self._work, number)
        prompts = [asked(user, self._count_tokens) for user in users]
        rows = [
            profiled(
                user,
                texts.get(place),
                prompt.titles if isinstance(prompt, Prompt) else 0,
                None if isinstance(prompt, Prompt) else str(prompt),
            )
            for place, (user, prompt) in enumerate(zip(users, prompts, strict=True))
        ]
        return write_result(self._out, number, self._embedder.embed(rows), self._plan.making)


def run_processors(
    chosen: argparse.Namespace,
    plan: Plan,
    missing: Sequence[int],
    models: Models,
    progress: RunProgress,
) -> None:
    """Write the missing shards with the processor that the command line names."""
    import ray
    import ray.data

    out = chosen.out.resolve()
    model = merged_model(models, out / WORK / MODEL_FOLDER)
    processor = processor_of(chosen, models.settings, model)
    shards = ray.data.from_items([{"shard": number} for number in missing], override_num_blocks=len(missing))
    prompts = shards.map_batches(
        PromptReader,
        fn_constructor_args=(out / WORK, model),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=max(1, chosen.workers or 1)),
    )
    writers = _Writers(out, model, plan, models, chosen.embedders, progress)
    for number, texts in whole_shards(processor(prompts).iter_rows()):
        writers.write(number, texts)
    for number in set(missing) - writers.given:  # nobody in them could be asked
        writers.write(number, {})
    writers.finish()


def whole_shards(rows: Iterator[dict[str, Any]]) -> Iterator[tuple[int, dict[int, str]]]:
    """(shard, text by place) as soon as the last text of a shard is there, in whatever order they come.

    >>> rows = [(0, 1, 2, "b"), (1, 0, 1, "c"), (0, 0, 2, "a")]
    >>> list(whole_shards(dict(zip(("shard", "place", "of", "text"), row)) for row in rows))
    [(1, {0: 'c'}), (0, {1: 'b', 0: 'a'})]
    """
    waiting: dict[int, dict[int, str]] = defaultdict(dict)
    for row in rows:
        texts = waiting[row["shard"]]
        texts[int(row["place"])] = row["text"]
        if len(texts) == row["of"]:
            yield int(row["shard"]), waiting.pop(row["shard"])
    if waiting:
        number, texts = next(iter(waiting.items()))
        raise BulkError(f"Shard {number}: only {len(texts)} texts came back. Run the same command again.")


class _Writers:
    """A few actors that embed and write; a shard that finds them all busy waits."""

    def __init__(
        self, out: Path, tokenizer: Path, plan: Plan, models: Models, count: int, progress: RunProgress
    ) -> None:
        import ray

        actor = ray.remote(max_restarts=-1, max_task_retries=-1)(ResultWriter)
        self._actors = [actor.remote(out, tokenizer, plan, models) for _ in range(count)]
        self._running: list[Any] = []
        self._progress = progress
        self.given: set[int] = set()

    def write(self, number: int, texts: dict[int, str]) -> None:
        """Give a shard to the next actor; waits while too many are under way."""
        actor = self._actors[len(self.given) % len(self._actors)]
        self.given.add(number)
        self._running.append(actor.write.remote(number, texts))
        while len(self._running) > WRITES_AT_ONCE * len(self._actors):
            self._take()

    def finish(self) -> None:
        """Wait for every shard."""
        while self._running:
            self._take()

    def _take(self) -> None:
        import ray

        ready, self._running = ray.wait(self._running)
        for report in ray.get(ready):
            self._progress.advance(report.users)


def processor_of(chosen: argparse.Namespace, settings: SamplingSettings, model: Path) -> Any:
    """The processor: rows of PromptReader -> the same rows with `text`."""
    from ray.data.llm import build_processor

    kept = ("shard", "place", "of")
    if chosen.engine == "server":
        payload = {"model": chosen.served_model, **sampling(settings)}
        return build_processor(
            server_config(chosen),
            preprocess=lambda row: {
                **{name: row[name] for name in kept},
                "payload": payload | {"messages": messages_of(row["content"])},
            },
            postprocess=lambda row: {
                **{name: row[name] for name in kept},
                "text": row["http_response"]["choices"][0]["message"]["content"],
            },
        )
    return build_processor(
        vllm_config(chosen, model),
        preprocess=lambda row: {
            **{name: row[name] for name in kept},
            "messages": messages_of(row["content"]),
            "sampling_params": sampling(settings),
        },
        postprocess=lambda row: {**{name: row[name] for name in kept}, "text": row["generated_text"]},
    )


def vllm_config(chosen: argparse.Namespace, model: Path) -> "ProcessorConfig":
    """One engine a GPU, --workers of them. Prefixes are cached: all prompts share the instructions."""
    from ray.data.llm import vLLMEngineProcessorConfig

    return vLLMEngineProcessorConfig(
        model_source=str(model),
        engine_kwargs={
            "dtype": "bfloat16",
            "max_model_len": CONTEXT_TOKENS,
            "enable_prefix_caching": True,
            "enable_chunked_prefill": True,
        },
        concurrency=chosen.workers or 1,
        batch_size=ROWS_A_BATCH,
        chat_template_stage={"enabled": True, "chat_template_kwargs": {"enable_thinking": False}},
        tokenize_stage=True,
        detokenize_stage=True,
    )


def server_config(chosen: argparse.Namespace) -> "ProcessorConfig":
    """Requests to a server, several batches at a time; each is tried five times."""
    from ray.data.llm import HttpRequestProcessorConfig

    return HttpRequestProcessorConfig(
        url=chosen.server, batch_size=16, concurrency=chosen.workers or 1, max_retries=4
    )


def sampling(settings: SamplingSettings) -> dict[str, Any]:
    """Our decoding settings in the words of vLLM and of the protocol."""
    chosen = {
        "temperature": settings.temperature,
        "max_tokens": settings.max_new_tokens,
        "repetition_penalty": settings.repetition_penalty,
        "stop": list(settings.stop),
    }
    return chosen | ({"top_p": settings.top_p, "seed": settings.seed} if settings.temperature > 0 else {})


def messages_of(content: str) -> list[dict[str, str]]:
    """The one-pass conversation around what a user's row holds."""
    return [{"role": "system", "content": SYSTEM}, {"role": "user", "content": content}]


def merged_model(models: Models, folder: Path) -> Path:
    """Base and adapter as one folder of safetensors with its tokenizer; made on the first call."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from training.runs import trainable_base

    if (folder / "model.safetensors").is_file():
        return folder
    base = trainable_base(models.preset, folder.with_name(f"{folder.name}-base"))
    model = AutoModelForCausalLM.from_pretrained(base, dtype="bfloat16")
    if adapter := models.adapter_folder:
        model = PeftModel.from_pretrained(model, adapter).merge_and_unload()
    part = folder.with_name(f"{folder.name}.part")
    AutoTokenizer.from_pretrained(base).save_pretrained(part)
    model.save_pretrained(part)
    part.rename(folder)
    return folder
