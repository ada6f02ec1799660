"""TRL's supervised trainer: logits of the answer alone, checkpoints by the clock, a log as CSV."""

import csv
import time
from pathlib import Path

from accelerate.utils import broadcast_object_list
from datasets import Dataset as Rows
from peft import PeftModel
from torch.nn import functional
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import SFTConfig, SFTTrainer

from training.runs import RunRecord, lora_of, weights_dtype
from training.warm_start.config import WarmStart

IGNORED = -100  # label of a token that is not learned


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
