r"""The warm start: the profiler learns from profiles that a thoughtful person would write.

    python -m training.warm_start.train --config training/configs/embedded.yaml --out runs/warm-start \
        --data beauty=DIR toys=DIR

Supervised on the teaching profiles: one sentence from the lines of one taste (`training.warm_start.pairs`),
cross-entropy on the answer's tokens only. It stops at `max_steps`, keeps a checkpoint every
`--checkpoint-minutes`, and leaves the adapter with the lowest validation loss in `OUT/adapter`. `--resume`
goes on after a kill.
"""

import argparse
from pathlib import Path

import yaml
from transformers import AutoTokenizer

from training.data import TEACHING, known_items, note_sources, read_teaching
from training.runs import (
    explained_full_disk,
    last_whole,
    name_public_base,
    read_values,
    refuse_other_texts,
    trainable_base,
    with_precision,
)
from training.warm_start.config import read_config
from training.warm_start.rows import examples
from training.warm_start.trainer import sft_trainer

SPLITS = ("train", "validation")


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
    add("--data", nargs="+", default=[], metavar="[NAME=]DIR")
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
