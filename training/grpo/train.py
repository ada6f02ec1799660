r"""GRPO: the profiler learns from rewards, starting where the warm start ended.

    python -m training.grpo.train --config training/configs/grpo/embedded.yaml \
        --start runs/warm-start/adapter --out runs/grpo \
        --data movies=movielens:DIR beauty=benchmark:DIR toys=benchmark:DIR

For each history a group of profiles is sampled. Each reward (`training.grpo.reward_functions`) is normalised
within its group, the weighted sum is the advantage, and a KL term holds the policy near the adapter it
started from. A preflight stops a run whose rewards cannot teach. `--resume` goes on after a kill.

    OUT/log.jsonl      every figure of every step, and one group of profiles with what each earned
    OUT/validation/    the greedy profiles of the validation users
    OUT/run.json       what the run cost so far; OUT/config.yaml: everything it was told
    OUT/adapter        the checkpoint with the highest NDCG@10 on the validation users

`python -m training.runs.curves OUT` draws the log.
"""

import argparse
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import torch
from datasets import Dataset as Rows
from peft import PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer, EarlyStoppingCallback, PreTrainedModel
from trl import GRPOConfig

from blue.datatypes import TextEncoder
from blue.models import cache_folder, fast_dtype, get_preset, resolve
from blue.retrieval import SentenceEncoder
from training.data import Dataset, gather, note_sources, rows, users_of
from training.grpo.config import Grpo, read_config, write_config
from training.grpo.judge import NextItemJudge, TitleJudge
from training.grpo.negatives import ItemTable, embed_items
from training.grpo.other_rewards import FutureActivity, NextItemRank, Preference
from training.grpo.preflight import preflight, refuse_flat, report
from training.grpo.reward_functions import GUARDS, Contrastive, NextItemChoice, guards
from training.grpo.reward_log import Diary
from training.grpo.rollouts import OpenVinoRollouts
from training.grpo.rows import as_rows
from training.grpo.trainer import ProfilerTrainer
from training.grpo.validation import Validation, validation_of
from training.runs import RunRecord, checkpoints, lora_of, name_public_base, rewind, trainable_base

SMOKE_USERS = {"train": 14, "validation": 2}  # of each data set: their items are embedded in seconds
SMOKE_TOKENS = 160  # of a history
SMOKE = {
    "max_steps": 2, "per_device_train_batch_size": 4, "gradient_accumulation_steps": 2, "num_generations": 4,
    "eval_steps": 2, "save_steps": 2, "max_completion_length": 40, "warmup_steps": 0,
}  # fmt: skip


def reward_functions(
    config: Grpo, encoder: TextEncoder, table: ItemTable, judge: NextItemJudge
) -> list[Callable]:
    """The rewards that the configuration computes, in the order of `Grpo.rewards`."""
    every = [
        Contrastive(encoder, table, config.scoring, config.contrastive_temperature),
        NextItemChoice(judge, table),
        *guards(encoder, table),
        Preference(judge, table, config.rivals),
        FutureActivity(judge, table),
        NextItemRank(encoder, table, config.scoring),
    ]
    by_name = {one.__name__: one for one in every}
    return [by_name[name] for name in config.rewards]


def policy(config: Grpo, base: Path, start: Path | None, settings: GRPOConfig) -> PeftModel | PreTrainedModel:
    """The base model with the adapter to continue, with a fresh one, or, with rank 0, all of its weights."""
    torch.manual_seed(settings.seed)  # of a fresh adapter
    model = AutoModelForCausalLM.from_pretrained(base, dtype=weights_dtype(settings))
    if start:
        return PeftModel.from_pretrained(model, start, is_trainable=True)
    if config.lora_rank == 0:
        return model.float()  # the steps of training are smaller than what bfloat16 can tell apart
    return get_peft_model(model, lora_of(config))


def weights_dtype(settings: GRPOConfig) -> torch.dtype:
    """Of what is not trained."""
    return torch.bfloat16 if settings.bf16 else torch.float32


def judge_of(
    model, base: Path, tokenizer, settings: GRPOConfig, choice_by: Literal["letters", "titles"]
) -> NextItemJudge:
    """The policy with its adapter switched off; where it has none, the base model once more."""
    if not isinstance(model, PeftModel):
        model = AutoModelForCausalLM.from_pretrained(base, dtype=weights_dtype(settings))
        model = model.to(settings.device).eval()
    return (TitleJudge if choice_by == "titles" else NextItemJudge)(model, tokenizer)


def in_miniature(config: Grpo, sources: Sequence[str]) -> Grpo:
    """The same settings for a few histories of the data sets that were given."""
    return replace(
        config,
        mixture={source.partition("=")[0]: 12 for source in sources},
        synthetic_readers=20,
        validation_examples=4,
        preflight_histories=4,
        rollouts=replace(config.rollouts, refresh_steps=1),
        windows=replace(config.windows, history_tokens=SMOKE_TOKENS),
    )


def smaller(dataset: Dataset) -> Dataset:
    """The first train and validation users and what they chose, for a run of two minutes."""
    users = [user for split, count in SMOKE_USERS.items() for user in users_of(dataset, split)[:count]]
    histories = {user: dataset.histories[user] for user in users}
    items = {one.item_id: dataset.items[one.item_id] for ones in histories.values() for one in ones}
    return Dataset(dataset.name, items, histories, dataset.synthetic)


def run(arguments: argparse.Namespace) -> None:
    """Data, models, rewards, preflight, training, in this order."""
    config, values = configured(arguments)
    out = arguments.out
    refuse_mixed_runs(out, arguments.resume)
    out.mkdir(parents=True, exist_ok=True)
    settings = trl_settings(config, values, out)
    write_config(out / "config.yaml", config, values)
    base = trainable_base(config.preset, out / "base")
    tokenizer = AutoTokenizer.from_pretrained(base)
    encoder = embedder(config.preset, arguments.embedder)
    training, validation, table = prepare(config, arguments, tokenizer, encoder)
    print(f"from {arguments.start or 'a fresh adapter'}, on {settings.device}: {len(training)} training and "
          f"{len(validation.prompts)} validation histories, {len(table.items)} items")  # fmt: skip

    model = policy(config, base, arguments.start, settings).to(settings.device)
    rewards = reward_functions(
        config, encoder, table, judge_of(model, base, tokenizer, settings, config.choice_by)
    )
    trainer = trainer_of(config, settings, model, rewards, training, validation, tokenizer)
    if not (out / "log.jsonl").exists():  # a run that was killed after its first step has passed it
        histories = training[: config.preflight_histories]
        found = preflight(trainer.sampled, histories, rewards, settings.num_generations)
        print(report(found), flush=True)
        # Four histories say nothing of a guard: all forty-token profiles of a smoke run may be unended.
        weighed = {name: weight for name, weight in config.weights.items() if name not in GUARDS}
        refuse_flat(found, weighed if arguments.smoke else config.weights, config.may_start_perfect)
    train(trainer, config, arguments)


def configured(arguments: argparse.Namespace) -> tuple[Grpo, dict]:
    """The configuration file, with what the command line changes of it.

    Raises:
        SystemExit: they do not fit each other.
    """
    config, values = read_config(arguments.config)
    if arguments.start and not config.warm_start:
        raise SystemExit(f"{arguments.config} trains a fresh adapter (warm_start: false). Leave --start out.")
    if arguments.start and not (arguments.start / "adapter_config.json").is_file():
        raise SystemExit(f"{arguments.start} holds no adapter. Give --start the folder the warm start wrote.")
    if arguments.preset:
        config = replace(config, preset=arguments.preset)
    if arguments.smoke:
        config, values = in_miniature(config, arguments.data), values | SMOKE
    values = {"report_to": "none"} | values
    values["use_cpu"] = values.get("use_cpu", False) or not torch.cuda.is_available()
    if values.get("bf16") and fast_dtype() is not torch.bfloat16:
        print("This processor is not faster in bfloat16: training in float32.")
        values["bf16"] = False
    return config, values


def trl_settings(config: Grpo, values: dict, out: Path) -> GRPOConfig:
    """TRL's own settings, with those that follow from ours."""
    return GRPOConfig(
        output_dir=str(out),
        run_name=out.name,
        disable_tqdm=True,
        reward_weights=[config.weights[name] for name in config.rewards],
        restore_callback_states_from_checkpoint=True,  # the patience of the early stop
        use_vllm=config.rollouts.engine == "vllm",
        **values,
    )


def refuse_mixed_runs(out: Path, resume: bool) -> None:
    """Two runs in one folder would be one log. Raises SystemExit."""
    if not resume and (out / "log.jsonl").exists():
        raise SystemExit(f"{out} holds a run already. Go on with --resume, or name another folder.")


def embedder(preset: str, folder: Path | None) -> SentenceEncoder:
    """The preset's embedder, or one that `training.encoder.train` saved."""
    source = get_preset(preset).embedder
    return SentenceEncoder(folder or resolve(source).path, query_prompt=source.query_prompt)


def trainer_of(
    config: Grpo,
    settings: GRPOConfig,
    model: PeftModel | PreTrainedModel,
    rewards: Sequence[Callable],
    training: list[dict],
    validation: Validation | None,
    tokenizer,
) -> ProfilerTrainer:
    """The trainer with what it writes down; every reward is overheard by the diary."""
    out = Path(settings.output_dir)
    diary = Diary(out / "log.jsonl", settings.num_generations)
    record = RunRecord(out / "run.json", settings.generation_batch_size, settings.num_iterations)
    stop = [EarlyStoppingCallback(config.early_stop)] if config.early_stop and validation else []
    return ProfilerTrainer(
        model=model,
        reward_funcs=[diary.listen(one) for one in rewards],
        args=settings,
        train_dataset=Rows.from_list(training),
        eval_dataset=Rows.from_list([{"prompt": one} for one in validation.prompts]) if validation else None,
        processing_class=tokenizer,
        callbacks=[diary, record, *stop],
        rollouts=rollouts_of(config, settings),
        validation=validation,
        share_prompts=config.share_prompts,
    )


def rollouts_of(config: Grpo, settings: GRPOConfig) -> OpenVinoRollouts | None:
    """The engine beside torch, if the configuration asks for one."""
    if config.rollouts.engine != "openvino":
        return None
    if (settings.temperature, settings.top_p, settings.top_k) != (1.0, 1.0, 0) or config.lora_rank == 0:
        raise SystemExit(
            "openvino rollouts need temperature 1.0, top_p 1.0, top_k 0 (the probabilities they report are "
            "those of the whole distribution) and an adapter (lora_rank above 0)."
        )
    base = resolve(get_preset(config.preset).profiler).path
    folder = Path(settings.output_dir) / "rollouts"
    folder.mkdir(exist_ok=True)
    return OpenVinoRollouts(base, folder, config.rollouts)


def train(trainer: ProfilerTrainer, config: Grpo, arguments: argparse.Namespace) -> None:
    """Train, from the last whole checkpoint on where the run is resumed, and save the best adapter."""
    with checkpoints.explained_full_disk(Path(trainer.args.output_dir)):
        _train(trainer, config, arguments)


def _train(trainer: ProfilerTrainer, config: Grpo, arguments: argparse.Namespace) -> None:
    out = Path(trainer.args.output_dir)
    checkpoint = resumed(trainer) if arguments.resume else None
    if checkpoint and checkpoints.is_over(checkpoint, config.early_stop):
        best = checkpoints.best_of(checkpoint)
        trainer.load_weights(best)
    else:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        best = trainer.state.best_model_checkpoint
    adapted = {"selected_adapters": ["default"]} if isinstance(trainer.model, PeftModel) else {}
    trainer.model.save_pretrained(str(out / "adapter"), **adapted)
    trainer.processing_class.save_pretrained(str(out / "adapter"))
    trainer.accelerator.wait_for_everyone()  # all have saved
    name_public_base(out / "adapter", config.preset)
    print(f"best checkpoint: {Path(best).name if best else 'the last'}, adapter in {out / 'adapter'}")


def resumed(trainer: ProfilerTrainer) -> Path | None:
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


def prepare(config, arguments, tokenizer, encoder) -> tuple[list[dict], Validation, ItemTable]:
    """Training rows, shuffled, the validation trials, and the embeddings of all items."""

    def count_tokens(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False).input_ids)

    everything = gather(config, arguments.data)
    found = {name: everything[name] for name in config.mixture}
    if arguments.smoke:
        found = {name: smaller(one) for name, one in found.items()}
    table = embed_items(list(found.values()), encoder, cache_folder() / "training")
    windows = rows(config, found, "train", count_tokens, 1.0)
    random.Random(0).shuffle(windows)
    asked = config.future_items if "future_activity" in config.rewards else 0
    training = as_rows(
        windows, found, table, config.negatives, config.choice_negatives, future_items=asked,
        next_items=config.next_items,
    )  # fmt: skip
    validation = validation_of(
        found, config.mixture, config.validation_examples, encoder, config.scoring, count_tokens,
        config.windows.history_tokens, cache_folder() / "training",
    )  # fmt: skip
    return training, validation, table


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--config", type=Path, required=True)
    add("--start", type=Path, help="the adapter to continue; without one, a fresh adapter")
    add("--data", nargs="+", default=[], metavar="NAME=KIND:DIR")
    add("--out", type=Path, required=True)
    add("--resume", action="store_true", help="go on from the last checkpoint in OUT")
    add("--preset", help="other models than the configuration's")
    add("--embedder", type=Path, help="a trained embedder instead of the preset's")
    add("--smoke", action="store_true", help="2 steps on 2 histories x 4 profiles")
    arguments = parser.parse_args()
    note_sources(arguments.data, arguments.out)
    run(arguments)


if __name__ == "__main__":
    main()
