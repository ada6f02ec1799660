"""Corrections that analysts propose: FOLDER/corrections.parquet, beside the profiles and never over them.

One row a proposal: when, by whom, for whom, the sentences as they were and as they should be.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
from filelock import FileLock

from blue.errors import PeopleError
from blue.people.store import Person
from blue.profile import parse_profile

FILE = "corrections.parquet"
_SCHEMA = {
    "proposed": pl.String,  # ISO 8601, UTC
    "by": pl.String,
    "user_id": pl.String,
    "profiler": pl.String,
    "before": pl.List(pl.String),
    "after": pl.List(pl.String),
}


@dataclass(frozen=True)
class Correction:
    """One proposal."""

    proposed: str
    by: str
    user_id: str
    profiler: str  # that wrote what is corrected
    before: tuple[str, ...]
    after: tuple[str, ...]


def propose(folder: Path, person: Person, text: str, by: str) -> Correction:
    """Keep a corrected profile as a proposal.

    Raises:
        ProfileError: the text is no profile (empty, too long, more than five sentences).
        PeopleError: it says what the profile says already.
    """
    after = tuple(sentence.text for sentence in parse_profile(text).sentences)
    if after == person.sentences:
        raise PeopleError("Nothing is changed. Edit the sentences, then propose.")
    now = datetime.now(UTC).isoformat(timespec="seconds")
    made = Correction(now, by, person.user_id, person.profiler, person.sentences, after)
    with FileLock(folder / f"{FILE}.lock"):
        _write(folder, [*read(folder), made])
    return made


def read(folder: Path) -> list[Correction]:
    """All proposals, oldest first; PeopleError if the file cannot be read."""
    file = folder / FILE
    if not file.exists():
        return []
    try:
        rows = pl.read_parquet(file, columns=list(_SCHEMA)).to_dicts()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise PeopleError(f"{file} is damaged. Put a copy of it back, or take it away.") from error
    return [Correction(**row | {name: tuple(row[name]) for name in ("before", "after")}) for row in rows]


def withdraw(folder: Path, user_id: str) -> int:
    """Drop everything that was proposed for a person; returns how many proposals that were."""
    with FileLock(folder / f"{FILE}.lock"):
        there = read(folder)
        kept = [proposal for proposal in there if proposal.user_id != user_id]
        if len(kept) < len(there):
            _write(folder, kept)
    return len(there) - len(kept)


def _write(folder: Path, corrections: Sequence[Correction]) -> None:
    part = folder / f"{FILE}.part"
    pl.DataFrame([vars(proposal) for proposal in corrections], schema=_SCHEMA).write_parquet(part)
    os.replace(part, folder / FILE)
