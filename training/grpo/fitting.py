"""A trainer with what it writes down; training, or going on where it was cut off, to the best weights."""

from collections.abc import Callable, Sequence
from pathlib import Path

from datasets import Dataset as Rows
from peft import PeftModel
from transformers import EarlyStoppingCallback, PreTrainedModel, PreTrainedTokenizerBase
from trl import GRPOConfig

from training.grpo.config import Grpo
from training.grpo.rollouts import rollouts_of
from training.grpo.trainer import ProfilerTrainer
from training.grpo.validation import Validation
from training.runs import RunRecord, StepLog, checkpoints, rewind


def trainer_of(
    config: Grpo,
    settings: GRPOConfig,
    model: PeftModel | PreTrainedModel,
    rewards: Sequence[Callable],
    training: list[dict],
    validation: Validation | None,
    tokenizer: PreTrainedTokenizerBase,
) -> ProfilerTrainer:
    """The trainer, its log and record, and the early stop if the configuration has one."""
    out = Path(settings.output_dir)
    record = RunRecord(out / "run.json", settings.generation_batch_size, settings.num_iterations)
    stop = [EarlyStoppingCallback(config.early_stop)] if config.early_stop and validation else []
    asked = [{"prompt": prompt} for prompt in validation.prompts] if validation else []
    return ProfilerTrainer(
        model=model,
        reward_funcs=list(rewards),
        args=settings,
        train_dataset=Rows.from_list(training),
        eval_dataset=Rows.from_list(asked) if validation else None,
        processing_class=tokenizer,
        callbacks=[StepLog(out / "log.jsonl"), record, *stop],
        rollouts=rollouts_of(config.rollouts, config.preset, config.lora_rank, settings),
        validation=validation,
        share_prompts=config.share_prompts,
        credit=config.credit,
    )


def fit(trainer: ProfilerTrainer, early_stop: int, resume: bool) -> Path | None:
    """Train, from the last whole checkpoint on where the run is resumed, and keep the best weights.

    Returns:
        The best checkpoint; None where the last weights are the best there are.
    """
    with checkpoints.explained_full_disk(Path(trainer.args.output_dir)):
        checkpoint = _resumed(trainer) if resume else None
        if checkpoint and checkpoints.is_over(checkpoint, early_stop):
            best = checkpoints.best_of(checkpoint)
            trainer.load_weights(best)
        else:
            trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
            best = trainer.state.best_model_checkpoint
        _save(trainer)
    return Path(best) if best else None


def _resumed(trainer: ProfilerTrainer) -> Path | None:
    """The last whole checkpoint, and nothing left of what came after it; None if there is none yet."""
    out = Path(trainer.args.output_dir)
    checkpoint = checkpoints.last_whole(out)
    step = checkpoints.step_of(checkpoint) if checkpoint else 0
    if trainer.accelerator.is_main_process:
        checkpoints.clear_broken(out)
        rewind(out / "log.jsonl", step)
        print(
            f"resuming at step {step}" if checkpoint else "no checkpoint yet: from the beginning", flush=True
        )
    trainer.accelerator.wait_for_everyone()
    return checkpoint


def _save(trainer: ProfilerTrainer) -> None:
    """OUT/adapter, by every process."""
    out = str(Path(trainer.args.output_dir) / "adapter")
    adapted = {"selected_adapters": ["default"]} if isinstance(trainer.model, PeftModel) else {}
    trainer.model.save_pretrained(out, **adapted)
    trainer.processing_class.save_pretrained(out)
    trainer.accelerator.wait_for_everyone()
