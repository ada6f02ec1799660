"""What is being made, from what, with which models: OUT/work/plan.json, written when the users are staged.

The same command goes on with the shards that are missing; another one is refused before it mixes two models
in one folder.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from blue.errors import BlueError
from blue.items import Catalog
from blue.models import sha256_of, write_whole
from training.scale.cluster.staging import Staged, UsersInput, stage_users

WORK = "work"  # inside OUT, until everything is done
PLAN = "plan.json"
Embeddings = Literal["both", "profile", "none"]


class BulkError(BlueError):
    """A bulk run cannot start or go on: another one's folder, a lost shard, an untrained model."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileIdentity(_Frozen):
    """One input file."""

    name: str
    bytes: int
    sha256: str


class Making(_Frozen):
    """Everything that decides the result. Two runs with equal values write equal profiles."""

    inputs: tuple[FileIdentity, ...]
    hold_out: int  # last titles of every user that the profiler did not see
    users_a_shard: int
    profiler: str  # name, SHA-256 or revision of base and adapter, engine
    embedder: str  # name and SHA-256 of the weights
    dimension: int
    embeddings: Embeddings
    histories: bool = False  # whether what was read is written beside the profile
    prompt_version: str
    decoding: dict[str, float | int | list[str]]


class Plan(_Frozen):
    """A run: what is made, and the users that were staged for it."""

    making: Making
    users: int
    shards: int
    rejected: int
    rejected_reasons: tuple[tuple[str, int], ...]

    def users_in(self, number: int) -> int:
        """How many users a shard holds: all are full, save the last."""
        size = self.making.users_a_shard
        return min(size, self.users - number * size)


def identities(source: UsersInput) -> tuple[FileIdentity, ...]:
    """The input files by content."""
    return tuple(
        FileIdentity(name=path.name, bytes=path.stat().st_size, sha256=sha256_of(path))
        for path in source.files
    )


def load_or_stage(
    out: Path,
    making: Making,
    source: UsersInput,
    catalog: Callable[[], Catalog],
    progress: Callable[[int], None] = lambda users: None,
) -> Plan:
    """The plan of this folder, or a new one, its users staged; raises BulkError if it is another run's."""
    path = out / WORK / PLAN
    if path.is_file():
        plan = read_plan(out)
        require_same(out, plan.making, making)
        return plan
    staged = stage_users(
        source,
        out / WORK,
        users_a_shard=making.users_a_shard,
        hold_out=making.hold_out,
        catalog=catalog,
        progress=progress,
    )
    return _write(path, making, staged)


def read_plan(out: Path) -> Plan:
    """The plan of a folder; raises BulkError if it is damaged."""
    path = out / WORK / PLAN
    try:
        return Plan.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BulkError(
            f"{path} is damaged ({str(error)[:200]}). Delete {out / WORK} and start again."
        ) from error


def _write(path: Path, making: Making, staged: Staged) -> Plan:
    plan = Plan(
        making=making,
        users=staged.users,
        shards=staged.shards,
        rejected=staged.rejected,
        rejected_reasons=staged.reasons,
    )
    write_whole(path, plan.model_dump_json(indent=2) + "\n")
    return plan


def require_same(out: Path, before: Making, now: Making) -> None:
    """Raises BulkError, naming the first difference, unless two runs would write the same."""
    for name in Making.model_fields:
        old, new = getattr(before, name), getattr(now, name)
        if old != new:
            raise BulkError(
                f"{out} was begun with another value of {name} ({_short(old)}; now {_short(new)}). Use the "
                "same again to go on, or name a new folder."
            )


def _short(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{file.name} {file.sha256[:8]}" for file in value)
    return str(value)
