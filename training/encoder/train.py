r"""Train the embedder: profiles near the items that came next, far from those of other users.

    python -m training.encoder.train --config training/configs/encoder-embedded.yaml \
        --profiler runs/warm-start/adapter --out runs/encoder \
        --data movies=DIR beauty=DIR toys=DIR

The supervised contrastive half of BLUE (the paper's "trainable" setting): bidirectional InfoNCE over pairs of
profile and next item, the other pairs of a batch being the negatives. Without `--profiler` the profiles are
written by rules. Item embeddings depend on the embedder: indexes of the old one are stale, and rebuilt on
loading. `OUT/run.json` holds what it cost.
"""

import argparse
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import torch
import yaml
from datasets import Dataset as Rows
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
from sentence_transformers.sentence_transformer.training_args import BatchSamplers

from blue.item_text import item_text
from blue.models import LoadedGenerator, fast_dtype, get_preset, load_generator, resolve
from blue.profile import TasteWriter, rule_profile, shipped_support
from training.data import Dataset, Example, Split, WindowSettings, examples, grouper_of, load_all
from training.runs import RunRecord, checkpoints, parser_of

TOGETHER = 4  # windows


@dataclass(frozen=True)
class EncoderRun:
    """The values of a configuration file that are not sentence-transformers' own."""

    preset: str
    mixture: dict[str, int]  # data set -> training pairs
    validation_pairs: int
    scale: float  # 1 / temperature of the InfoNCE loss
    windows: WindowSettings


def read_config(path: Path) -> tuple[EncoderRun, dict]:
    """A YAML file -> our settings, and what is left for the trainer."""
    values = yaml.safe_load(path.read_text())
    windows = WindowSettings(**{f.name: values.pop(f.name) for f in fields(WindowSettings)})
    ours = {f.name: values.pop(f.name) for f in fields(EncoderRun) if f.name != "windows"}
    return EncoderRun(**ours, windows=windows), values


def pairs(found: dict[str, Dataset], chosen: list[Example], profiles: list[str]) -> Rows:
    """Profiles beside the text of the item that came next, as the embedder reads it; empty ones left out."""
    written = [(window, profile) for window, profile in zip(chosen, profiles, strict=True) if profile]
    return Rows.from_dict(
        {
            "profile": [profile for _, profile in written],
            "item": [item_text(found[window.dataset].items[window.target_id]) for window, _ in written],
        }
    )


def by_profiler(generator: LoadedGenerator, windows: Sequence[Example]) -> list[str]:
    """What the profiler writes of each window, a few windows at a time."""
    writer, texts = TasteWriter(generator, shipped_support()), []
    for start in range(0, len(windows), TOGETHER):
        some = windows[start : start + TOGETHER]
        items = {name: item for window in some for name, item in window.shown.items()}
        people = [(window.tastes, window.history) for window in some]
        texts += [profile.text for profile in writer.write_many(people, items)]
    return texts


def by_rules(found: dict[str, Dataset], windows: Sequence[Example]) -> list[str]:
    """The rule-written profile of each window."""
    groupers = {name: grouper_of(dataset) for name, dataset in found.items()}
    return [rule_profile(window.history, window.shown, groupers[window.dataset]).text for window in windows]


def gather(run: EncoderRun, found: dict[str, Dataset], split: Split, share: float) -> list[Example]:
    """The mixture of one split; `share` scales the number of pairs of every data set."""
    chosen: list[Example] = []
    for name, count in run.mixture.items():
        dataset, some = found[name], round(count * share)
        chosen += examples(dataset, grouper_of(dataset), split, some, run.windows)
    return chosen


def train(run: EncoderRun, settings: dict, arguments: argparse.Namespace) -> None:
    """Profiles, pairs, trainer, in this order; the embedder with the lowest validation loss stays in OUT."""
    found = load_all(arguments.data)
    if missing := sorted(set(run.mixture) - set(found)):
        raise SystemExit(f"The mixture needs {missing[0]!r}. Give it: --data {missing[0]}=DIR")
    generator = load_generator(run.preset, adapter=arguments.profiler) if arguments.profiler else None
    share = 0.02 if arguments.smoke else 1.0
    held_out = share * run.validation_pairs / sum(run.mixture.values())
    rows = {}
    for split, part in (("train", share), ("validation", held_out)):
        chosen = gather(run, found, split, part)
        written = by_profiler(generator, chosen) if generator else by_rules(found, chosen)
        rows[split] = pairs(found, chosen, written)

    source = get_preset(run.preset).embedder
    folder = arguments.start or resolve(source).path
    model = SentenceTransformer(str(folder), local_files_only=True)
    if arguments.smoke:
        settings |= {"eval_steps": 1, "save_steps": 1}
    trainer = trainer_of(run, settings, model, rows, source.query_prompt, arguments.out)
    before = trainer.evaluate()["eval_loss"]
    checkpoints.clear_broken(arguments.out / "checkpoints")
    last = checkpoints.last_whole(arguments.out / "checkpoints") if arguments.resume else None
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    after = trainer.evaluate()["eval_loss"]
    save(model, arguments.out / "encoder")
    print(f"validation loss {before:.4f} before, {after:.4f} after; embedder in {arguments.out / 'encoder'}")


def trainer_of(
    run: EncoderRun,
    settings: dict,
    model: SentenceTransformer,
    rows: dict[str, Rows],
    query_prompt: str,
    out: Path,
) -> SentenceTransformerTrainer:
    """Bidirectional InfoNCE over rows of profile and item; a profile is prompted as the app prompts it."""
    on_cpu = settings.get("use_cpu", False) or not torch.cuda.is_available()
    exact = settings.get("bf16", False) and fast_dtype() is not torch.bfloat16
    settings = settings | {"use_cpu": on_cpu} | ({"bf16": False} if exact else {})
    return SentenceTransformerTrainer(
        model=model,
        args=SentenceTransformerTrainingArguments(
            output_dir=str(out / "checkpoints"),
            prompts={"profile": query_prompt} if query_prompt else None,
            batch_sampler=BatchSamplers.NO_DUPLICATES,  # a repeated item would be its own negative
            eval_strategy="steps",
            save_strategy="steps",
            save_total_limit=3,
            load_best_model_at_end=True,
            logging_steps=5,
            report_to="none",
            **settings,
        ),
        train_dataset=rows["train"],
        eval_dataset=rows["validation"],
        loss=MultipleNegativesRankingLoss(
            model,
            scale=run.scale,
            directions=("query_to_doc", "doc_to_query"),
            partition_mode="per_direction",
        ),
        callbacks=[RunRecord(out / "run.json")],
    )


def save(model: SentenceTransformer, folder: Path) -> None:
    """Write the embedder, all of it or nothing."""
    part = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    model.save_pretrained(str(part))
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)


def main() -> None:
    """Read the command line and train."""
    parser = parser_of(__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data", nargs="+", required=True, metavar="[NAME=]DIR")
    parser.add_argument("--profiler", type=Path, help="an adapter whose profiles to learn from; else rules")
    parser.add_argument("--start", type=Path, help="an embedder to go on from; else the preset's")
    parser.add_argument("--preset", help="other models than the configuration's")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint in OUT")
    parser.add_argument("--smoke", action="store_true", help="2 %% of the data")
    arguments = parser.parse_args()
    run, settings = read_config(arguments.config)
    if arguments.preset:
        run = replace(run, preset=arguments.preset)
    train(run, settings, arguments)


if __name__ == "__main__":
    main()
