r"""Profiles and embeddings of many users, on one machine or on a Ray cluster.

    python -m training.scale.profile_users --input data/beauty --out profiles       # this machine
    ... --ray local                                                                 # its cores, by Ray
    ... --ray 10.0.0.1:6379 --engine vllm                                           # GPUs of a cluster

1. stage the users, once, into shards of equal size (training/scale/cluster/staging.py says what IN may hold)
2. a shard at a time: tastes -> sentences -> embeddings -> one Parquet file, which is whole or not there
3. when every shard holds its users, write manifest.json and drop the staged histories

Each user is in one shard and each shard is written under one name, so that every user is there exactly once
however often a machine was killed: the same command goes on where it was. A user without a usable history has
a row that says why. Memory does not grow with the number of users. The columns are in
training/scale/cluster/results.py; the plan of a very large run in docs/scale.md.

With --ray every machine has to see IN, OUT, the model cache and this program under the same paths.
"""

import argparse
import json
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import get_args

from filelock import FileLock, Timeout

from blue.catalog import ITEMS
from blue.datatypes import TextEncoder
from blue.errors import BlueError
from blue.items import Catalog, load_catalog
from blue.models import DEFAULT_PRESET, explained_os_errors
from blue.profile import PROMPT_VERSION
from training.runs import REPORT_EVERY, Progress, parser_of, say
from training.scale.cluster.plan import (
    WORK,
    BulkError,
    Embeddings,
    Making,
    identities,
    load_or_stage,
    require_same,
)
from training.scale.cluster.results import MANIFEST, finish, missing_shards, read_manifest, write_result
from training.scale.cluster.staging import find_input, known_items, read_shard
from training.scale.cluster.worker import (
    Models,
    Shards,
    embedder_identity,
    grouper_over,
    profiler_identity,
)

BAD_INPUT = 2
USERS_A_SHARD = 1_000
LOCK = "work.lock"  # beside the work folder, which staging empties
ENGINES = ("cpu", "vllm", "server")


def main(arguments: Sequence[str] | None = None) -> None:
    """Profile users from the command line; bad input ends with status 2 and one line."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    _check(parser, chosen)
    try:
        manifest = profile_users(chosen)
    except BlueError as error:
        parser.exit(BAD_INPUT, f"{error}\n")
    print(
        json.dumps(manifest, indent=2, ensure_ascii=False) if chosen.json else summary(chosen.out, manifest)
    )


def profile_users(chosen: argparse.Namespace) -> dict:
    """Stage, write what is missing, finish; returns the manifest. Raises BlueError."""
    source = find_input(chosen.input)
    models = Models(chosen.model, chosen.adapter, chosen.profiler)
    about, loaded = models.describe(), models.encoder()
    making = Making(
        inputs=identities(source),
        hold_out=chosen.hold_out,
        users_a_shard=chosen.users_a_shard,
        profiler=profiler_identity(about, None if chosen.engine == "cpu" else chosen.engine),
        embedder=embedder_identity(loaded),
        dimension=loaded.encoder.dimension,
        embeddings=chosen.embeddings,
        histories=chosen.keep_histories,
        prompt_version=PROMPT_VERSION,
        decoding=decoding(models),
    )
    with explained_os_errors(chosen.out), alone_in(chosen.out):
        if (chosen.out / MANIFEST).is_file():
            manifest = read_manifest(chosen.out)
            require_same(chosen.out, Making.model_validate(manifest["making"]), making)
            return manifest
        plan = load_or_stage(chosen.out, making, source, lambda: _catalog(chosen.catalog), _StagingLine())
        missing = missing_shards(chosen.out, plan)
        done = plan.users - sum(map(plan.users_in, missing))
        progress = Progress("users", plan.users, done)
        if missing:
            items = known_items(source) or _catalog(chosen.catalog).items
            shards = Shards(chosen.out.resolve(), plan, models, grouper_over(items, loaded.encoder))
            _write_missing(chosen, shards, loaded.encoder, missing, progress)
        return finish(chosen.out, plan)


def _write_missing(
    chosen: argparse.Namespace,
    shards: Shards,
    encoder: TextEncoder,
    missing: Sequence[int],
    progress: Progress,
) -> None:
    if chosen.ray is None:
        run_here(shards, encoder, missing, progress)
        return
    from training.scale.cluster.ray_run import run_on_ray

    run_on_ray(chosen, shards, missing, progress)


def run_here(shards: Shards, encoder: TextEncoder, missing: Sequence[int], progress: Progress) -> None:
    """The missing shards, one after the other, by the engine of this machine."""
    writer, out = shards.writer(encoder), shards.out
    for number in missing:
        journal = out / WORK / f"texts-{number:05}.sqlite"
        rows = writer.write(read_shard(out / WORK, number), journal, progress.advance)
        write_result(out, number, rows, shards.plan.making)
        journal.unlink()


def decoding(models: Models) -> dict:
    """How profiles are decoded, for the plan."""
    settings = vars(models.settings)
    return settings | {"stop": list(settings["stop"])}


def summary(out: Path, manifest: dict) -> str:
    """What a run came to, in lines."""
    users = f"{manifest['users']:,} users in {len(manifest['files']):,} shards"
    lines = [f"{users}: {manifest['profiled']:,} profiled, {manifest['failed']:,} not"]
    lines += [f"  {count:,} x {reason}" for reason, count in list(manifest["reasons"].items())[:5]]
    if manifest["rejected_lines"]:
        lines.append(f"{manifest['rejected_lines']:,} lines gave no user; rejected.parquet lists them:")
        lines += [
            f"  {count:,} x {reason}" for reason, count in list(manifest["rejected_reasons"].items())[:5]
        ]
    return "\n".join([*lines, f"Written to {out}"])


@contextmanager
def alone_in(out: Path):
    """One run at a time in a folder that is new, empty, or a run's."""
    if out.is_file():
        raise BulkError(f"{out} is a file. Name a folder to write the profiles to.")
    others = [path.name for path in out.iterdir()] if out.is_dir() else []
    if others and not {WORK, LOCK, MANIFEST} & set(others):
        raise BulkError(f"{out} holds something else than profiles ({sorted(others)[0]}). Name a new folder.")
    out.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(out / LOCK, timeout=0):
            yield
    except Timeout:
        raise BulkError(f"Another run is writing to {out}. Wait for it, or name another folder.") from None


def _catalog(path: Path | None) -> Catalog:
    return load_catalog(path / ITEMS if path is not None and path.is_dir() else path)


class _StagingLine:
    """How many users were staged, a line now and then."""

    def __init__(self) -> None:
        self._said = time.monotonic()

    def __call__(self, users: int) -> None:
        if time.monotonic() - self._said >= REPORT_EVERY:
            self._said = time.monotonic()
            say(f"Reading the users: {users:,}")


def _parser() -> argparse.ArgumentParser:
    parser = parser_of(__doc__)
    parser.add_argument("--input", type=Path, required=True, metavar="DIR", help="users; a file works too")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder to write, or to go on in"
    )
    parser.add_argument("--model", default=DEFAULT_PRESET, help=f"a preset or a path ({DEFAULT_PRESET})")
    parser.add_argument("--adapter", type=Path, metavar="DIR", help="a LoRA adapter for the model")
    parser.add_argument("--profiler", metavar="NAME", help="a published profiler, or its folder, instead")
    parser.add_argument("--catalog", type=Path, help="where titles are looked up; the shipped one by default")
    parser.add_argument(
        "--hold-out", type=int, default=0, metavar="N", help="last titles the profiler must not see"
    )
    parser.add_argument("--users-a-shard", type=int, default=USERS_A_SHARD, metavar="N")
    parser.add_argument("--embeddings", choices=get_args(Embeddings), default="both")
    parser.add_argument(
        "--keep-histories", action="store_true", help="write the titles that were read beside each profile"
    )
    parser.add_argument("--json", action="store_true", help="print the manifest")
    cluster = parser.add_argument_group("on a Ray cluster")
    cluster.add_argument("--ray", metavar="ADDRESS", help="a cluster's address, or 'local' to start one here")
    cluster.add_argument(
        "--engine", choices=ENGINES, default="cpu", help="cpu: this program's; vllm: on GPUs"
    )
    cluster.add_argument("--workers", type=int, metavar="N", help="actors; by default as many as fit")
    cluster.add_argument("--cpus-a-worker", type=int, default=1, metavar="N", help="cores of a CPU worker")
    cluster.add_argument("--embedders", type=int, default=1, metavar="N", help="with vllm and server")
    cluster.add_argument("--server", metavar="URL", help="an OpenAI-like server's .../v1/chat/completions")
    cluster.add_argument("--served-model", default="default", metavar="NAME", help="its name of the model")
    return parser


def _check(parser: argparse.ArgumentParser, chosen: argparse.Namespace) -> None:
    for name, least in (("hold_out", 0), ("users_a_shard", 1), ("cpus_a_worker", 1), ("embedders", 1)):
        if getattr(chosen, name) < least:
            parser.error(f"--{name.replace('_', '-')} must be {least} or more")
    if chosen.workers is not None and chosen.workers < 1:
        parser.error("--workers must be 1 or more")
    if chosen.profiler and (chosen.adapter or chosen.model != DEFAULT_PRESET):
        parser.error("--profiler brings its model and adapter; leave out --model and --adapter")
    if chosen.engine != "cpu" and chosen.ray is None:
        parser.error(f"--engine {chosen.engine} runs on Ray; add --ray ADDRESS or --ray local")
    if (chosen.engine == "server") != bool(chosen.server):
        parser.error("--engine server and --server URL belong together")


if __name__ == "__main__":
    main()
