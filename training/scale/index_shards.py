r"""A catalogue too large for one index: shards embedded and indexed one by one, here or on a Ray cluster.

    python -m training.scale.index_shards --items items.parquet --out my-catalog
    python -m training.scale.index_shards --items data/beauty --out my-catalog --index ivf --ray local
    python app.py --catalog my-catalog

1. cut the items, streamed, into shards of equal size, each with the columns of a catalogue
2. embed each shard, in pieces on the disk: a killed build goes on where it was
3. with --index ivf: learn cells from a sample of all shards, so that the shards share them
4. write each shard's FAISS file; with ivf, measure how many of the exact ten nearest it finds
5. write catalog.json, last: a folder without it is not a catalogue yet

--items is a Parquet file with the columns of blue.items.SCHEMA (item_id, title and kind must be there), a
catalogue's folder, or a folder that training.data.prepare wrote. "flat" is exact, and a search reads every
vector; "ivf" reads the nearest cells alone. With --ray every machine has to see the folders under the same
paths.
"""

import argparse
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from blue.catalog import MANIFEST, EncoderRecord, ShardedManifest, ShardRecord
from blue.errors import BlueError
from blue.models import DEFAULT_PRESET, explained_os_errors
from blue.retrieval import LoadedEncoder
from training.runs import parser_of, say
from training.scale.cluster.index_parts import (
    CELLS,
    WORK,
    EmbedderChoice,
    IndexPlan,
    alone_in,
    cells_for,
    clean_up,
    embed_shard,
    index_shard,
    learn_cells,
    measured_recall,
    plan_of,
    record_of,
    stage_items,
)

BAD_INPUT = 2
ITEMS_A_SHARD = 1_000_000  # of 384 numbers: 1.5 GB of vectors
SHARE_PROBED = 1 / 16  # of the cells, where --probes says nothing


def main(arguments: Sequence[str] | None = None) -> None:
    """Build shards from the command line; bad input ends with status 2 and one line."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    for name in ("items_a_shard", "cells", "probes", "workers"):
        if getattr(chosen, name) is not None and getattr(chosen, name) < 1:
            parser.error(f"--{name.replace('_', '-')} must be 1 or more")
    try:
        manifest, recall = build(chosen)
    except BlueError as error:
        parser.exit(BAD_INPUT, f"{error}\n")
    print(f"{manifest.items:,} items in {len(manifest.shards)} shards, {manifest.index}, embedded with "
          f"{manifest.encoder.name}")  # fmt: skip
    if recall is not None:
        print(
            f"{manifest.probes} of {manifest.cells} cells are searched: {recall:.3f} of the exact ten nearest"
        )
    print(f"Written to {chosen.out}\nServe it: python app.py --catalog {chosen.out}")


def build(chosen: argparse.Namespace) -> tuple[ShardedManifest, float | None]:
    """All steps, each going on where an earlier call was cut; returns the manifest, and the recall of ivf.

    Raises:
        CatalogError: the items cannot be used, or the folder holds something else.
    """
    out = chosen.out.resolve()
    choice = EmbedderChoice(chosen.model, chosen.encoder)
    loaded = choice.load()
    with explained_os_errors(out), alone_in(out):
        plan = plan_of(chosen.items, loaded.weights_sha256, chosen.items_a_shard)
        (out / MANIFEST).unlink(missing_ok=True)
        kinds, counts = stage_items(plan, out)
        if chosen.ray is None:
            for number in range(len(counts)):
                say(f"Embedding shard {number + 1} of {len(counts)}")
                embed_shard(out, number, loaded)
        cells = (chosen.cells or cells_for(sum(counts))) if chosen.index == "ivf" else 0
        probes = min(cells, chosen.probes or max(1, round(cells * SHARE_PROBED)))
        _index(chosen, choice, out, counts, cells)
        manifest = _manifest(chosen, plan, loaded, out, counts, kinds, cells, probes)
        part = out / WORK / MANIFEST
        part.write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        recall = measured_recall(out, len(counts), probes) if cells else None
        part.replace(out / MANIFEST)
        clean_up(out)
    return manifest, recall


def _index(
    chosen: argparse.Namespace, choice: EmbedderChoice, out: Path, counts: Sequence[int], cells: int
) -> None:
    """Steps 3 and 4, and on a cluster step 2."""
    if chosen.ray is None:
        if cells:
            learn_cells(out, len(counts), cells)
        for number in range(len(counts)):
            say(f"Indexing shard {number + 1} of {len(counts)}")
            index_shard(out, number, (out / WORK / CELLS) if cells else None)
        return
    from training.scale.cluster.ray_index import embed_on_ray, index_on_ray
    from training.scale.cluster.ray_run import connected

    with connected(chosen.ray):
        embed_on_ray(out, len(counts), choice, chosen.workers)
        if cells:
            learn_cells(out, len(counts), cells)
        index_on_ray(out, len(counts), (out / WORK / CELLS) if cells else None)


def _manifest(
    chosen: argparse.Namespace,
    plan: IndexPlan,
    loaded: LoadedEncoder,
    out: Path,
    counts: Sequence[int],
    kinds: dict[str, int],
    cells: int,
    probes: int,
) -> ShardedManifest:
    records = [ShardRecord(items=count, files=record_of(out, n)) for n, count in enumerate(counts)]
    return ShardedManifest(
        name=chosen.name or out.name,
        licence=chosen.licence,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        items=sum(counts),
        kinds=kinds,
        encoder=EncoderRecord(
            name=loaded.name, weights_sha256=plan.weights_sha256, dimension=loaded.encoder.dimension
        ),
        index=chosen.index,
        cells=cells,
        probes=probes,
        shards=records,
        versions={name: metadata.version(name) for name in ("numpy", "polars", "faiss-cpu")},
    )


def _parser() -> argparse.ArgumentParser:
    parser = parser_of(__doc__)
    parser.add_argument("--items", type=Path, required=True, help="a Parquet file, or a folder with one")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="folder to write, or to go on in"
    )
    parser.add_argument("--items-a-shard", type=int, default=ITEMS_A_SHARD, metavar="N")
    parser.add_argument("--index", choices=("flat", "ivf"), default="flat")
    parser.add_argument(
        "--cells", type=int, metavar="N", help="of ivf (default: four times the root of the items)"
    )
    parser.add_argument(
        "--probes", type=int, metavar="N", help="cells a query looks into (default: one in 16)"
    )
    parser.add_argument(
        "--name", default="", help="what the catalogue is called (default: the folder's name)"
    )
    parser.add_argument("--licence", default="", help="on what terms the data may be used; shown in the app")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--model",
        default=DEFAULT_PRESET,
        help=f"the preset whose embedder reads the items ({DEFAULT_PRESET})",
    )
    which.add_argument("--encoder", metavar="FOLDER", type=Path, help="an embedder of your own instead")
    parser.add_argument("--ray", metavar="ADDRESS", help="a cluster's address, or 'local' to start one here")
    parser.add_argument(
        "--workers", type=int, metavar="N", help="actors that embed; by default as many as fit"
    )
    return parser


if __name__ == "__main__":
    main()
