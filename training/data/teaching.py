"""The teaching profiles: histories, and for each sentence of their profiles the lines that support it.

Their form is described beside them, in `training/assets/teaching/README.md`. The items come from the shipped
catalogue; a shop's items, which may not be passed on, from the reader's own copy of the data set.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from blue.datatypes import Interaction, Item
from blue.items import load_catalog
from training.data.loaders import load_all
from training.data.schema import Split, split_of

TEACHING = Path(__file__).resolve().parent.parent / "assets" / "teaching"
MARKED = TEACHING.with_name("marks.jsonl")  # drafts of sentences with readers' marks
WORKS = ("movies", "books", "visitors")  # kinds of profiles whose items the shipped catalogue has


@dataclass(frozen=True)
class Taught:
    """One sentence as a person would write it, and the places in the history (0-based) that support it."""

    text: str
    rows: tuple[int, ...]


@dataclass(frozen=True)
class TeachingProfile:
    """One history, oldest first, what is known of its items, and its profile."""

    name: str
    kind: str
    user: str
    history: tuple[Interaction, ...]
    items: Mapping[str, Item]
    sentences: tuple[Taught, ...]


def known_items(kinds: Collection[str], sources: Sequence[str]) -> dict[str, Mapping[str, Item]]:
    """Kind of profile -> item_id -> item: the catalogue for works, the shops in `--data` for products.

    Raises:
        SystemExit: a shop is not given.
    """
    found = dict.fromkeys(WORKS, load_catalog().by_id)
    found |= {name: dataset.items for name, dataset in load_all(sources).items()}
    if missing := sorted(set(kinds) - set(found)):
        raise SystemExit(f"The mixture needs {missing[0]!r}. Give it: --data {missing[0]}=DIR")
    return {kind: found[kind] for kind in kinds}


def read_teaching(
    paths: Iterable[Path], items: Mapping[str, Mapping[str, Item]], split: Split
) -> Iterator[TeachingProfile]:
    """The profiles of one split, of the kinds that `items` has, in the order of the files.

    Raises:
        SystemExit: a profile names an item that is not known.
    """
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record["kind"] in items and split_of(record["user"]) == split:
                yield _profile(record, items[record["kind"]])


def _profile(record: dict, items: Mapping[str, Item]) -> TeachingProfile:
    ids = record["item_ids"]
    if unknown := [name for name in ids if name not in items]:
        raise SystemExit(f"The teaching profile {record['id']} names {unknown[0]!r}, which no data has.")
    ratings = record["ratings"] or [None] * len(ids)
    return TeachingProfile(
        record["id"],
        record["kind"],
        record["user"],
        tuple(_interaction(items[name], stars) for name, stars in zip(ids, ratings, strict=True)),
        {name: items[name] for name in ids},
        tuple(
            Taught(taught["text"], tuple(sorted(row - 1 for row in taught["rows"])))
            for taught in record["sentences"]
        ),
    )


def _interaction(item: Item, rating: float | None) -> Interaction:
    return Interaction(item.title, rating, kind=item.kind, item_id=item.item_id)
