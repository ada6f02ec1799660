"""Which data a run was trained on, in OUT/sources.json: names and kinds, and the licence of each kind.

A run's `--data` says it; the folders are of no use to others and are not kept.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from training.data.folders import DataFolder, data_folders

FILE = "sources.json"
LICENCES = {  # kind of source -> what may be done with it
    "movielens": "GroupLens terms: research, not for commercial use; redistribution under the same terms",
    "books": "goodbooks-10k (CC BY-SA 4.0) with DBpedia (CC BY-SA); the readers are assembled, not real",
    "benchmark": "a published research benchmark without a stated licence: for research",
    "prepared": "the terms of the raw files it was prepared from",
}
UNSTATED = "not stated"
RESTRICTING = {"movielens", "benchmark"}
ASSEMBLED = {  # data sets that training adds by itself -> their kind; the teaching profiles' histories too
    "books": "books", "mixed": "books", "visitors": "books", "movies": "movielens",
}  # fmt: skip


@dataclass(frozen=True)
class Source:
    """One data set of a run."""

    name: str
    kind: str
    licence: str

    @property
    def restricts(self) -> bool:
        """Whether its terms may bind what was trained on it."""
        return self.kind in RESTRICTING or self.licence == UNSTATED


def note_sources(arguments: Sequence[str], out: Path) -> None:
    """Write OUT/sources.json for these values of `--data`, [NAME=]DIR."""
    rows = [{"name": source.name, "kind": _stated_kind(source)} for source in data_folders(arguments)]
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _stated_kind(source: DataFolder) -> str:
    """What the data are: of a prepared folder what it was prepared from, where that binds who uses it."""
    manifest = source.folder / "manifest.json"
    if source.kind != "prepared" or not manifest.is_file():
        return source.kind
    raw = json.loads(manifest.read_text("utf-8")).get("source")
    return raw if raw in RESTRICTING else source.kind


def read_sources(run: Path, mixture: Sequence[str], stated: Sequence[str] = ()) -> tuple[Source, ...]:
    """The data sets of a run's mixture; `stated` are NAME=LICENCE of the person who publishes.

    What neither the run nor the person says is called unstated, not guessed.
    """
    path = run / FILE
    kinds = {row["name"]: row["kind"] for row in json.loads(path.read_text())} if path.is_file() else {}
    told = dict(pair.partition("=")[::2] for pair in stated)
    names = dict.fromkeys([*mixture, *kinds, *told])
    found = []
    for name in names:
        kind = kinds.get(name) or ASSEMBLED.get(name, "unstated")
        found.append(Source(name, kind, told.get(name) or LICENCES.get(kind, UNSTATED)))
    return tuple(found)


def as_records(sources: Sequence[Source]) -> list[dict]:
    """For a file that is published."""
    return [asdict(source) for source in sources]
