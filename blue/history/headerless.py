"""Delimited rows without a header: the columns are told by what they hold, if that is beyond doubt."""

import re
from collections.abc import Sequence

from blue.datatypes import SkippedRow
from blue.history.columns import DATE, RATING, TITLE, YEAR
from blue.history.dates import read_date
from blue.history.ratings import read_mark
from blue.history.records import Records
from blue.history.tables import iter_rows, to_records

_LOOK_AT = 50  # rows


def read_headerless(lines: tuple[str, ...]) -> Records | None:
    """Rows under the headers "title", "rating", "date", "year"; None unless just one column holds words.

    Two columns without quotes are left to the reader of plain lines, for "Dune, 5" is one.
    """
    for delimiter in (";", ","):
        rows = list(iter_rows(lines[:_LOOK_AT], 0, delimiter))
        if any(isinstance(row, SkippedRow) for row in rows):
            continue
        cells = [cells for _, cells in rows]
        if len(cells) < 2 or len({len(row) for row in cells}) != 1:
            continue
        if len(cells[0]) < 2 or (len(cells[0]) == 2 and '"' not in lines[0]):
            continue
        roles = [_role_of_cells(column) for column in zip(*cells, strict=True)]
        if roles.count(TITLE) == 1 and len(set(roles) - {TITLE, ""}) > 0:
            return to_records(roles, iter_rows(lines, 0, delimiter), lines, delimiter)
    return None


def _role_of_cells(cells: Sequence[str]) -> str:
    """The role of a column by its cells; "" if it is empty or merely counts the rows."""
    cells = [cell.strip() for cell in cells]
    filled = [cell for cell in cells if cell]
    if not filled or cells == [str(number) for number in range(1, len(cells) + 1)]:
        return ""
    for role, holds in ((YEAR, _is_year), (RATING, _is_rating), (DATE, read_date)):
        if all(holds(cell) for cell in filled):
            return role
    return TITLE


def _is_year(cell: str) -> bool:
    return re.fullmatch(r"(?:18|19|20)\d\d", cell) is not None


def _is_rating(cell: str) -> bool:
    try:
        mark = read_mark(cell)
    except ValueError:
        return False
    return mark is None or mark.value <= (mark.scale or 100)
