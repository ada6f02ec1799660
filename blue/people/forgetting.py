"""Remove a person from everything that is kept of a folder, with a receipt; resumable after a kill.

FOLDER/forgetting.json says who is being removed and from what, from before the first file is touched until
after the last: while it is there the folder is not opened, and the same command goes on. A shard is rewritten
under another name and renamed. FOLDER/receipts.jsonl keeps the receipts; of the id they hold a salted SHA-256
and not the salt, which is handed out once: only who has both can tell whose receipt it is.
"""

import hashlib
import json
import os
import secrets
import shutil
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from filelock import FileLock

from blue.errors import PeopleError
from blue.models import cache_folder, sha256_of, write_whole
from blue.people import corrections
from blue.people.shards import MANIFEST, PENDING, read_manifest, shard_files

RECEIPTS = "receipts.jsonl"
REJECTED = "rejected.parquet"  # lines of the input that gave no user


@dataclass(frozen=True)
class Receipt:
    """What was removed."""

    removed: str  # when it began, ISO 8601
    person: str  # SHA-256 of salt and id
    files: tuple[str, ...]  # that held the person
    corrections: int  # proposals for the person
    salt: str


def forget(folder: Path, user_id: str | None = None) -> list[Receipt]:
    """Finish what was interrupted, then remove this person; a receipt for each removal.

    Raises:
        PeopleError: the folder is none of people, or nobody has this id.
    """
    folder = Path(folder).expanduser()
    read_manifest(folder)
    with FileLock(folder / f"{PENDING}.lock"):
        pending, finished = folder / PENDING, None
        receipts = []
        if pending.exists():
            finished = json.loads(pending.read_text(encoding="utf-8"))["user_id"]
            receipts.append(_finish(folder))
        if user_id is not None and user_id != finished:
            _begin(folder, user_id)
            receipts.append(_finish(folder))
    return receipts


def _begin(folder: Path, user_id: str) -> None:
    """Write down what is to be done, before anything is."""
    files = [*shard_files(folder), *(file for file in (folder / REJECTED,) if file.exists())]
    holding = [file.name for file in files if _holds(file, user_id)]
    proposals = sum(proposal.user_id == user_id for proposal in corrections.read(folder))
    if not holding and not proposals:
        raise PeopleError("Nobody here has this id. Write the whole id, as the table has it.")
    salt = secrets.token_hex(16)
    receipt = Receipt(
        datetime.now(UTC).isoformat(timespec="seconds"),
        hashlib.sha256(f"{salt}{user_id}".encode()).hexdigest(),
        tuple(holding),
        proposals,
        salt,
    )
    write_whole(folder / PENDING, json.dumps({"user_id": user_id, "receipt": asdict(receipt)}))


def _finish(folder: Path) -> Receipt:
    """Every step may have been done already: doing it again changes nothing."""
    pending = json.loads((folder / PENDING).read_text(encoding="utf-8"))
    user_id, receipt = pending["user_id"], Receipt(**pending["receipt"])
    for name in receipt.files:
        _rewrite(folder / name, user_id)
    corrections.withdraw(folder, user_id)
    _drop_caches(user_id)
    _update_manifest(folder)
    _keep(folder / RECEIPTS, receipt)
    (folder / PENDING).unlink()
    return Receipt(**asdict(receipt) | {"files": tuple(receipt.files)})


def _holds(file: Path, user_id: str) -> bool:
    return bool(pl.scan_parquet(file).select((pl.col("user_id") == user_id).any()).collect().item())


def _rewrite(file: Path, user_id: str) -> None:
    if not _holds(file, user_id):
        return
    about = {
        name: value for name, value in pl.read_parquet_metadata(file).items() if name.startswith("blue.")
    }
    part = file.with_suffix(".part")
    kept = pl.read_parquet(file).filter(pl.col("user_id").is_null() | (pl.col("user_id") != user_id))
    kept.write_parquet(part, metadata=about)
    os.replace(part, file)


def _drop_caches(user_id: str) -> None:
    """Whatever was derived from files that held the person; it is built again from those that do not."""
    for people in (cache_folder() / "people").glob("*/people.parquet"):
        if _holds(people, user_id):
            shutil.rmtree(people.parent)


def _update_manifest(folder: Path) -> None:
    manifest = read_manifest(folder)
    reasons: Counter[str] = Counter()
    users = 0
    for name in manifest["files"]:
        errors = pl.read_parquet(folder / name, columns=["error"])["error"]
        manifest["files"][name] = {"users": len(errors), "sha256": sha256_of(folder / name)}
        reasons.update(errors.drop_nulls().to_list())
        users += len(errors)
    failed = reasons.total()
    manifest |= {"users": users, "profiled": users - failed, "failed": failed}
    manifest["reasons"] = dict(reasons.most_common())
    write_whole(folder / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def _keep(file: Path, receipt: Receipt) -> None:
    """A line more, without the salt, unless a run that was killed has written it."""
    kept = file.read_text(encoding="utf-8") if file.exists() else ""
    if receipt.person not in kept:
        line = {name: value for name, value in asdict(receipt).items() if name != "salt"}
        write_whole(file, f"{kept}{json.dumps(line)}\n")
