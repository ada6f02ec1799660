"""How many of the catalogue's themes are true of their works, by a reading of themes drawn at random.

    python -m training.evaluate.tables.themes_read --sheet results/reading/themes.tsv --draw 200  # a new one
    python -m training.evaluate.tables.themes_read --sheet results/reading/themes.tsv             # its result

The sheet has a theme a line with its work; the reader writes right, wrong or unsure beside each. The one in
the repository was read by a language model from general knowledge, without sources. The interval is Wilson's
(1927): close to 1 the normal one would leave [0, 1]. An unsure theme counts as not right in the first figure
and is left out of the second.
"""

import csv
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from blue.errors import CatalogError
from blue.items import Catalog, load_catalog
from blue.people import wilson
from training.runs import parser_of

SEED = 24
COLUMNS = ("item_id", "title", "theme", "verdict")
VERDICTS = ("right", "wrong", "unsure")


def draw(catalog: Catalog, count: int) -> list[tuple[str, str, str]]:
    """(item id, title, theme) of themes drawn at random, each pair of a work and its theme alike."""
    pairs = [(item.item_id, item.title, theme) for item in catalog.items for theme in item.themes]
    return random.Random(SEED).sample(pairs, count)


def read_sheet(path: Path, catalog: Catalog) -> list[str]:
    """The verdicts of a sheet.

    Raises:
        CatalogError: a verdict is missing, or the catalogue no longer says so of the work.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for line, row in enumerate(rows, start=2):
        if row["verdict"] not in VERDICTS:
            raise CatalogError(f"{path}, line {line}: write {', '.join(VERDICTS)} into the column verdict.")
        if row["item_id"] not in catalog.by_id or row["theme"] not in catalog.by_id[row["item_id"]].themes:
            raise CatalogError(
                f"{path}, line {line}: the catalogue does not say {row['theme']!r} of {row['item_id']}. "
                "Draw a new sheet with --draw and read it."
            )
    return [row["verdict"] for row in rows]


def precision(verdicts: Sequence[str]) -> str:
    """The figures in a line."""
    counts = Counter(verdicts)
    sure = counts["right"] + counts["wrong"]
    (low, high), (low_sure, high_sure) = wilson(counts["right"], len(verdicts)), wilson(counts["right"], sure)
    said = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS)
    of_all = f"{counts['right'] / len(verdicts):.3f} [{low:.3f}, {high:.3f}]"
    of_sure = f"{counts['right'] / sure:.3f} [{low_sure:.3f}, {high_sure:.3f}]"
    return f"{len(verdicts)} themes: {said}; precision {of_all}, {of_sure} without the unsure ones"


def main() -> None:
    """Draw a sheet, or print what one says."""
    parser = parser_of(__doc__)
    parser.add_argument("--sheet", type=Path, required=True)
    parser.add_argument("--draw", type=int, metavar="N", help="write a new sheet of so many themes")
    options = parser.parse_args()
    catalog = load_catalog()
    if not options.draw:
        print(precision(read_sheet(options.sheet, catalog)))
        return
    with options.sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((*row, "") for row in draw(catalog, options.draw))


if __name__ == "__main__":
    main()
