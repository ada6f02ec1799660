r"""Train profiler and embedder in turns: each learns from what the other has become.

    python -m training.grpo.alternate --grpo training/configs/grpo/embedded.yaml \
        --encoder training/configs/encoder-embedded.yaml --start runs/warm-start/adapter --rounds 2 \
        --out runs/alternate --data movies=DIR beauty=DIR toys=DIR

A round is GRPO against the embedder of the round before, then the embedder on the profiles of that policy:

    OUT/round-1/profiler/adapter   from --start, rewarded by the preset's embedder
    OUT/round-1/encoder/encoder    on the profiles of round 1
    OUT/round-2/profiler/adapter   from round 1, rewarded by the embedder of round 1
    ...

Started again it goes on where it was: finished stages are kept, the one that was cut off is resumed.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

GRPO = ("training.grpo.train",)
ENCODER = ("training.encoder.train",)


@dataclass(frozen=True)
class Stage:
    """One training run of the plan: its command, the folder it writes, and the file that says it is done."""

    name: str
    command: tuple[str, ...]  # without --resume
    folder: Path
    result: Path

    @property
    def is_done(self) -> bool:
        """Whether the stage has written all it writes."""
        return self.result.is_file()


def plan(arguments: argparse.Namespace) -> Iterator[Stage]:
    """The stages of all rounds, in their order."""
    adapter, embedder = arguments.start, None
    shared = ("--data", *arguments.data, *_option("--preset", arguments.preset))
    shared += ("--smoke",) if arguments.smoke else ()
    for number in range(1, arguments.rounds + 1):
        folder = arguments.out / f"round-{number}"
        out = folder / "profiler"
        given = (*_option("--start", adapter), *_option("--embedder", embedder))
        command = (*GRPO, "--config", str(arguments.grpo), "--out", str(out), *given, *shared)
        adapter = out / "adapter"
        yield Stage(f"round {number}, profiler", command, out, adapter / "adapter_config.json")
        out = folder / "encoder"
        given = ("--profiler", str(adapter), *_option("--start", embedder))
        command = (*ENCODER, "--config", str(arguments.encoder), "--out", str(out), *given, *shared)
        embedder = out / "encoder"
        yield Stage(f"round {number}, embedder", command, out, embedder / "modules.json")


def _option(name: str, value: object | None) -> tuple[str, ...]:
    return (name, str(value)) if value is not None else ()


def run(stages: Sequence[Stage]) -> None:
    """Every stage that is not done, each in a process of its own: the memory of one is free for the next.

    Raises:
        SystemExit: a stage failed; started again, this goes on with it.
    """
    for stage in stages:
        if stage.is_done:
            print(f"{stage.name}: done", flush=True)
            continue
        print(f"{stage.name}: {stage.folder}", flush=True)
        resume = ("--resume",) if stage.folder.exists() else ()
        done = subprocess.run([sys.executable, "-m", *stage.command, *resume], check=False)
        if done.returncode or not stage.is_done:
            raise SystemExit(f"{stage.name} failed (exit {done.returncode}). Mend it and start this again.")


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--grpo", type=Path, required=True, help="a configuration of GRPO")
    parser.add_argument("--encoder", type=Path, required=True, help="a configuration of the embedder")
    parser.add_argument("--start", type=Path, help="the adapter to start from; without one, a fresh adapter")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--data", nargs="+", required=True, metavar="[NAME=]DIR")
    parser.add_argument("--preset", help="other models than the configurations'")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--smoke", action="store_true", help="minutes instead of hours a stage")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error(f"--rounds {arguments.rounds}: write 1 or more")
    run(list(plan(arguments)))


if __name__ == "__main__":
    main()
