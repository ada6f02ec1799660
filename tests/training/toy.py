"""A policy of twenty words that a few seconds of GRPO teach to say one of them, trained by the real code.

Run as a script it is the run that a test kills:
`python -m tests.training.toy OUT STEPS [--resume] [--largest-file BYTES]`.
"""

import argparse
import resource
import signal
import time
from dataclasses import replace
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from training.grpo.config import Grpo, read_config, trl_settings
from training.grpo.fitting import fit, trainer_of
from training.grpo.trainer import ProfilerTrainer

CONFIG = Path(__file__).parents[2] / "training" / "configs" / "grpo" / "embedded.yaml"
LOVE = 2  # the token that earns
SETTINGS = {
    "num_generations": 4, "per_device_train_batch_size": 8, "gradient_accumulation_steps": 2,
    "max_completion_length": 6, "learning_rate": 2e-2, "beta": 0.01,
    "multi_objective_aggregation": "normalize_then_sum", "logging_steps": 1,
    "eval_strategy": "steps", "eval_steps": 3, "save_steps": 3, "save_total_limit": 3,
    "load_best_model_at_end": True, "metric_for_best_model": "ndcg@10", "greater_is_better": True,
    "per_device_eval_batch_size": 4, "lr_scheduler_type": "linear", "report_to": "none", "use_cpu": True,
    "bf16": False, "gradient_checkpointing": False, "seed": 0,
}  # fmt: skip


def tokenizer() -> PreTrainedTokenizerFast:
    """Twenty words, one token each."""
    words = ["<end>", "<pad>", "love", *(f"word{n}" for n in range(17))]
    raw = Tokenizer(WordLevel({word: n for n, word in enumerate(words)}, unk_token="<pad>"))
    raw.pre_tokenizer = WhitespaceSplit()
    made = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token="<end>", pad_token="<pad>")
    made.chat_template = "{% for message in messages %}{{ message['content'] }} {% endfor %}"
    return made


def model() -> LlamaForCausalLM:
    """A policy that knows nothing."""
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=20, hidden_size=32, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        eos_token_id=0, pad_token_id=1, bos_token_id=None,
    )  # fmt: skip
    return LlamaForCausalLM(shape)


def adapted() -> PeftModel:
    """The same with a LoRA adapter."""
    torch.manual_seed(1)
    return get_peft_model(
        model(), LoraConfig(task_type="CAUSAL_LM", r=8, lora_alpha=32, target_modules="all-linear")
    )


def prompt(text: str) -> list[dict]:
    return [{"role": "user", "content": text}]


class Loved:
    """The share of `love` in a completion; `seconds` of waiting make a run slow enough to be killed."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.__name__, self._seconds = "love", seconds

    def __call__(self, prompts, completions, completion_ids, **_) -> list[float]:
        time.sleep(self._seconds)
        return [ids.count(LOVE) / len(ids) for ids in completion_ids]


class LoveWritten:
    """Stands for the validation users: how much love there is in the greedy texts."""

    prompts = [prompt("word1"), prompt("word2"), prompt("word5")]  # noqa: RUF012

    def measure(self, texts: list[str]) -> dict[str, float]:
        return {
            "ndcg@10": sum(text.count("love") for text in texts)
            / len(texts)
            / SETTINGS["max_completion_length"]
        }


def toy_config() -> Grpo:
    config, _ = read_config(CONFIG)
    return replace(config, weights={"love": 1.0}, early_stop=0)


class ToyGrpo(Grpo):
    """The configuration whose one reward is ours."""

    rewards = ("love",)


def toy_trainer(out: Path, steps: int, policy=None, seconds: float = 0.0, **changes) -> ProfilerTrainer:
    """The trainer of `training.grpo.fitting`, over eight prompts: two optimiser steps an epoch."""
    config = toy_config()
    ours = ToyGrpo(**{name: getattr(config, name) for name in config.__dataclass_fields__} | changes)
    out.mkdir(exist_ok=True)
    settings = trl_settings(ours, SETTINGS | {"max_steps": steps}, out)
    rows = [
        {"prompt": prompt(f"word{n}"), "tastes": [prompt(f"word{n}"), prompt(f"word{n + 1}")], "place": 0}
        for n in range(8)
    ]
    return trainer_of(ours, settings, policy or adapted(), [Loved(seconds)], rows, LoveWritten(), tokenizer())


def toy_run(out: Path, steps: int, resume: bool = False, seconds: float = 0.0, **changes) -> ProfilerTrainer:
    """Train, or go on."""
    trainer = toy_trainer(out, steps, seconds=seconds, **changes)
    fit(trainer, early_stop=0, resume=resume)
    return trainer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("steps", type=int)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument(
        "--largest-file", type=int, help="stands for a disk that is full: the same write fails"
    )
    given = parser.parse_args()
    if given.largest_file:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (given.largest_file, given.largest_file))
    toy_run(given.out, given.steps, resume=given.resume, seconds=0.2)


if __name__ == "__main__":
    main()
