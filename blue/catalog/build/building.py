"""The build: read the items, embed them, and put a catalogue folder in place, all at once."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from importlib import metadata
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from blue.catalog.build.columns import ColumnChoice, choose_columns
from blue.catalog.build.embedding import embed_in_pieces
from blue.catalog.build.files import open_source
from blue.catalog.build.items import MOST_KINDS, ItemsRead, TooManyKindsError, read_items
from blue.catalog.folder import (
    EMBEDDINGS,
    FAISS_INDEX,
    FILES,
    FORMAT,
    ITEMS,
    MANIFEST,
    SCHEMA_VERSION,
    CatalogManifest,
    EncoderRecord,
    SourceRecord,
    file_records,
)
from blue.errors import CatalogError
from blue.item_text import ITEM_TEXT_VERSION, item_text
from blue.items import Catalog, load_catalog, write_catalog
from blue.models import Progress, explained_os_errors, sha256_of, silent
from blue.retrieval import LoadedEncoder, write_faiss

WORK = ".build"  # inside the folder: what a build has done so far
DEFAULT_KIND = "product"


@dataclass(frozen=True)
class Build:
    """What is built: from which file, to which folder, and what its owner says about it."""

    source: Path
    out: Path
    columns: Mapping[str, str] = field(default_factory=dict)  # field -> header, as the flags say it
    kind: str = DEFAULT_KIND  # of rows whose kind no column says
    name: str = ""  # by default, the folder's
    licence: str = ""


@dataclass(frozen=True)
class BuildReport:
    """What a build came to; `folder` is None where the file was only read."""

    folder: Path | None
    form: str
    columns: ColumnChoice
    read: ItemsRead
    kinds: tuple[tuple[str, int], ...]
    notes: tuple[str, ...]


def build_catalog(
    build: Build, load_encoder: Callable[[], LoadedEncoder] | None, progress: Progress = silent
) -> BuildReport:
    """Build a catalogue folder. The same call goes on after a kill. Without `load_encoder` it only reads.

    The embedder is loaded when the file has turned out to be usable.

    Raises:
        CatalogError: the file cannot be used, or the folder holds something else.
        WeightsError: the embedder cannot be had.
    """
    report = _read(build, progress)
    if load_encoder is None:
        return report
    with explained_os_errors(build.out), _alone_in(build.out):
        work = build.out / WORK
        catalog = _write_items(report.read, work)
        loaded = load_encoder()
        key = sha256(f"{catalog.digest} {loaded.weights_sha256}".encode()).hexdigest()
        texts = [item_text(item) for item in catalog.items]
        os.replace(embed_in_pieces(texts, loaded.encoder, key, work / "pieces", progress), work / EMBEDDINGS)
        embeddings = np.load(work / EMBEDDINGS)
        progress("Writing the index", None)
        write_faiss(embeddings, work / FAISS_INDEX)
        manifest = _manifest(build, report, catalog, loaded, embeddings, work)
        _put_in_place(build.out, work, manifest)
    return BuildReport(build.out, report.form, report.columns, report.read, report.kinds, report.notes)


def _read(build: Build, progress: Progress) -> BuildReport:
    source = open_source(build.source)
    columns = choose_columns(build.columns, source.headers, str(build.source))
    notes: tuple[str, ...] = ()
    try:
        read = read_items(source.rows, columns, build.kind, progress)
    except TooManyKindsError as error:
        if "kind" not in columns.guessed:
            raise _too_many_kinds(columns.header["kind"], error) from None
        notes = (
            f"{columns.header['kind']!r} has more than {MOST_KINDS} values, so it is not used as the kind: "
            f"every item is a {build.kind}. To describe items with it: --genres {columns.header['kind']!r}.",
        )
        columns = columns.without("kind")
        read = read_items(open_source(build.source).rows, columns, build.kind, progress)
    if not read.items:
        raise _no_items(build.source, read)
    kinds = tuple(Counter(item.kind for item in read.items).most_common())
    return BuildReport(None, source.form, columns, read, kinds, (*notes, *read.notes))


def _too_many_kinds(header: str, error: TooManyKindsError) -> CatalogError:
    some = ", ".join(map(repr, error.args[:3]))
    return CatalogError(
        f"--kind {header!r}: the column has more than {MOST_KINDS} values ({some} ...); the page has a "
        f"choice for each kind. Describe items with it instead: --genres {header!r} --kind ''."
    )


def _no_items(path: Path, read: ItemsRead) -> CatalogError:
    if not read.rows:
        return CatalogError(f"{path} holds no rows below its header. Write one item a row.")
    first = read.skipped_rows[0]
    return CatalogError(
        f"{path}: none of its {read.rows:,} rows can be used. Line {first.line}: {first.reason}"
    )


@contextmanager
def _alone_in(out: Path) -> Iterator[None]:
    """One build at a time in a folder that is new, empty, a catalogue, or an unfinished build of one."""
    known = {*FILES, MANIFEST, WORK, f"{WORK}.lock"}
    if out.is_file():
        raise CatalogError(f"{out} is a file. Name a folder to write the catalogue to.")
    if out.exists() and (others := sorted({path.name for path in out.iterdir()} - known - {"README.md"})):
        raise CatalogError(f"{out} holds something else than a catalogue ({others[0]}). Name a new folder.")
    (out / WORK).mkdir(parents=True, exist_ok=True)
    lock = FileLock(out / f"{WORK}.lock", timeout=0)
    try:
        with lock:
            yield
    except Timeout:
        raise CatalogError(
            f"Another build is writing to {out}. Wait for it, or name another folder."
        ) from None
    (out / f"{WORK}.lock").unlink(missing_ok=True)


def _write_items(read: ItemsRead, work: Path) -> Catalog:
    """The items on the disk, and as they are read from there."""
    write_catalog(read.items, work / ITEMS)
    return load_catalog(work / ITEMS)


def _manifest(
    build: Build,
    report: BuildReport,
    catalog: Catalog,
    loaded: LoadedEncoder,
    embeddings: np.ndarray,
    work: Path,
) -> CatalogManifest:
    return CatalogManifest(
        format=FORMAT,
        schema_version=SCHEMA_VERSION,
        name=build.name or build.out.resolve().name,
        licence=build.licence,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        items=len(catalog),
        kinds=dict(report.kinds),
        source=SourceRecord(
            file=build.source.name,
            sha256=sha256_of(build.source),
            rows=report.read.rows,
            skipped=report.read.skipped,
            duplicates=report.read.repeats,
            columns=dict(report.columns.header),
        ),
        encoder=EncoderRecord(
            name=loaded.name, weights_sha256=loaded.weights_sha256, dimension=embeddings.shape[1]
        ),
        item_text_version=ITEM_TEXT_VERSION,
        catalog_digest=catalog.digest,
        files=dict(file_records(work)),
        versions={name: metadata.version(name) for name in ("numpy", "polars", "faiss-cpu")},
    )


def _put_in_place(out: Path, work: Path, manifest: CatalogManifest) -> None:
    """The files into the folder, the manifest last: a folder without one is not a catalogue yet."""
    (out / MANIFEST).unlink(missing_ok=True)
    for name in FILES:
        os.replace(work / name, out / name)
    (work / MANIFEST).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    os.replace(work / MANIFEST, out / MANIFEST)
    shutil.rmtree(work)
