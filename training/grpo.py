r"""GRPO: the profiler learns from rewards, starting where the warm start ended.

    python -m training.train_profiler grpo --config training/configs/grpo/embedded.yaml \
        --start runs/warm-start/adapter --out runs/grpo \
        --data movies=movielens:DIR beauty=benchmark:DIR toys=benchmark:DIR

For each history a group of profiles is sampled. Each reward (`training.reward_functions`) is normalised
within its group, the weighted sum is the advantage, and a KL term holds the policy near the adapter it
started from. A preflight stops a run whose rewards cannot teach. `OUT/log.jsonl` holds every reward and
some profiles of every step; `OUT/adapter` is the checkpoint with the highest validation reward.
"""

import argparse
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Literal

import torch
import yaml
from datasets import Dataset as Rows
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import GRPOConfig, GRPOTrainer

from blue.datatypes import TextEncoder
from blue.encoder import SentenceEncoder
from blue.presets import get_preset
from blue.rewards import Pooling
from blue.weights import resolve
from training.base_model import trainable_base
from training.data.schema import Dataset, cut, users_of
from training.examples import Example, WindowSettings
from training.judge import NextItemJudge
from training.negatives import Counts, ItemTable, Negatives, embed_items
from training.preflight import preflight, refuse_flat, report
from training.reward_functions import NAMES, Contrastive, Diary, NextItemChoice, guards
from training.train_profiler import PROJECTIONS, gather, rows

SMOKE_USERS = {"train": 14, "validation": 2}  # of each data set: their items are embedded in seconds
SMOKE = {
    "max_steps": 3, "per_device_train_batch_size": 4, "gradient_accumulation_steps": 2,
    "eval_strategy": "no", "save_steps": 3, "load_best_model_at_end": False, "max_completion_length": 40,
}  # fmt: skip


@dataclass(frozen=True)
class Grpo:
    """The values of a configuration file that are not TRL's."""

    preset: str
    mixture: dict[str, int]  # data set -> training histories
    synthetic_readers: int
    validation_examples: int
    lora_rank: int  # of a fresh adapter; one that is continued keeps its own
    lora_alpha: int
    lora_dropout: float
    scoring: Literal["single", "facets"]
    pooling: Pooling
    contrastive_temperature: float
    weights: dict[str, float]  # of the rewards, each normalised in its group first
    may_start_perfect: tuple[str, ...]  # guards that may be 1.0 everywhere before the run
    negatives: Counts
    choice_negatives: int  # odd: with an even number of options none keeps its place when they are reversed
    preflight_histories: int
    windows: WindowSettings


def read_config(path: Path) -> tuple[Grpo, dict]:
    """A YAML file -> our settings, and what is left for GRPOConfig."""
    values = yaml.safe_load(path.read_text())
    windows = WindowSettings(**{f.name: values.pop(f.name) for f in fields(WindowSettings)})
    counts = Counts(**values.pop("negatives"))
    ours = {f.name: values.pop(f.name) for f in fields(Grpo) if f.name not in ("windows", "negatives")}
    if set(ours["weights"]) != set(NAMES):
        raise SystemExit(f"{path}: give every reward a weight, 0 for none: {', '.join(NAMES)}.")
    return Grpo(**ours, negatives=counts, windows=windows), values


def as_rows(
    chosen: Sequence[Example],
    found: Mapping[str, Dataset],
    table: ItemTable,
    counts: Counts,
    choice_negatives: int,
    seed: int = 0,
) -> list[dict]:
    """Examples -> rows of TRL: the prompt, and the ids from which the rewards look up everything else."""
    negatives = {name: Negatives(found[name], table) for name in {one.dataset for one in chosen}}
    return [
        _row(one, found[one.dataset], negatives[one.dataset], counts, choice_negatives, seed)
        for one in chosen
    ]


def _row(example, dataset, negatives, counts, choice_negatives, seed) -> dict:
    everything = [one.item_id for one in dataset.histories[example.user_id]]
    case = cut(dataset, example.user_id, everything.index(example.target_id))
    shown = example.prompt[-1]["content"].count("\n") + 1  # the prompt has one line an interaction
    history = [one.item_id for one in case.history[-shown:]]
    name = f"{seed}:{example.dataset}:{example.user_id}:{example.target_id}"
    drawn = negatives.draw(case.target, history, counts, name, avoid=everything)
    dice = random.Random(name)
    options = [*dice.sample(drawn, choice_negatives), example.target_id]
    dice.shuffle(options)
    return {
        "prompt": list(example.prompt), "user_id": example.user_id, "target_id": example.target_id,
        "history_ids": history, "negative_ids": drawn,
        "option_ids": options, "right": options.index(example.target_id),
    }  # fmt: skip


def reward_functions(
    config: Grpo, encoder: TextEncoder, table: ItemTable, judge: NextItemJudge
) -> list[Callable]:
    """Every reward, in the order of `NAMES`."""
    return [
        Contrastive(encoder, table, config.scoring, config.contrastive_temperature, config.pooling),
        NextItemChoice(judge, table),
        *guards(encoder, table),
    ]


def policy(config: Grpo, base: Path, start: Path | None) -> PeftModel:
    """The base model with the adapter to continue, or with a fresh one."""
    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16)
    if start:
        return PeftModel.from_pretrained(model, start, is_trainable=True)
    lora = LoraConfig(
        task_type="CAUSAL_LM", r=config.lora_rank, lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout, target_modules=PROJECTIONS,
    )  # fmt: skip
    return get_peft_model(model, lora)


def in_miniature(config: Grpo, sources: Sequence[str]) -> Grpo:
    """The same settings for a few histories of the data sets that were given."""
    mixture = {source.partition("=")[0]: 12 for source in sources}
    return replace(config, mixture=mixture, validation_examples=2, preflight_histories=4)


def smaller(dataset: Dataset) -> Dataset:
    """The first train and validation users and what they chose, for a run of two minutes."""
    users = [user for split, count in SMOKE_USERS.items() for user in users_of(dataset, split)[:count]]
    histories = {user: dataset.histories[user] for user in users}
    items = {one.item_id: dataset.items[one.item_id] for ones in histories.values() for one in ones}
    return Dataset(dataset.name, items, histories, dataset.synthetic)


def run(arguments: argparse.Namespace) -> None:
    """Data, models, rewards, preflight, training, in this order."""
    config, values = read_config(arguments.config)
    if arguments.start and not (arguments.start / "adapter_config.json").is_file():
        raise SystemExit(f"{arguments.start} holds no adapter. Give --start the folder the warm start wrote.")
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    if arguments.smoke:
        config, values = in_miniature(config, arguments.data), values | SMOKE
    settings = GRPOConfig(
        output_dir=str(out), report_to="none", disable_tqdm=True,
        reward_weights=[config.weights[name] for name in NAMES], **values,
    )  # fmt: skip
    base = trainable_base(config.preset, out / "base")
    tokenizer = AutoTokenizer.from_pretrained(base)
    encoder = SentenceEncoder(resolve(get_preset(config.preset).embedder).path)
    training, validation, table = prepare(config, arguments, tokenizer, encoder)
    print(f"{len(training)} training and {len(validation)} validation histories, {len(table.items)} items")

    model = policy(config, base, arguments.start)
    rewards = reward_functions(config, encoder, table, NextItemJudge(model, tokenizer))
    if not arguments.resume:
        found = preflight(model, tokenizer, training[: config.preflight_histories], rewards, settings)
        print(report(found), flush=True)
        refuse_flat(found, config.weights, config.may_start_perfect)

    diary = Diary(out / "log.jsonl", settings.num_generations)
    trainer = GRPOTrainer(
        model=model,
        reward_funcs=[diary.listen(one) for one in rewards],
        args=settings,
        train_dataset=Rows.from_list(training),
        eval_dataset=Rows.from_list(validation),
        processing_class=tokenizer,
        callbacks=[diary],
    )
    trainer.train(resume_from_checkpoint=arguments.resume or None)
    trainer.model.save_pretrained(str(out / "adapter"), selected_adapters=["default"])
    tokenizer.save_pretrained(str(out / "adapter"))
    print(f"best validation reward {trainer.state.best_metric}, adapter in {out / 'adapter'}")


def prepare(config, arguments, tokenizer, encoder) -> tuple[list[dict], list[dict], ItemTable]:
    """Training and validation rows, shuffled, and the embeddings of all their items."""

    def count_tokens(text: str) -> int:
        return len(tokenizer(text, add_special_tokens=False).input_ids)

    found = {name: one for name, one in gather(config, arguments.data).items() if name in config.mixture}
    if arguments.smoke:
        found = {name: smaller(one) for name, one in found.items()}
    table = embed_items(list(found.values()), encoder)
    held_out = config.validation_examples / sum(config.mixture.values())
    parts = []
    for split, share in (("train", 1.0), ("validation", held_out)):
        chosen = rows(config, found, split, count_tokens, share)
        random.Random(0).shuffle(chosen)
        parts.append(as_rows(chosen, found, table, config.negatives, config.choice_negatives))
    return *parts, table
