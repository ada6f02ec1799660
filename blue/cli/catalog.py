"""`python -m blue catalog build | check`: a catalogue from anyone's items, and its check."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from blue.cli.arguments import Progress, as_json
from blue.errors import CatalogError

if TYPE_CHECKING:
    from blue.catalog import BuildReport, ColumnChoice
    from blue.retrieval import LoadedEncoder

_FIELDS = {  # field -> what its column holds
    "id": "an id for each item (default: made from title, kind, year and creator)",
    "title": "the titles",
    "kind": "what an item is (film, book, lipstick): a few values, one choice of the page each",
    "year": "a year or a date",
    "creator": "author, director or brand",
    "series": "the series or product line it belongs to",
    "genres": "genres or categories: a list, parted by | ; or commas, or a path (Tea > Green)",
    "tags": "keywords",
    "description": "a description; its first 400 characters are embedded",
    "popularity": "how often it was taken or rated (default: the rows of the item are counted)",
    "aliases": "other titles it goes by",
}
_LINES_EVERY = 5  # seconds between two lines of progress where there is no terminal
_SHOWN_REASONS = 5


def register(commands: "argparse._SubParsersAction") -> None:
    """Add `catalog` to the command line."""
    catalog = commands.add_parser("catalog", help="build a catalogue from your own items, or check one")
    parts = catalog.add_subparsers(required=True, metavar="build | check")
    _add_build(parts)
    check = parts.add_parser(
        "check",
        help="is this folder a whole catalogue?",
        description="Check every file of a catalogue folder against its manifest.",
    )
    check.add_argument("folder", metavar="DIR", type=Path)
    check.add_argument("--json", action="store_true", help="print the manifest")
    check.set_defaults(command=_check)


def _add_build(parts: "argparse._SubParsersAction") -> None:
    build = parts.add_parser(
        "build",
        help="items.csv -> a folder that the app serves",
        description="Build a catalogue and its index from a file of items: CSV, JSON lines, a JSON list or "
        "Parquet. After an interruption, the same command goes on where it was.",
        epilog="Example: python -m blue catalog build items.csv --out my-catalog --title 'Product name'. "
        "Then: python app.py --catalog my-catalog",
    )
    build.add_argument("file", metavar="FILE", type=Path, help="the items, or reviews that name them")
    build.add_argument("--out", metavar="DIR", type=Path, required=True, help="folder to write")
    columns = build.add_argument_group(
        "columns",
        "Which column holds what. What is not said is guessed; the guess is printed. '' is none.",
    )
    for name, what in _FIELDS.items():
        columns.add_argument(f"--{name}", metavar="COLUMN", help=what)
    build.add_argument("--default-kind", default="product", metavar="WORD", help="kind of rows without one")
    build.add_argument("--name", default="", help="what the catalogue is called (default: the folder's name)")
    build.add_argument("--licence", default="", help="on what terms the data may be used; shown in the app")
    _add_embedder(build)
    build.add_argument("--dry-run", action="store_true", help="read and report; embed and write nothing")
    build.add_argument("--json", action="store_true", help="print the report as JSON")
    build.set_defaults(command=_build)


def _add_embedder(build: argparse.ArgumentParser) -> None:
    from blue.models import DEFAULT_PRESET, PRESETS

    which = build.add_mutually_exclusive_group()
    which.add_argument(
        "--model",
        help=f"the preset whose embedder reads the items: {', '.join(PRESETS)} (default: {DEFAULT_PRESET})",
    )
    which.add_argument("--encoder", metavar="FOLDER", type=Path, help="an embedder of your own instead")
    which.add_argument(
        "--profiler",
        metavar="NAME[@REVISION]|DIR",
        help="the embedder that a published profiler brings instead",
    )


def _build(chosen: argparse.Namespace) -> str:
    from blue.catalog import Build, build_catalog

    said = {name: getattr(chosen, name) for name in _FIELDS if getattr(chosen, name) is not None}
    build = Build(
        source=chosen.file,
        out=chosen.out,
        columns=said,
        kind=_kind(chosen.default_kind),
        name=chosen.name,
        licence=chosen.licence,
    )
    with Progress(verbose=True, every=_LINES_EVERY) as progress:
        report = build_catalog(
            build, None if chosen.dry_run else lambda: _embedder(chosen, progress), progress
        )
    return as_json(_record(report)) if chosen.json else _text(report)


def _kind(word: str) -> str:
    word = " ".join(word.casefold().split())
    if not word:
        raise CatalogError("--default-kind is empty. Write what your items are, in one word: product.")
    return word


def _embedder(chosen: argparse.Namespace, progress: Progress) -> "LoadedEncoder":
    from blue.models import DEFAULT_PRESET, ModelSource, get_preset
    from blue.retrieval import load_encoder

    if chosen.profiler is not None:
        from blue.hub import open_profiler

        return load_encoder(open_profiler(chosen.profiler, progress).preset.embedder, progress)
    if chosen.encoder is None:
        return load_encoder(get_preset(chosen.model or DEFAULT_PRESET).embedder, progress)
    return load_encoder(ModelSource(chosen.encoder.name, "its own", local=chosen.encoder), progress)


def _check(chosen: argparse.Namespace) -> str:
    from blue.catalog import open_catalog_folder

    manifest = open_catalog_folder(chosen.folder).manifest
    if chosen.json:
        return manifest.model_dump_json(indent=2)
    return f"{chosen.folder} is whole: {manifest.items:,} items, embedded with {manifest.encoder.name}."


def _record(report: "BuildReport") -> Mapping[str, object]:
    read = report.read
    return {
        "out": None if report.folder is None else str(report.folder),
        "form": report.form,
        "columns": dict(report.columns.header),
        "guessed": sorted(report.columns.guessed),
        "unused": list(report.columns.unused),
        "rows": read.rows,
        "items": len(read.items),
        "kinds": dict(report.kinds),
        "duplicates": read.repeats,
        "skipped": read.skipped,
        "skipped_rows": [
            {"line": row.line, "text": row.text, "reason": row.reason} for row in read.skipped_rows
        ],
        "notes": list(report.notes),
    }


def _text(report: "BuildReport") -> str:
    read = report.read
    lines = [f"{report.form}, {read.rows:,} rows", *_column_lines(report.columns)]
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in report.kinds)
    lines.append(f"{len(read.items):,} items ({kinds}), {read.repeats:,} more rows of the same items")
    lines += report.notes
    if read.skipped:
        lines.append(f"{read.skipped:,} rows skipped:")
        lines += [f"  {count:,} x {reason}" for reason, count in read.reasons[:_SHOWN_REASONS]]
        lines += [
            f"  line {row.line}: {row.reason} {row.text[:60]}" for row in read.skipped_rows[:_SHOWN_REASONS]
        ]
    if report.folder is None:
        lines.append("Nothing was written (--dry-run).")
    else:
        lines += [f"Written to {report.folder}", f"Serve it: python app.py --catalog {report.folder}"]
    return "\n".join(lines)


def _column_lines(columns: "ColumnChoice") -> list[str]:
    lines = [
        f"  {name:<12} {header!r}{' (guessed)' if name in columns.guessed else ''}"
        for name, header in columns.header.items()
    ]
    unused = ", ".join(map(repr, columns.unused[:12])) + (" ..." if len(columns.unused) > 12 else "")
    return [*lines, f"  not used     {unused}"] if columns.unused else lines
