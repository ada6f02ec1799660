r"""What readers prefer: the profiler learns from drafts of its own that readers marked.

    python -m training.preference.train --config training/configs/preference.yaml --out runs/preferred \
        --start assets/profiler --data beauty=DIR toys=DIR

The loss stands in `training.preference.trainer`; the adapter at `--start` is also the reference. The adapter
is left in `OUT/adapter`; `--resume` goes on after a kill.
"""

import argparse
import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import yaml
from peft import PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainingArguments

from training.data import MARKED, WORKS, data_folders, known_items, note_sources
from training.preference.config import read_config
from training.preference.rows import Tastes, as_they_are, marked_tastes
from training.preference.trainer import PreferenceTrainer, gain_in_marks, reference_of
from training.runs import (
    RunRecord,
    explained_full_disk,
    last_whole,
    name_public_base,
    read_values,
    refuse_other_texts,
    trainable_base,
    weights_dtype,
    with_precision,
)

LOGGED = ("step", "epoch", "loss", "eval_loss", "eval_gain_in_marks", "learning_rate")


def preference(arguments: argparse.Namespace) -> None:
    """Configuration, data, policy, trainer, in this order."""
    config, named = read_config(arguments.config)
    out = arguments.out
    refuse_other_texts(arguments.start)
    out.mkdir(parents=True, exist_ok=True)
    (out / "config.yaml").write_text(yaml.safe_dump(read_values(arguments.config), sort_keys=False))

    shops = [folder.name for folder in data_folders(arguments.data)]
    items = known_items((*WORKS, *shops), arguments.data)
    base = trainable_base(config.preset, out / "base")
    tokenizer = AutoTokenizer.from_pretrained(base)
    training, validation = marked_tastes(config, arguments.marks, items, tokenizer)
    print(f"{len(training)} training and {len(validation)} validation tastes")

    named = with_precision(named)
    model = AutoModelForCausalLM.from_pretrained(base, dtype=weights_dtype(named["bf16"]))
    model = PeftModel.from_pretrained(model, arguments.start, is_trainable=True)
    trainer = PreferenceTrainer(
        preference=config,
        model=model,
        args=TrainingArguments(
            output_dir=str(out), report_to="none", disable_tqdm=True, remove_unused_columns=False, **named
        ),
        train_dataset=Tastes(training, reference_of(model, training)),
        eval_dataset=Tastes(validation, reference_of(model, validation)),
        data_collator=as_they_are,
        compute_metrics=gain_in_marks,
        callbacks=[RunRecord(out / "run.json")],
    )
    checkpoint = last_whole(out) if arguments.resume else None
    with explained_full_disk(out):
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
        trainer.save_model(str(out / "adapter"))
    write_log(trainer.state.log_history, out / "training_log.csv")
    name_public_base(out / "adapter", config.preset)
    print(f"adapter in {out / 'adapter'}")


def write_log(history: Sequence[Mapping[str, float]], path: Path) -> None:
    """What transformers logged, a row a step: the losses, and the gain in marks on validation tastes."""
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, LOGGED, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(row for row in history if "loss" in row or "eval_loss" in row)


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--config", type=Path, required=True)
    add("--start", type=Path, required=True, help="the adapter to continue")
    add("--data", nargs="*", default=[], metavar="[NAME=]DIR", help="the shops")
    add("--marks", type=Path, default=MARKED, help="marked drafts")
    add("--out", type=Path, required=True)
    add("--resume", action="store_true", help="go on from the last checkpoint in OUT")
    arguments = parser.parse_args()
    note_sources(arguments.data, arguments.out)
    preference(arguments)


if __name__ == "__main__":
    main()
