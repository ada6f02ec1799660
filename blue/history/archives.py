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
from datetime import datetime

from blue.datatypes import ParsedHistory
from blue.errors import HistoryError, WishListError
from blue.history.archive_members import Member, joined, short
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
    return joined(members)


def _read_members(archive: zipfile.ZipFile, now: datetime | None) -> Iterator[Member]:
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
        raise HistoryError(f"{short(info.filename)} in this archive unpacks to far more than an export does.")
    if len(content) > limit:
        raise HistoryError(
            f"{short(info.filename)} in this archive is larger than {limit / 2**20:.0f} MB unpacked. "
            "Unpack the archive, and choose the most recent part of the file inside."
        )
    return content


def _read_member(name: str, content: bytes, now: datetime | None, *, alone: bool) -> Member:
    try:
        document = Document(decode(content), name.rpartition("/")[2])
        importer, reading = read_document(document)
        if importer == "lines" or (importer in PLAIN and not alone):
            return Member(name)
        return Member(name, assemble(importer, reading, now))
    except WishListError as error:
        return Member(name, wishes=error.wish_list)
    except HistoryError as error:
        return Member(name, refusal=str(error))
