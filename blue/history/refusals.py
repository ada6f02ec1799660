"""Sources that are no history of films, series, books, games or products: one line says what each looks like.

A text is plain lines only if most of its lines look like titles; anything else that no importer knows is
refused, for a profile written from markup or from a stranger's numbers is worse than none.
"""

import csv
import re
from collections.abc import Sequence

from blue.errors import HistoryError
from blue.history.columns import fold_header
from blue.history.documents import LINES_HEADING, Document
from blue.history.records import Records

_MUSIC = (
    "This is a history of music ({what}); films, series, books, games and products can be read. Bring "
    "what you watched or read, e.g. from Letterboxd, Goodreads or Netflix."
)
_CLIPS = (
    "This is a history of video clips (YouTube), which no film or book matches. Bring what you watched "
    "as films and series, e.g. from Letterboxd, Trakt or Netflix."
)
_MUSIC_HEADERS = (
    (("master metadata track name",), "Spotify"),
    (("track name", "artist name"), "Spotify"),
    (("artist", "track"), "Last.fm"),
    (("artist name", "song name"), "Apple Music"),
    (("track metadata", "listened at"), "ListenBrainz"),
    (("artist", "album", "song"), "songs"),
)
_TYPED = re.compile(r"\w+:(?:token|float|token_seq|float_seq)(?:[\t ,]|$)")
_SCROBBLE_TIME = re.compile(r"\d{1,2} [A-Z][a-z]{2} \d{4},? \d\d:\d\d")
_LOOK_AT = 200  # lines
_TAG = re.compile(r"</?[A-Za-z][^>]*>")
_CODE = re.compile(
    r"^(?:import |from \w+ import |def |class |function |const |let |var |#include|SELECT |INSERT )|[{};]$"
)
_KEY_VALUE = re.compile(r"""^["']?[\w.-]{1,40}["']?\s*[:=]\s*["'{\[]""")
_LINK = re.compile(r"https?://\S+$")


def refuse(document: Document) -> None:
    """Say what a source is that cannot be a history; nothing where it may be one.

    Raises:
        HistoryError: it is one of music or of clips, or typed training data.
    """
    if document.text.startswith(LINES_HEADING):
        return
    if _TYPED.match(document.text.lstrip()):
        raise HistoryError(
            "This is a training file of ids with typed columns (RecBole's .inter), without titles. "
            "Bring a file whose rows name their titles."
        )
    if document.records is not None:
        _refuse_records(document.records)


def _refuse_records(records: Records) -> None:
    for headers, what in _MUSIC_HEADERS:
        if records.has(*headers):
            raise HistoryError(_MUSIC.format(what=what))
    if (records.has("products") and records.has("title url")) or records.has("header", "title", "products"):
        if any(
            "youtube" in str(record.fields.get("header", "")).casefold() for record in records.records[:100]
        ):
            raise HistoryError(_CLIPS)
        raise HistoryError(
            "This is Google's log of activity, not a history of titles. Bring an export with titles."
        )


def refuse_lines(lines: Sequence[str]) -> None:
    """Plain lines must mostly look like titles; HistoryError names what they look like instead."""
    if lines[0].startswith(LINES_HEADING):
        return
    filled = [text for line in lines if (text := line.strip()) and not text.startswith("#")][:_LOOK_AT]
    if len(filled) < 2:
        return
    checks = (
        (_is_tag, "markup (tags such as {!r}). Export your data as CSV or JSON, or paste one title a line."),
        (_is_link, "addresses. Write the titles instead, one a line."),
        (_is_code, "program text or settings. Write one title a line, e.g. 'Dune | 5'."),
        (_is_number, "numbers without titles. Bring a file whose rows name their titles."),
    )
    for looks, what in checks:
        if 2 * sum(map(looks, filled)) > len(filled):
            raise HistoryError("These lines are " + what.format(filled[0][:30]))
    if cells := _table_without_names(filled):
        names = {fold_header(cell) for cell in cells}
        for headers, what in _MUSIC_HEADERS:
            if names.issuperset(headers):
                raise HistoryError(_MUSIC.format(what=what))
        if any(_SCROBBLE_TIME.fullmatch(cell.strip()) for cell in cells):
            raise HistoryError(_MUSIC.format(what="scrobbles without a header"))
        raise HistoryError(
            f"These rows have {len(cells)} columns without names, so nothing says which are titles. Put "
            "a first line above them that names the columns, e.g. 'title,rating,date'."
        )


def _table_without_names(filled: Sequence[str]) -> list[str] | None:
    """The first row's cells, if all rows have the same three or more and the first two are no sentence."""
    for delimiter in (",", ";", "\t"):
        rows = list(csv.reader(filled, delimiter=delimiter, skipinitialspace=delimiter == ","))
        widths = {len(row) for row in rows}
        if len(rows) > 1 and len(widths) == 1 and widths.pop() >= (3 if delimiter != "\t" else 4):
            return rows[0]
    return None


def _is_tag(line: str) -> bool:
    return line.startswith("<") and line.endswith(">") and _TAG.match(line) is not None


def _is_link(line: str) -> bool:
    return _LINK.match(line) is not None


def _is_code(line: str) -> bool:
    return _CODE.search(line) is not None or _KEY_VALUE.match(line) is not None


def _is_number(line: str) -> bool:
    """A row of ids: no letters, and more than one number."""
    return not any(character.isalpha() for character in line) and len(re.findall(r"\d+", line)) > 1
