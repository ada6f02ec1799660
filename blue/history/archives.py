"""A service's ZIP, opened in memory: its members are read like files of their own and joined to one history.

Nothing is written to a disk, no name in the archive is used as a path, and no member is unpacked beyond what
its limits allow, whatever sizes the archive claims.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from blue.datatypes import Interaction, ParsedHistory
from blue.errors import HistoryError, WishListError
from blue.history.assembly import assemble
from blue.history.decoding import MAX_BYTES, SAVE_AS_CSV, decode
from blue.history.documents import Document
from blue.history.parsing import PLAIN, read_document

MAX_MEMBERS = 2_000
MAX_RATIO = 200  # unpacked over packed; JSON of an export has 50, a bomb a thousand
MAX_UNPACKED = 40 * 1024 * 1024  # bytes of all members together
_TEXT = re.compile(r"[^/]\.(?:csv|tsv|txt|json|jsonl|xml)$", re.IGNORECASE)
_ASIDE = re.compile(r"(?:^|/)(?:__MACOSX|deleted|orphaned|lists|likes)/|(?:^|/)\._", re.IGNORECASE)
_OFFICE = {"xl/": "an Excel file", "word/": "a Word file"}
# Of two dates or marks of one title the first wins: a day of watching before a day of rating.
_ORDER = ("diary", "review", "history", "viewing", "tracking", "seen", "watched", "rating")
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, NotImplementedError, EOFError, OSError, ValueError)
_LISTED = 8  # members named in a note


@dataclass(frozen=True)
class _Member:
    """One file of the archive: what it was read as, or why it was not."""

    name: str
    parsed: ParsedHistory | None = None
    wishes: tuple[Interaction, ...] = ()
    refusal: str = ""


def read_archive(source: bytes, now: datetime | None = None) -> ParsedHistory:
    """A ZIP -> one history from the members that are one, and a note on what was read and what was not.

    Raises:
        HistoryError: it is broken, protected, too large when unpacked, or holds no history.
        WishListError: it holds wish lists only.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            members = list(_read_members(archive, now))
    except _BROKEN as error:
        raise HistoryError(f"This zip archive is broken ({str(error)[:80]}). Download it again.") from None
    return _joined(members)


def _read_members(archive: zipfile.ZipFile, now: datetime | None) -> Iterator[_Member]:
    names = archive.namelist()
    for folder, what in _OFFICE.items():
        if any(name.startswith(folder) for name in names):
            raise HistoryError(f"This is {what}, not text. {SAVE_AS_CSV}")
    if len(names) > MAX_MEMBERS:
        raise HistoryError(
            f"This archive has {len(names):,} files; at most {MAX_MEMBERS:,} can be looked at."
        )
    infos = [
        info
        for info in archive.infolist()
        if _TEXT.search(info.filename) and not _ASIDE.search(info.filename)
    ]
    left = MAX_UNPACKED
    for info in sorted(infos, key=_rank):
        content = _unpacked(archive, info, left)
        left -= len(content)
        yield _read_member(info.filename, content, now, alone=len(infos) == 1)


def _rank(info: zipfile.ZipInfo) -> int:
    name = info.filename.casefold()
    return next((rank for rank, word in enumerate(_ORDER) if word in name), len(_ORDER))


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    """The bytes of a member; HistoryError beyond a limit, before more than the limit was unpacked."""
    if info.flag_bits & 1:
        raise HistoryError("This archive is protected by a password. Unpack it, and choose the file inside.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise HistoryError("This archive is packed in an unusual way. Unpack it, and choose the file inside.")
    limit = min(MAX_BYTES, left)
    with archive.open(info) as packed:
        content = packed.read(limit + 1)
    if len(content) > MAX_RATIO * max(info.compress_size, 1_000):
        raise HistoryError(
            f"{_short(info.filename)} in this archive unpacks to far more than an export does."
        )
    if len(content) > limit:
        raise HistoryError(
            f"{_short(info.filename)} in this archive is larger than {limit / 2**20:.0f} MB unpacked. "
            "Unpack the archive, and choose the most recent part of the file inside."
        )
    return content


def _read_member(name: str, content: bytes, now: datetime | None, *, alone: bool) -> _Member:
    try:
        document = Document(decode(content), name.rpartition("/")[2])
        importer, reading = read_document(document)
        if importer == "lines" or (importer in PLAIN and not alone):
            return _Member(name)
        return _Member(name, assemble(importer, reading, now))
    except WishListError as error:
        return _Member(name, wishes=error.wish_list)
    except HistoryError as error:
        return _Member(name, refusal=str(error))


def _joined(members: list[_Member]) -> ParsedHistory:
    read = [member for member in members if member.parsed]
    wishes = [
        wish
        for member in members
        for wish in (*member.wishes, *(member.parsed.wish_list if member.parsed else ()))
    ]
    if not read and wishes:
        raise WishListError(
            f"This archive holds a wish list ({len(wishes):,} titles), not a history.", tuple(wishes)
        )
    if not read:
        raise HistoryError(_nothing_known(members))
    interactions = _merged([member.parsed for member in read])
    main = max(read, key=lambda member: len(member.parsed.interactions)).parsed
    known = {interaction.title.casefold() for interaction in interactions}
    skipped = tuple(
        replace(row, reason=f"{_short(member.name)}: {row.reason}")
        for member in read
        for row in member.parsed.skipped
    )
    notes = (_about(members), *dict.fromkeys(note for member in read for note in member.parsed.notes))
    wished = tuple(one for one in wishes if one.title.casefold() not in known)
    return ParsedHistory(main.format, interactions, skipped, notes, wished)


def _nothing_known(members: list[_Member]) -> str:
    refusals = [member.refusal for member in members if member.refusal]
    if told := next((refusal for refusal in refusals if refusal.startswith("This is a history of")), ""):
        return told
    names = ", ".join(_short(member.name) for member in members[:_LISTED]) or "no text"
    return f"This zip archive holds no history that is known, only {names}. {' '.join(refusals[:1])}".strip()


def _about(members: list[_Member]) -> str:
    read = [
        f"{_short(member.name)} ({len(member.parsed.interactions):,})" for member in members if member.parsed
    ]
    wished = [
        f"{_short(member.name)} (a wish list of {len(member.wishes):,})"
        for member in members
        if member.wishes
    ]
    others = [_short(member.name) for member in members if not member.parsed and not member.wishes]
    left = ", ".join([*wished, *others][:_LISTED])
    more = len(wished) + len(others) - _LISTED
    tail = f" Not read: {left}{f' and {more} more' if more > 0 else ''}." if left else ""
    return f"From the archive: {', '.join(read[:_LISTED])}.{tail}"


def _merged(parts: list[ParsedHistory]) -> tuple[Interaction, ...]:
    """One interaction a title, oldest first; two rows agree if neither year nor kind speaks against it."""
    merged: dict[str, list[Interaction]] = {}
    for part in parts:
        for interaction in part.interactions:
            same = merged.setdefault(interaction.title.casefold(), [])
            at = next((i for i, other in enumerate(same) if _agree(interaction, other)), None)
            if at is None:
                same.append(interaction)
            else:
                same[at] = _both(same[at], interaction)
    found = [one for same in merged.values() for one in same]
    return tuple(sorted(found, key=lambda one: one.time or datetime.min))


def _agree(one: Interaction, other: Interaction) -> bool:
    return all(
        None in (mine, theirs) or mine == theirs
        for mine, theirs in ((one.year, other.year), (one.kind, other.kind))
    )


def _both(first: Interaction, second: Interaction) -> Interaction:
    """Two rows of one title; the mark is that of the ratings, which come last."""
    return replace(
        first,
        rating=first.rating if second.rating is None else second.rating,
        time=first.time or second.time,
        kind=first.kind or second.kind,
        year=first.year if first.year is not None else second.year,
        watches=max(first.watches or 0, second.watches or 0) or None,
    )


def _short(name: str) -> str:
    return name.rpartition("/")[2][:60]
