"""Anyone's file of items -> a catalogue folder that the app, the command line and the API serve.

files.py      a file -> rows           CSV, JSON lines, a JSON list, Parquet; plain or gzipped
columns.py    headers -> fields        by flags, and by guesses that are said
cells.py      a cell -> a value        lists of genres, years, counts
items.py      rows -> items            what cannot be used is counted, with line and reason
embedding.py  items -> embeddings      in pieces on the disk, so that a killed build goes on
building.py   all of it, in one function
"""

from blue.catalog.build.building import Build, BuildReport, build_catalog
from blue.catalog.build.columns import FIELDS, ColumnChoice

__all__ = ["FIELDS", "Build", "BuildReport", "ColumnChoice", "build_catalog"]
