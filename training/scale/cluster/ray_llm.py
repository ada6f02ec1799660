"""The missing shards by Ray Data's LLM processors: vLLM on GPUs, or a server with OpenAI's protocol.

    shards -> prompts (one row a draft) -> the processor -> texts -> one write a shard

Texts come back in any order and are gathered by shard; a shard whose last text is there is embedded and
written by an actor while the processor goes on. The models are loaded once for the whole run. Greedy texts of
vLLM are not those of the CPU engine to the letter: bf16 rounds otherwise, and the plan keeps the two apart.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from blue.datatypes import Message, SamplingSettings
from blue.profile import AGAIN, about_taste, written_again
from training.runs import Progress
from training.scale.cluster.plan import WORK, BulkError
from training.scale.cluster.records import StagedUser
from training.scale.cluster.results import ShardReport, write_result
from training.scale.cluster.staging import read_shard
from training.scale.cluster.worker import Models, ProfileEmbedder, Reader, Shards, rows_of

if TYPE_CHECKING:
    from ray.data.llm import ProcessorConfig

MODEL_FOLDER = "model"  # below WORK: base and adapter in one, as vLLM reads it
CONTEXT_TOKENS = 1_024  # six lines of at most 120 characters a title and its attributes; one sentence
ROWS_A_BATCH = 256
WRITES_AT_ONCE = 4  # shards that wait for an embedder before the processor has to wait


class PromptReader:
    """Shard numbers -> a row a draft: shard, place in it, drafts in the shard, number, and what is asked.

    All drafts of a sentence are asked for at once: a GPU writes five for little more than one.
    """

    def __init__(self, shards: Shards) -> None:
        self._work = shards.out / WORK
        self._reader = Reader(shards.models.encoder().encoder, shards.grouper)

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        rows = [row for number in batch["shard"] for row in self._rows(int(number))]
        kinds = {"shard": np.int64, "place": np.int64, "of": np.int64, "draft": np.int64, "asked": object}
        return {name: np.array([row[name] for row in rows], kind) for name, kind in kinds.items()}

    def _rows(self, number: int) -> list[dict[str, Any]]:
        drafts = self._drafts(read_shard(self._work, number))
        return [
            {"shard": number, "place": place, "of": len(drafts), "draft": draft, "asked": asked}
            for place, (asked, draft) in enumerate(drafts)
        ]

    def _drafts(self, users: Sequence[StagedUser]) -> list[tuple[str, int]]:
        """Every question of a shard once, as JSON, and the numbers of its drafts; 0 is the greedy one."""
        people = [self._reader(user) for user in users if user.error is None]
        asked = dict.fromkeys(
            json.dumps(about_taste(taste, person.history, person.items).messages)
            for person in people
            for taste in person.tastes
        )
        return [(question, draft) for question in asked for draft in range(1 + AGAIN)]


class Answered:
    """A TextGenerator of texts that are there already, by question and draft."""

    def __init__(self, texts: dict[tuple[str, int], str]) -> None:
        self._texts = texts

    def generate(self, conversations: Sequence[Sequence[Message]], settings: SamplingSettings) -> list[str]:
        """The greedy drafts."""
        return [self._texts[json.dumps(messages), 0] for messages in conversations]

    def samples(self, messages: Sequence[Message], settings: SamplingSettings, count: int) -> list[str]:
        """The others."""
        return [self._texts[json.dumps(messages), draft] for draft in range(1, 1 + count)]


class ResultWriter(PromptReader):
    """An actor: the texts of a whole shard -> its rows with embeddings, in place."""

    def __init__(self, shards: Shards) -> None:
        super().__init__(shards)
        self._shards = shards
        embeddings = shards.plan.making.embeddings
        self._embedder = ProfileEmbedder(shards.models.encoder().encoder, embeddings)

    def write(self, number: int, texts: dict[int, str]) -> ShardReport:
        """Drafts by place in the shard; a user without any gets the row that says why."""
        users = read_shard(self._work, number)
        answered = Answered({draft: texts[place] for place, draft in enumerate(self._drafts(users))})
        rows = rows_of(users, self._reader, answered, self._shards.models.settings)
        return write_result(self._shards.out, number, self._embedder.embed(rows), self._shards.plan.making)


def run_processors(
    chosen: argparse.Namespace, shards: Shards, missing: Sequence[int], progress: Progress
) -> None:
    """Write the missing shards with the processor that the command line names."""
    import ray
    import ray.data

    model = None
    if chosen.engine == "vllm":
        model = merged_model(shards.models, shards.out / WORK / MODEL_FOLDER)
    processor = processor_of(chosen, shards.models.settings, model)
    numbers = ray.data.from_items([{"shard": number} for number in missing], override_num_blocks=len(missing))
    prompts = numbers.map_batches(
        PromptReader,
        fn_constructor_args=(shards,),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(min_size=1, max_size=max(1, chosen.workers or 1)),
    )
    writers = _Writers(shards, chosen.embedders, progress)
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

    def __init__(self, shards: Shards, count: int, progress: Progress) -> None:
        import ray

        actor = ray.remote(max_restarts=-1, max_task_retries=-1)(ResultWriter)
        self._actors = [actor.remote(shards) for _ in range(count)]
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


def processor_of(chosen: argparse.Namespace, settings: SamplingSettings, model: Path | None) -> Any:
    """The processor: rows of PromptReader -> the same rows with `text`."""
    from ray.data.llm import build_processor

    def kept(row: dict[str, Any]) -> dict[str, Any]:
        return {name: row[name] for name in ("shard", "place", "of")}

    if chosen.engine == "server":
        return build_processor(
            server_config(chosen),
            preprocess=lambda row: {
                **kept(row),
                "payload": {"model": chosen.served_model, **request(row, settings)},
            },
            postprocess=lambda row: {
                **kept(row),
                "text": row["http_response"]["choices"][0]["message"]["content"],
            },
        )

    def asked(row: dict[str, Any]) -> dict[str, Any]:
        sampling_params = request(row, settings)
        return {**kept(row), "messages": sampling_params.pop("messages"), "sampling_params": sampling_params}

    return build_processor(
        vllm_config(chosen, model),
        preprocess=asked,
        postprocess=lambda row: {**kept(row), "text": row["generated_text"]},
    )


def request(row: dict[str, Any], settings: SamplingSettings) -> dict[str, Any]:
    """A row's conversation, and how it is decoded: draft 0 greedily, each other with a seed of its own."""
    draft = int(row["draft"])
    drawn = replace(written_again(settings), seed=draft) if draft else settings
    return sampling(drawn) | {"messages": json.loads(row["asked"])}


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


def merged_model(models: Models, folder: Path) -> Path:
    """Base and adapter as one folder of safetensors with its tokenizer; made on the first call."""
    from training.runs import save_merged, trainable_base

    if not (folder / "model.safetensors").is_file():
        base = trainable_base(models.preset, folder.with_name(f"{folder.name}-base"))
        save_merged(base, models.adapter_folder, folder)
    return folder
