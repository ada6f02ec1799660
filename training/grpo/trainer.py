"""TRL's GRPOTrainer with what this project needs beside it; every override says why.

ratios      samples of a separate engine come from older weights and other arithmetic: the importance
            ratio is taken to the probabilities at which they were sampled, and its size is logged
validation  by the ranks that greedy profiles reach, not by the mean reward of sampled ones
others      the sentences beside the sampled one are written before the rewards are asked
prompts     that a group has in common are read once (`training.grpo.shared_prompt`)
order       of the histories in an epoch from the epoch's number: a resumed run goes through the same
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from transformers import GenerationConfig
from trl import GRPOTrainer
from trl.trainer.utils import RepeatSampler

from blue.profile import first_sentence
from training.grpo import shared_prompt
from training.grpo.credit import Credit
from training.grpo.preflight import sample
from training.grpo.rollouts import OpenVinoRollouts, encode
from training.grpo.validation import Validation


class EpochSampler(RepeatSampler):
    """TRL's sampler draws a new order an epoch from one stream, which a resumed run would begin again."""

    def __init__(self, trainer: GRPOTrainer, **options) -> None:
        super().__init__(**options)
        self._trainer = trainer

    def __iter__(self) -> Iterator[int]:
        if self.shuffle:
            self.generator.manual_seed(self.seed + int(self._trainer.state.epoch or 0))
        return super().__iter__()


class ProfilerTrainer(GRPOTrainer):
    """`rollouts` samples instead of the model in torch; `validation` stands for the trainer's evaluation."""

    def __init__(
        self,
        *arguments,
        rollouts: OpenVinoRollouts | None = None,
        validation: Validation | None = None,
        share_prompts: bool = False,
        credit: Credit = "sentence",
        **options,
    ) -> None:
        super().__init__(*arguments, rollout_func=rollouts, **options)
        self.rollouts, self.validation, self.share_prompts = rollouts, validation, share_prompts
        self.credit = credit
        if share_prompts and self.accelerator.num_processes > 1:
            raise SystemExit("share_prompts works in one process. Write share_prompts: false.")
        self._current: torch.Tensor | None = None  # (B, T) log-probabilities of the loss being computed

    def _get_train_sampler(self, dataset=None) -> RepeatSampler:
        return EpochSampler(
            self,
            data_source=self.train_dataset if dataset is None else dataset,
            mini_repeat_count=self.num_generations,
            batch_size=self.args.generation_batch_size // self.num_generations,
            repeat_count=self.num_iterations * self.args.steps_per_generation,
            shuffle=self.shuffle_dataset,
            seed=self.args.seed,
        )

    def _generate(self, prompts):
        start = time.monotonic()
        loaded = self.rollouts.loaded_step if self.rollouts else None
        generated = super()._generate(prompts)
        seconds = time.monotonic() - start
        if self.rollouts:
            self._note("lag/steps", self.state.global_step - self.rollouts.loaded_step)
            if self.rollouts.loaded_step != loaded:
                self._note("seconds/refresh", self.rollouts.refresh_seconds)
                seconds -= self.rollouts.refresh_seconds
        self._note("seconds/generation", seconds)
        return generated

    def _calculate_rewards(self, *arguments):
        start = time.monotonic()
        values = super()._calculate_rewards(*arguments)
        self._note("seconds/rewards", time.monotonic() - start)
        return values

    def _generate_and_score_completions(self, inputs):
        output = super()._generate_and_score_completions(self.with_others(inputs))
        if self.rollouts:  # TRL takes the ratio to the model's own earlier figures otherwise
            output["old_per_token_logps"] = output["sampling_per_token_logps"]
        return output

    def _prepare_inputs(self, generation_batch):
        before = self._buffered_inputs
        inputs = super()._prepare_inputs(generation_batch)
        if self.share_prompts and self.model.training and self._buffered_inputs is not before:
            self._buffered_inputs = shared_prompt.together(self._buffered_inputs)  # TRL shuffles them
            inputs = self._buffered_inputs[self._step % self.args.steps_per_generation]
        return inputs

    def _get_per_token_logps_and_entropies(
        self, model, input_ids, attention_mask, logits_to_keep, *arguments, **options
    ):
        if self.share_prompts:
            policy = self.accelerator.unwrap_model(model)
            with self.accelerator.autocast():
                found = *shared_prompt.log_probabilities(
                    policy, input_ids, attention_mask, logits_to_keep, self.temperature
                ), None  # fmt: skip
        else:
            found = super()._get_per_token_logps_and_entropies(
                model, input_ids, attention_mask, logits_to_keep, *arguments, **options
            )
        if torch.is_grad_enabled():
            self._current = found[0].detach()
        return found

    def _compute_loss(self, model, inputs):
        loss = super()._compute_loss(model, inputs)
        if self.rollouts and self.model.training:
            log_ratio = (self._current - inputs["sampling_per_token_logps"])[inputs["completion_mask"].bool()]
            ratio = log_ratio.exp()
            # Schulman's estimator of KL(sampled from || policy): unbiased, and never negative
            self._note("lag/kl", (ratio - 1 - log_ratio).mean().item())
            self._note("lag/ratio_mean", ratio.mean().item())
            self._note("lag/ratio_max", ratio.max().item())
        return loss

    def _note(self, name: str, value: float) -> None:
        self._metrics["train" if self.model.training else "eval"][name].append(value)

    def evaluate(self, eval_dataset=None, ignore_keys=None, metric_key_prefix="eval") -> dict[str, float]:
        """Figures of the policy's greedy profiles on the validation users."""
        if self.validation is None:
            return super().evaluate(eval_dataset, ignore_keys, metric_key_prefix)
        start = time.monotonic()
        self.model.eval()  # the log below is then kept apart from that of training
        texts = self.greedy(self.validation.prompts)
        found = self.validation.measure(texts) | {"seconds": time.monotonic() - start}
        metrics = {f"{metric_key_prefix}_{name}": value for name, value in found.items()}
        self.log(metrics)
        self.model.train()
        if self.accelerator.is_main_process:
            self._keep(texts)
        self.control = self.callback_handler.on_evaluate(self.args, self.state, self.control, metrics)
        return metrics

    def with_others(self, rows: Sequence[dict]) -> list[dict]:
        """Rows of groups, G side by side -> the same with `beside`: the sentences of the other tastes.

        They are greedy; under the credit "profile" sampled, the n-th ones for the n-th of each group.
        """
        others = [[*row["tastes"][: row["place"]], *row["tastes"][row["place"] + 1 :]] for row in rows]
        asked = {json.dumps(prompt): prompt for prompts in others for prompt in prompts}
        many = self.credit == "profile"
        size = self.num_generations if many else 1
        prompts = self._as_many_everywhere(list(asked.values()), rows[0]["prompt"])
        texts = (self.sampled(prompts) if many else self.greedy(prompts, fresh=False)) if prompts else []
        said = {key: texts[n * size : (n + 1) * size] for n, key in enumerate(asked)}
        return [
            row | {"beside": [first_sentence(said[json.dumps(prompt)][n % size]) for prompt in prompts]}
            for n, (row, prompts) in enumerate(zip(rows, others, strict=True))
        ]

    def _as_many_everywhere(self, prompts: list, filler: list[dict]) -> list:
        """As many prompts in every process: shared weights are gathered by all of them together."""
        if self.accelerator.num_processes == 1:
            return prompts
        counts = self.accelerator.gather(torch.tensor([len(prompts)], device=self.accelerator.device))
        return [*prompts, *[filler] * (int(counts.max()) - len(prompts))]

    def sampled(self, prompts: Sequence) -> list[str]:
        """P prompts -> P groups of completions as training samples them, one group after another."""
        if not self.rollouts:
            seed = self.args.seed + self.state.global_step
            return sample(self.model, self.processing_class, list(prompts), self.args, seed)
        repeated = [prompt for prompt in prompts for _ in range(self.num_generations)]
        drawn = self.rollouts(repeated, self)["completion_ids"]
        return self.processing_class.batch_decode(drawn, skip_special_tokens=True)

    def greedy(self, prompts: Sequence, fresh: bool = True) -> list[str]:
        """The most probable continuation of each prompt; not `fresh`, by the weights sampled from."""
        if self.rollouts:
            return self.rollouts.greedy(prompts, self, fresh)
        texts, size = [], self.args.per_device_eval_batch_size
        with self._greedily():
            for start in range(0, len(prompts), size):
                ids = encode(prompts[start : start + size], self)
                completions, _ = self._generate_single_turn(ids, None, {}, 1)
                texts += self.processing_class.batch_decode(completions, skip_special_tokens=True)
        return texts

    @contextmanager
    def _greedily(self) -> Iterator[None]:
        """Sampling switched off, in torch or in vLLM."""
        owner, name = (self.vllm_generation, "temperature") if self.use_vllm else (self, "generation_config")
        before = getattr(owner, name)
        setattr(owner, name, 0.0 if self.use_vllm else _without_sampling(before))
        try:
            yield
        finally:
            setattr(owner, name, before)

    def load_weights(self, checkpoint: Path) -> None:
        """Take the weights of a checkpoint, where no step is left to train."""
        self._load_from_checkpoint(str(checkpoint))

    def _keep(self, texts: Sequence[str]) -> None:
        """The validation sentences of this step beside their lines, to be read."""
        folder = Path(self.args.output_dir) / "validation"
        folder.mkdir(exist_ok=True)
        lines = [
            json.dumps({"lines": prompt[-1]["content"], "sentence": text})
            for prompt, text in zip(self.validation.prompts, texts, strict=True)
        ]
        (folder / f"step-{self.state.global_step:06}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


def _without_sampling(config: GenerationConfig) -> GenerationConfig:
    return GenerationConfig(
        max_new_tokens=config.max_new_tokens,
        do_sample=False,
        eos_token_id=config.eos_token_id,
        pad_token_id=config.pad_token_id,
        disable_compile=True,
    )
