"""Profiles sampled by openvino-genai while torch trains: several times faster on a CPU, slightly out of date.

`rollout_func` of TRL. Every `refresh_steps` optimiser steps the adapter is merged into a GGUF file and loaded
again; in between the engine samples from older weights. It also says how likely it found each token, and
GRPO's importance ratio is taken to that (`training.grpo.trainer`), so that the age of the samples, the 8-bit
weights and the other arithmetic are all corrected for, clipped, and measured (`lag/...` in the log).
"""

import gc
import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

import numpy as np
from trl import GRPOConfig

from blue.errors import GenerationError
from blue.models import BLOCK_TOKENS, EXACT, get_preset, read_adapter, resolve, write_merged

CACHE_TOKENS = 32_768  # key-value cache of a whole batch; what does not fit waits its turn


@dataclass(frozen=True)
class RolloutSettings:
    """Who samples the profiles, and how often it gets the policy's new weights."""

    engine: Literal["transformers", "openvino", "vllm"] = "transformers"
    refresh_steps: int = 1  # optimiser steps; "transformers" and "vllm" are always up to date

    def __post_init__(self) -> None:
        if self.engine not in ("transformers", "openvino", "vllm"):
            raise SystemExit(f"rollouts.engine {self.engine!r}: write transformers, openvino or vllm.")
        if self.refresh_steps < 1:
            raise SystemExit(f"rollouts.refresh_steps {self.refresh_steps}: write 1 or more.")
        if self.refresh_steps > 1 and self.engine != "openvino":
            raise SystemExit(
                f"rollouts.refresh_steps: {self.engine} samples from the policy itself. Write 1."
            )


@dataclass(frozen=True)
class Sample:
    """One sampled continuation; `log_probabilities` are the engine's own, in nats, one a token."""

    token_ids: list[int]
    log_probabilities: list[float]


def rollouts_of(
    rollouts: RolloutSettings, preset: str, lora_rank: int, settings: GRPOConfig
) -> "OpenVinoRollouts | None":
    """The engine beside torch, if the configuration asks for one."""
    if rollouts.engine != "openvino":
        return None
    if (settings.temperature, settings.top_p, settings.top_k) != (1.0, 1.0, 0) or lora_rank == 0:
        raise SystemExit(
            "openvino rollouts need temperature 1.0, top_p 1.0, top_k 0 (the probabilities they report are "
            "those of the whole distribution) and an adapter (lora_rank above 0)."
        )
    folder = Path(settings.output_dir) / "rollouts"
    folder.mkdir(exist_ok=True)
    return OpenVinoRollouts(resolve(get_preset(preset).profiler).path, folder, rollouts)


class OpenVinoRollouts:
    """Samples for a trainer from a copy of its policy; `base` is the GGUF file that the adapter changes."""

    def __init__(self, base: Path, folder: Path, settings: RolloutSettings) -> None:
        if base.suffix != ".gguf":
            raise SystemExit(
                f"openvino rollouts need a profiler that is one GGUF file, and {base} is not. "
                "Write rollouts: {engine: transformers}."
            )
        self._base, self._folder, self._settings = base, folder, settings
        self._pipeline = None
        self.loaded_step: int | None = None  # the optimiser steps behind the weights that are loaded
        self.refresh_seconds = 0.0  # of the last refresh

    def __call__(self, prompts: Sequence, trainer) -> dict[str, list]:
        """TRL's `rollout_func`: B prompts, equal ones side by side -> token ids and log-probabilities."""
        step = trainer.state.global_step
        if self._is_due(step):
            self.refresh(trainer)
        prompt_ids = encode(prompts, trainer)
        drawn = self.sample(
            prompt_ids, trainer.args.max_completion_length, trainer.eos_token_ids, (trainer.args.seed, step)
        )
        return {
            "prompt_ids": prompt_ids,
            "completion_ids": [sample.token_ids for sample in drawn],
            "logprobs": [sample.log_probabilities for sample in drawn],
        }

    def greedy(self, prompts: Sequence, trainer, fresh: bool = True) -> list[str]:
        """What the policy writes greedily, as it is now or, not `fresh`, with the weights it samples from."""
        step = trainer.state.global_step
        if self.loaded_step != step if fresh else self._is_due(step):
            self.refresh(trainer)
        ids = encode(prompts, trainer)
        drawn = self.sample(ids, trainer.args.max_completion_length, trainer.eos_token_ids)
        texts = [sample.token_ids for sample in drawn]
        return trainer.processing_class.batch_decode(texts, skip_special_tokens=True)

    def _is_due(self, step: int) -> bool:
        # Counted from step 0 and not from the last refresh: a resumed run refreshes at the same steps.
        due = step - step % self._settings.refresh_steps
        return self.loaded_step is None or self.loaded_step < due

    def refresh(self, trainer) -> None:
        """Merge the policy's adapter as it is now, and load the result."""
        start = time.monotonic()
        model = trainer.accelerator.unwrap_model(trainer.model)
        adapter, merged = self._folder / "adapter", self._folder / "policy.gguf"
        model.save_pretrained(str(adapter), selected_adapters=["default"])
        trained_on = Path(model.peft_config["default"].base_model_name_or_path).name
        write_merged(self._base, read_adapter(adapter, trained_on), merged)
        self.load(merged)
        self.loaded_step = trainer.state.global_step
        self.refresh_seconds = time.monotonic() - start

    def load(self, path: Path) -> None:
        """Load a GGUF file; the one before leaves memory first."""
        import openvino_genai as genai

        self._pipeline = None
        gc.collect()
        scheduler = genai.SchedulerConfig()
        scheduler.num_kv_blocks = CACHE_TOKENS // BLOCK_TOKENS
        # A prompt from the cache gives other roundings than one that is read: a run could not be repeated.
        scheduler.enable_prefix_caching = False
        self._pipeline = genai.ContinuousBatchingPipeline(str(path), scheduler, "CPU", EXACT)

    def sample(
        self,
        prompt_ids: Sequence[Sequence[int]],
        most: int,
        stop_ids: Sequence[int],
        seed: tuple[int, int] | None = None,
    ) -> list[Sample]:
        """A continuation of at most `most` tokens for each prompt, sampled, or greedy without a seed.

        Equal prompts side by side are read once.

        Args:
            seed: of the run, and its step.
        """
        import openvino

        requests, row = [], 0
        for ids, equal in groupby(prompt_ids):
            count = len(list(equal))
            config = _generation(most, stop_ids, count, _seed(*seed, row) if seed else None)
            tensor = openvino.Tensor(np.array([ids], dtype=np.int64))
            requests.append((self._pipeline.add_request(row, tensor, config), count))
            row += count
        while self._pipeline.has_non_finished_requests():
            self._pipeline.step()
        return [sample for request, count in requests for sample in _results(request, count, most)]


def encode(prompts: Sequence, trainer) -> list[list[int]]:
    """Conversations -> token ids, as the trainer itself makes them."""
    return trainer.processing_class.apply_chat_template(
        list(prompts),
        add_generation_prompt=True,
        tokenize=True,
        return_dict=False,
        **trainer.chat_template_kwargs,
    )


def _results(request, count: int, most: int) -> list[Sample]:
    outputs = request.read_all()
    drawn = [Sample(list(output.generated_ids), list(output.generated_log_probs)) for output in outputs]
    if len(drawn) == 1:  # greedy, of equal prompts
        drawn *= count
    if len(drawn) != count or not all(
        0 < len(sample.token_ids) == len(sample.log_probabilities) <= most for sample in drawn
    ):
        raise GenerationError(
            f"The engine returned {len(drawn)} samples for {count}, of "
            f"{[len(sample.token_ids) for sample in drawn]} tokens with "
            f"{[len(sample.log_probabilities) for sample in drawn]} log-probabilities (at most {most}). "
            "Write rollouts: {engine: transformers}."
        )
    return drawn


def _generation(most: int, stop_ids: Sequence[int], count: int, seed: int | None):
    import openvino_genai as genai

    config = genai.GenerationConfig()
    config.max_new_tokens = most
    config.stop_token_ids = set(stop_ids)
    config.apply_chat_template = False
    config.logprobs = 1
    if seed is not None:
        config.do_sample, config.temperature, config.top_p, config.rng_seed = True, 1.0, 1.0, seed
        config.num_return_sequences = count
    return config


def _seed(run: int, step: int, row: int) -> int:
    """A seed of its own for every group, the same in a run that was resumed."""
    digest = hashlib.sha256(f"{run}:{step}:{row}".encode()).digest()
    return int.from_bytes(digest[:4]) >> 1
