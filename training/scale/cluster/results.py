"""What a bulk run leaves: OUT/profiles-00000.parquet ..., one row a user, and OUT/manifest.json.

    user_id               as the input has it
    profile               one sentence a line; null where `error` says why there is none
    sentences             the same sentences, at most five
    embedding             of the whole profile: D float32, length 1 (scoring "single")
    sentence_embeddings   of each sentence as it is written, in their order
    titles_read           how many titles were read, the most recent ones
    error                 why this user has no profile, else null
    profiler, embedder    which models: names with hashes, the same in every row of a run
    history               with --keep-histories: the titles that were read, oldest first

A shard is written under another name and then renamed: it is whole or not there, and writing it twice leaves
the same rows. The manifest comes last, when every shard holds the users that were staged for it.
"""

import json
import os
import platform
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from blue.datatypes import Interaction
from blue.models import sha256_of, write_whole
from training.scale.cluster.plan import WORK, BulkError, Making, Plan

FORMAT = "blue-profiles"
SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
REJECTED = "rejected.parquet"


@dataclass(frozen=True)
class ProfiledUser:
    """One user's row. `embedding` is (D,), `sentence_embeddings` (S, D), unit rows; None where not wanted."""

    user_id: str
    sentences: tuple[str, ...] = ()
    titles_read: int = 0
    embedding: np.ndarray | None = None
    sentence_embeddings: np.ndarray | None = None
    error: str | None = None
    history: tuple[Interaction, ...] = ()

    @property
    def profile(self) -> str | None:
        """One sentence a line, or None."""
        return "\n".join(self.sentences) if self.sentences else None


@dataclass(frozen=True)
class ShardReport:
    """What one shard came to."""

    shard: int
    users: int
    failed: int


LINE = pa.struct([
    ("title", pa.string()), ("rating", pa.float32()), ("kind", pa.string()), ("year", pa.int32()),
    ("creator", pa.string()), ("item_id", pa.string()),
])  # fmt: skip


def schema_of(dimension: int, histories: bool = False) -> pa.Schema:
    """The columns of a shard, D numbers an embedding."""
    history = [("history", pa.list_(LINE))] if histories else []
    vector = pa.list_(pa.float32(), dimension)
    return pa.schema(
        [
            pa.field("user_id", pa.string(), nullable=False),
            ("profile", pa.string()),
            ("sentences", pa.list_(pa.string())),
            ("embedding", vector),
            ("sentence_embeddings", pa.list_(vector)),
            ("titles_read", pa.int32()),
            ("error", pa.string()),
            ("profiler", pa.dictionary(pa.int32(), pa.string())),
            ("embedder", pa.dictionary(pa.int32(), pa.string())),
            *history,
        ]
    )


def result_path(out: Path, number: int) -> Path:
    """Where a shard's rows are."""
    return out / f"profiles-{number:05}.parquet"


def write_result(out: Path, number: int, users: Sequence[ProfiledUser], making: Making) -> ShardReport:
    """Put a shard in place, all at once."""
    schema = schema_of(making.dimension, making.histories)
    columns = [
        pa.array([user.user_id for user in users], pa.string()),
        pa.array([user.profile for user in users], pa.string()),
        pa.array([list(user.sentences) for user in users], pa.list_(pa.string())),
        _vectors([user.embedding for user in users], making.dimension),
        _vector_lists([user.sentence_embeddings for user in users], making.dimension),
        pa.array([user.titles_read for user in users], pa.int32()),
        pa.array([user.error for user in users], pa.string()),
        *(
            pa.array([name] * len(users), pa.string()).dictionary_encode()
            for name in (making.profiler, making.embedder)
        ),
    ]
    if making.histories:
        lines = [
            [{name: getattr(line, name) for name in LINE.names} for line in user.history] for user in users
        ]
        columns.append(pa.array(lines, schema.field("history").type))
    about = {"blue.making": making.model_dump_json(), "blue.format": f"{FORMAT} {SCHEMA_VERSION}"}
    table = pa.Table.from_arrays(columns, schema=schema).replace_schema_metadata(about)
    path = result_path(out, number)
    writer = f"{platform.node()}-{os.getpid()}"  # a worker that was given up may still be writing
    part = path.with_suffix(f".{writer}.part")
    pq.write_table(table, part, compression="zstd")
    os.replace(part, path)
    return ShardReport(number, len(users), sum(user.error is not None for user in users))


def _vectors(rows: Sequence[np.ndarray | None], dimension: int) -> pa.Array:
    filled = np.zeros((len(rows), dimension), np.float32)
    for position, row in enumerate(rows):
        if row is not None:
            filled[position] = row
    absent = pa.array([row is None for row in rows])
    return pa.FixedSizeListArray.from_arrays(pa.array(filled.ravel()), dimension, mask=absent)


def _vector_lists(rows: Sequence[np.ndarray | None], dimension: int) -> pa.Array:
    lists = [np.zeros((0, dimension), np.float32) if row is None else row for row in rows]
    offsets = np.concatenate([[0], np.cumsum([len(values) for values in lists])]).astype(np.int32)
    flat = np.concatenate(lists).astype(np.float32).ravel()
    values = pa.FixedSizeListArray.from_arrays(pa.array(flat), dimension)
    return pa.ListArray.from_arrays(pa.array(offsets), values)


def is_done(out: Path, number: int, plan: Plan) -> bool:
    """Whether a shard is there, readable, of this run, and has all of its users."""
    try:
        found = pq.read_metadata(result_path(out, number))
    except (OSError, pa.ArrowException):
        return False
    same = (found.metadata or {}).get(b"blue.making") == plan.making.model_dump_json().encode()
    return same and found.num_rows == plan.users_in(number)


def missing_shards(out: Path, plan: Plan) -> list[int]:
    """The shards that are still to be written."""
    return [number for number in range(plan.shards) if not is_done(out, number, plan)]


def read_manifest(out: Path) -> dict:
    """The manifest of a finished run; raises BulkError if it is damaged."""
    path = out / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BulkError(f"{path} is damaged ({error}). Name a new folder.") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise BulkError(f"{path} is not the manifest of profiles. Name a new folder.")
    return manifest


def finish(out: Path, plan: Plan) -> dict:
    """Check that every user has a row, write the manifest and drop the staged histories; returns it.

    Raises:
        BulkError: a shard is missing or holds other users than were staged.
    """
    if lost := missing_shards(out, plan):
        raise BulkError(f"{result_path(out, lost[0])} is missing or incomplete. Run the same command again.")
    reasons: Counter[str] = Counter()
    files = {}
    for number in range(plan.shards):
        path = result_path(out, number)
        errors = pq.read_table(path, columns=["error"]).column("error").drop_null().to_pylist()
        reasons.update(errors)
        files[path.name] = {"users": plan.users_in(number), "sha256": sha256_of(path)}
    if (out / WORK / REJECTED).is_file():
        os.replace(out / WORK / REJECTED, out / REJECTED)
    versions = ("numpy", "openvino-genai", "pyarrow", "torch")
    manifest = {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "users": plan.users,
        "profiled": plan.users - sum(reasons.values()),
        "failed": sum(reasons.values()),
        "reasons": dict(reasons.most_common()),
        "rejected_lines": plan.rejected,
        "rejected_reasons": dict(plan.rejected_reasons),
        "making": plan.making.model_dump(mode="json"),
        "versions": {name: metadata.version(name) for name in versions},
        "files": files,
    }
    write_whole(out / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    for path in (*out.glob("*.part"), *(out / WORK).glob("*.parquet"), *(out / WORK).glob("*.sqlite")):
        path.unlink()  # histories of people are not kept longer than they are needed
    return manifest
