"""Plain lines: one title a line, with a rating, a year or a date in any usual notation.

    Dune (1984) | 4 | 2021-03-01      fields after a bar or a tab, in any order
    1. Heat (1995) - 5 stars          numbers and bullets in front are dropped
    Alien: 4/5, Solaris ★★★★½         a notation that names its scale needs no bar
    Ran - 4                           a bare number, if at least half of the lines end in one
    # a comment

A backslash before punctuation takes its meaning away: `\\#Alive | 4`. `writing` uses that.
"""

import re

from blue.datatypes import SkippedRow
from blue.history.dates import read_date
from blue.history.documents import Document
from blue.history.entries import Entry, Importer, Reading, clean_title, skip, title_problem
from blue.history.ratings import RATING_AT_END, STARS_AT_START, read_mark
from blue.history.records import MAX_ROWS, too_many_rows
from blue.history.statuses import is_wish_list_name

RATING_ADVICE = "Write 'title | 1-5', e.g. 'Dune | 5'."
_TAIL = 60  # characters in which a rating at the end of a line is looked for: keeps every search short
ESCAPABLE = '\\|#.()[]"“”-*+•·–—‣▪●○☐☑✓✔'
# Escaped characters pass through the patterns as the non-characters U+FDD0..., which decoding took out.
_HIDDEN = {character: chr(0xFDD0 + i) for i, character in enumerate(ESCAPABLE)}
_REVEAL = str.maketrans({hidden: character for character, hidden in _HIDDEN.items()})
_CHAT_TOKEN = re.compile(r"<\|[^|\s]{1,40}\|>")  # its bars belong to the title that holds it
_ESCAPE = re.compile(rf"\\([{re.escape(ESCAPABLE)}])")
_BULLET = re.compile(r"(?:[-*+•·–—‣▪●○☐☑✓✔]\s+(?:\[[ xX]?\]\s+)?|\d{1,5}[.)]\s+)")
_MAX_CHARACTERS = 5_000  # of one line, before it is taken apart
_DAY_FIRST = re.compile(r"\[?(\d{4}-\d\d-\d\d)\]?[\s:,–-]+(?=\S)")  # "2021-03-04 Heat 4/5"
_RULER = re.compile(r"[-=_*~—–]{3,}")
_BARE_AT_END = re.compile(r"(?:[:;,=]|\s[-–—])\s*(?P<rating>[+-]?\d{1,3}(?:[.,]\d{1,2})?)$")
_SEPARATORS = " \t:;,=-–—"
_YEAR_FIELD = re.compile(r"\(?(\d{4})\)?")
_YEAR_AT_END = re.compile(r"\s*\((-\d{1,4}|\d{4})(?:\s?[-–]\s?(?:\d{4})?)?\)$")


def split_year(title: str) -> tuple[str, int | None]:
    """ "Dune (1984)" -> ("Dune", 1984); of a range the first year; a title without one stays as it is."""
    match = _YEAR_AT_END.search(title[-20:]) if title.endswith(")") else None
    if match is None or len(match[0]) == len(title) or int(match[1]) > 2100:
        return title, None
    return title[: -len(match[0])], int(match[1])


def read_line(number: int, line: str, *, bare_number: bool = False) -> Entry | SkippedRow | None:
    """One line -> its entry, why it is skipped, or None for a blank, a comment or a ruler.

    With `bare_number`, a number at the end after a separator ("Ran - 4") is a rating, not part of the title.
    """
    text = line.strip()
    if not text or text.startswith("#") or _RULER.fullmatch(text):
        return None
    if len(text) > _MAX_CHARACTERS:
        return skip(number, text, f"The line has {len(text):,} characters. {RATING_ADVICE}")
    hidden = _ESCAPE.sub(lambda match: _HIDDEN[match[1]], text)
    hidden = _CHAT_TOKEN.sub(lambda match: match[0].replace("|", _HIDDEN["|"]), hidden)
    title, *fields = re.split(r"[|\t]", hidden)
    found = {"rating": "", "date": "", "year": ""}
    for field in filter(None, map(str.strip, fields)):
        role = _role_of_field(field)
        if role is None and found["rating"]:
            continue  # a remark behind the rating
        if role is None or found[role]:
            return skip(number, text, f"{field.translate(_REVEAL)[:40]!r} is not a rating. {RATING_ADVICE}")
        found[role] = field
    title = _strip_bullet(title.strip())
    if (day := _DAY_FIRST.match(title)) and not found["date"]:
        found["date"], title = day[1], title[day.end() :]
    if not fields and title.endswith(":"):
        return skip(number, text, f"It ends with a colon, like a heading. {RATING_ADVICE}")
    if not fields:
        title, found["rating"] = _split_rating(title, bare_number)
    title, year = split_year(_strip_quotes(clean_line(title)))
    title = clean_title(title.translate(_REVEAL))
    if problem := title_problem(title):
        return skip(number, text, f"{problem} {RATING_ADVICE}")
    if found["year"]:
        year = int(_YEAR_FIELD.fullmatch(found["year"])[1])
    return Entry(number, text, title, found["rating"], found["date"], year=year)


def clean_line(text: str) -> str:
    """Whitespace collapsed, as in `clean_title`, but with hidden characters left for later."""
    return " ".join(text.split())


def _role_of_field(field: str) -> str | None:
    year = _YEAR_FIELD.fullmatch(field)
    if year and int(year[1]) <= 2100:
        return "year"
    try:
        read_mark(field)
    except ValueError:
        return "date" if read_date(field) else None
    return "rating"


def _strip_bullet(title: str) -> str:
    match = _BULLET.match(title)
    return title[match.end() :] if match and match.end() < len(title) else title


def _strip_quotes(title: str) -> str:
    quoted = len(title) > 2 and (title[0], title[-1]) in (('"', '"'), ("“", "”"))
    return title[1:-1].strip() if quoted and title[0] not in title[1:-1] else title


def _split_rating(title: str, bare_number: bool) -> tuple[str, str]:
    """A title with a rating beside it -> both; a title that is nothing but a rating ("3%") stays a title."""
    if match := STARS_AT_START.match(title):
        return title[match.end() :].lstrip(_SEPARATORS), match["rating"]
    tail = title[-_TAIL:]
    match = RATING_AT_END.search(tail) or (_BARE_AT_END.search(tail) if bare_number else None)
    if match is None:
        return title, ""
    rest = title[: len(title) - len(tail) + match.start()].rstrip(_SEPARATORS)
    return (rest, match["rating"]) if rest else (title, "")


def _most_end_in_number(lines: tuple[str, ...]) -> bool:
    """Whether at least half of the lines end like "Ran - 4": then "District: 9" is taken for a rating too."""
    candidates = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    ending = sum(_BARE_AT_END.search(line[-_TAIL:]) is not None for line in candidates)
    return 2 * ending >= len(candidates) > 0


def _read(document: Document) -> Reading:
    bare_number = _most_end_in_number(document.lines)
    entries: list[Entry] = []
    skipped: list[SkippedRow] = []
    for number, line in enumerate(document.lines, start=1):
        row = read_line(number, line, bare_number=bare_number)
        if isinstance(row, Entry):
            entries.append(row)
        elif row is not None:
            skipped.append(row)
        if len(entries) + len(skipped) > MAX_ROWS:
            raise too_many_rows()
    if is_wish_list_name(document.filename) and not any(entry.rating or entry.date for entry in entries):
        return Reading((), tuple(skipped), wishes=tuple(entries))
    return Reading(tuple(entries), tuple(skipped), rating_advice=RATING_ADVICE)


IMPORTER = Importer(
    "lines",
    "plain lines",
    lambda document: True,
    _read,
    "one title a line: `Dune (1984) \\| 4 \\| 2021-03-01`, `Heat - 5 stars`, `Solaris ★★★★½`, `Ran - 4`",
)
