"""docs/formats.md, from the importers themselves: which columns of each format are read for what.

python -m blue.history.format_table                    # write docs/formats.md
"""

from pathlib import Path

from blue.history.entries import Importer
from blue.history.parsing import IMPORTERS, PLAIN

PAGE = Path(__file__).resolve().parents[2] / "docs" / "formats.md"
_HEAD = """\
# What histories can be read

Made by `python -m blue.history.format_table` from the importers: change those, not this page.

A file is told by its content: the columns that only one service writes, then what any table or JSON
says by the names of its columns. A ZIP is opened in memory and its members are read the same way;
nothing is unpacked to a disk.

- **Status.** What is to read, planned, wished for, followed or deleted is no history: it is kept
  apart as a wish list. What was given up is history; without a mark it is a weak dislike (2 of 5),
  and the page says so. What is begun counts once it has a mark, a date or some progress. A file
  that is a wish list as a whole is not read as a history: the ranking can be kept within it.
- **Dates.** Finished before last read before watched before rated before begun before added; never
  when an edition came out.
- **Marks.** Only the owner's, on the scale of the service where it has one, else on the one that
  the whole column speaks for. Marks of other people are never used.
- **Episodes** and seasons become their series; trailers and what ran for less than a minute are
  left out.
- **Refused**, in one line that says what it looks like: music (Spotify, Last.fm), video clips
  (YouTube), typed training files, tables of identifiers, web pages, program text, and tables
  without the names of their columns.

| format | read by | publicly known from |
|---|---|---|
"""


def page() -> str:
    """The page as Markdown."""
    known = [_row(importer) for importer in IMPORTERS if importer.name not in PLAIN]
    plain = [_row(importer) for importer in IMPORTERS if importer.name in PLAIN]
    return _HEAD + "\n".join((*sorted(known, key=str.casefold), *plain)) + "\n"


def _row(importer: Importer) -> str:
    return f"| {importer.label} | {importer.columns} | {importer.source} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
