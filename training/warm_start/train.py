r"""The warm start: the profiler learns from profiles that a thoughtful person would write.

    python -m training.warm_start.train --config training/configs/embedded.yaml --out runs/warm-start \
        --data beauty=benchmark:DIR toys=benchmark:DIR

Supervised on the teaching profiles: one sentence from the lines of one taste (`training.warm_start.pairs`),
cross-entropy on the answer's tokens only. It stops at `max_steps`, keeps a checkpoint every
`--checkpoint-minutes`, and leaves the adapter with the lowest validation loss in `OUT/adapter`. `--resume`
goes on after a kill.
"""

import argparse
import csv
import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import yaml
from accelerate.utils import broadcast_object_list
from datasets import Dataset as Rows
from peft import PeftModel
from torch.nn import functional
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedTokenizerBase, TrainerCallback
from trl import SFTConfig, SFTTrainer

from training.data import TEACHING, TeachingProfile, known_items, note_sources, read_teaching
from training.runs import (
    RunRecord,
    explained_full_disk,
    last_whole,
    lora_of,
    name_public_base,
    read_values,
    refuse_other_texts,
    trainable_base,
    weights_dtype,
    with_precision,
)
from training.warm_start.pairs import pairs_of, spread, varied

SPLITS = ("train", "validation")
IGNORED = -100  # label of a token that is not learned


@dataclass(frozen=True)
class WarmStart:
    """The values of a configuration file that are not TRL's."""

    preset: str
    mixture: dict[str, float]  # kind of teaching profile -> how often each of its pairs is in the data
    dislikes: float  # how much oftener the pairs of what was disliked
    validation_examples: int
    most_tokens: int  # of prompt and answer; longer ones are left out
    lora_rank: int
    lora_alpha: int
    lora_dropout: float
    lora_layers: int | None  # the last so many layers get an adapter; None: all


def read_config(path: Path) -> tuple[WarmStart, dict]:
    """A YAML file -> our settings, and what is left for SFTConfig."""
    values = read_values(path)
    ours = {field.name: values.pop(field.name) for field in fields(WarmStart)}
    return WarmStart(**ours), values


def examples(
    config: WarmStart,
    profiles: Sequence[TeachingProfile],
    tokenizer: PreTrainedTokenizerBase,
    seed: int | None,
) -> Rows:
    """Profiles as TRL's conversational prompt and completion; varied and in random order with a `seed`."""
    chosen = list(pairs_of(profiles))
    if seed is not None:
        random_ = random.Random(seed)
        chosen = [varied(one, random_) for one in spread(chosen, config.mixture, config.dislikes, random_)]
    rows = [
        {"prompt": list(pair.prompt), "completion": [{"role": "assistant", "content": pair.sentence}]}
        for pair in chosen
    ]
    return Rows.from_list([row for row in rows if _tokens(row, tokenizer) <= config.most_tokens])


def _tokens(row: Mapping[str, list], tokenizer: PreTrainedTokenizerBase) -> int:
    messages = [*row["prompt"], *row["completion"]]
    return _length(tokenizer, tokenizer.apply_chat_template(messages, tokenize=False))


def _length(tokenizer: PreTrainedTokenizerBase, text: str) -> int:
    return len(tokenizer(text, add_special_tokens=False).input_ids)


class Clock(TrainerCallback):
    """Evaluates and saves every few minutes of wall-clock time, and writes the log as CSV."""

    def __init__(self, log: Path, minutes: float) -> None:
        self.log, self.seconds, self.last = log, minutes * 60, time.monotonic()

    def on_step_end(self, args, state, control, **kwargs):
        due = time.monotonic() - self.last > self.seconds
        # every process must evaluate at the same step: the first one's clock decides
        if broadcast_object_list([due])[0] or state.global_step == state.max_steps:
            control.should_evaluate = control.should_save = True

    def on_save(self, args, state, control, **kwargs):
        self.last = time.monotonic()

    def on_log(self, args, state, control, logs=None, **kwargs):
        if not state.is_world_process_zero:
            return
        new = not self.log.exists()
        with self.log.open("a", newline="") as file:
            writer = csv.writer(file)
            if new:
                writer.writerow(
                    ["step", "epoch", "loss", "eval_loss", "token_accuracy", "learning_rate", "unix_time"]
                )
            accuracy = logs.get("mean_token_accuracy", logs.get("eval_mean_token_accuracy"))
            shown = [logs.get(key) for key in ("loss", "eval_loss")]
            if any(value is not None for value in shown):
                rate = logs.get("learning_rate")
                writer.writerow(
                    [state.global_step, f"{state.epoch:.4f}", *shown, accuracy, rate, round(time.time())]
                )


class AnswerTrainer(SFTTrainer):
    """TRL's trainer with logits where some answer of the batch stands only, on any device.

    TRL's own loss leaves the prompt out on GPUs with Triton; elsewhere it puts every position through the
    vocabulary, which is a third of a step here.
    """

    def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
        labels = inputs["labels"][:, 1:]  # (B, L - 1)
        learned = (labels != IGNORED).any(dim=0).nonzero().squeeze(1)  # (K,)
        outputs = model(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            use_cache=False,
            logits_to_keep=learned,
        )
        targets = labels[:, learned].flatten()
        total = functional.cross_entropy(outputs.logits.float().flatten(0, 1), targets, reduction="sum")
        loss = total / (num_items_in_batch or (targets != IGNORED).sum())
        return (loss, outputs) if return_outputs else loss


def last_layers(config: WarmStart, count: int) -> range | None:
    """Those of a model's `count` layers that get an adapter; None: all."""
    return None if config.lora_layers is None else range(count - config.lora_layers, count)


def sft_trainer(
    config: WarmStart,
    sft: dict,
    base: Path,
    out: Path,
    mixtures: tuple[Rows, Rows],
    checkpoint_minutes: float,
    start: Path | None = None,
) -> AnswerTrainer:
    """A fresh adapter on the base model, or the one at `start`, over (training, validation) rows."""
    training, validation = mixtures
    model = AutoModelForCausalLM.from_pretrained(base, dtype=weights_dtype(sft["bf16"]))
    if start:
        model = PeftModel.from_pretrained(model, start, is_trainable=True)
    return AnswerTrainer(
        model=model,
        args=SFTConfig(
            output_dir=str(out),
            max_length=None,  # long pairs are left out already; a cut prompt is another task
            gradient_checkpointing=False,
            eval_strategy="steps",
            eval_steps=10**6,  # Clock decides
            save_strategy="steps",
            save_steps=10**6,
            save_total_limit=3,
            load_best_model_at_end=True,
            metric_for_best_model="eval_loss",
            per_device_eval_batch_size=8,
            report_to="none",
            disable_tqdm=True,
            dataloader_num_workers=0,
            **({"logging_steps": 5} | sft),
        ),
        train_dataset=training,
        eval_dataset=validation,
        processing_class=AutoTokenizer.from_pretrained(base),
        peft_config=None if start else lora_of(config, last_layers(config, model.config.num_hidden_layers)),
        callbacks=[Clock(out / "training_log.csv", checkpoint_minutes), RunRecord(out / "run.json")],
    )


def warm_start(arguments: argparse.Namespace) -> None:
    """Configuration, data, policy, trainer, in this order."""
    config, sft = read_config(arguments.config)
    out = arguments.out
    if arguments.start:
        refuse_other_texts(arguments.start)
    out.mkdir(parents=True, exist_ok=True)
    (out / "config.yaml").write_text(yaml.safe_dump(read_values(arguments.config), sort_keys=False))

    items = known_items(config.mixture, arguments.data)
    base = trainable_base(config.preset, out / "base")
    tokenizer = AutoTokenizer.from_pretrained(base)
    taught, held_out = (list(read_teaching(arguments.teaching, items, split)) for split in SPLITS)
    training = examples(config, taught, tokenizer, sft.get("seed", 0))
    validation = examples(config, held_out, tokenizer, None)
    validation = validation.select(range(min(config.validation_examples, len(validation))))
    print(f"{len(training)} training and {len(validation)} validation examples")

    sft = with_precision(sft)
    if arguments.smoke:
        sft |= {"max_steps": 8, "per_device_train_batch_size": 2}
    trainer = sft_trainer(
        config, sft, base, out, (training, validation), arguments.checkpoint_minutes, arguments.start
    )
    checkpoint = last_whole(out) if arguments.resume else None
    with explained_full_disk(out):
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        trainer.save_model(str(out / "adapter"))
    name_public_base(out / "adapter", config.preset)
    print(f"best validation loss {trainer.state.best_metric:.4f}, adapter in {out / 'adapter'}")


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--config", type=Path, required=True)
    add("--start", type=Path, help="the adapter to continue; without one, a fresh adapter")
    add("--data", nargs="+", default=[], metavar="NAME=KIND:DIR")
    add(
        "--teaching", type=Path, nargs="+", default=sorted(TEACHING.glob("*.jsonl")), help="profiles to learn"
    )
    add("--out", type=Path, required=True)
    add("--resume", action="store_true", help="go on from the last checkpoint in OUT")
    add("--smoke", action="store_true", help="8 steps")
    add("--checkpoint-minutes", type=float, default=10.0)
    arguments = parser.parse_args()
    note_sources(arguments.data, arguments.out)
    warm_start(arguments)


if __name__ == "__main__":
    main()
