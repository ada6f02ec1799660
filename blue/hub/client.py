"""A repository of the Hub at one commit: bounded retries, then what is kept on this computer, then words.

`fetch("owner/name@revision")` asks for the commit that the revision is now; a full commit hash whose files
are all here already needs no network. When the Hub cannot be reached, the commit that the revision was last
seen at is taken from the Hub's own cache, and `Snapshot.outage` says so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from blue.errors import FilesError
from blue.hub import files
from blue.hub.address import Address
from blue.hub.patience import patiently
from blue.models import HubUnreachable, Progress, silent

TIMEOUT_SECONDS = 10  # to connect and to answer; a running download may take as long as it moves


@dataclass(frozen=True)
class Snapshot:
    """A repository's files on this computer, at one commit."""

    folder: Path
    address: Address
    commit: str
    outage: str | None = None  # what could not be reached, where a kept copy stands in


def fetch(
    address: Address, wanted: Callable[[bytes], list[str]], manifest: str, progress: Progress = silent
) -> Snapshot:
    """The manifest file, then the files that `wanted(its bytes)` names, at the address's commit.

    Raises:
        WeightsError: the repository is missing, private, gated, or not what it should be.
        HubUnreachable: the Hub gave no usable answer, and no complete copy is kept here.
    """
    if address.is_pinned and (folder := _kept(address, address.revision, wanted, manifest)):
        return Snapshot(folder, address, address.revision)
    try:
        commit, listing = _look_up(address, manifest, progress)
        folder = _kept(address, commit, wanted, manifest)
        if folder is None:
            folder = _download(address, commit, listing, wanted, manifest, progress)
    except HubUnreachable as outage:
        return _stand_in(address, wanted, manifest, outage, progress)
    if not address.is_pinned:
        progress(f"{address} is commit {commit} now; to pin it, write {address.repo_id}@{commit}", None)
    return Snapshot(folder, address, commit)


def fetch_again(snapshot: Snapshot, names: list[str], progress: Progress = silent) -> None:
    """Replace files of a snapshot that are damaged on this computer."""
    for name in names:
        progress(f"{name} of {snapshot.address.repo_id} is damaged here, fetching it again", None)
        _file(snapshot.address, name, snapshot.commit, progress, force_download=True)


def _stand_in(
    address: Address,
    wanted: Callable[[bytes], list[str]],
    manifest: str,
    outage: HubUnreachable,
    progress: Progress,
) -> Snapshot:
    """The commit that the revision was last seen at, from the cache; the outage if it is not whole."""
    commit = _last_seen(address, manifest)
    folder = commit and _kept(address, commit, wanted, manifest)
    if not folder:
        raise outage
    told = f"The Hub could not be reached: this is the copy of {address.repo_id} kept at commit {commit}."
    progress(told, None)
    return Snapshot(folder, address, commit, told)


def _look_up(address: Address, manifest: str, progress: Progress) -> tuple[str, Mapping[str, int | None]]:
    """The commit that the revision is now, and what it holds: name -> bytes (None if the Hub does not say).

    Fetching the manifest by the revision's name also notes that commit in the cache.
    """
    from huggingface_hub import HfApi

    progress(f"no folder here is called {address}: asking the Hub", None)
    options = {"repo_type": address.kind, "revision": address.revision, "timeout": TIMEOUT_SECONDS}
    found = patiently(
        lambda: HfApi().repo_info(address.repo_id, files_metadata=True, **options), address, progress
    )
    listing = {sibling.rfilename: sibling.size for sibling in found.siblings or ()}
    return _file(address, manifest, address.revision, progress).parent.name, listing


def _download(
    address: Address,
    commit: str,
    listing: Mapping[str, int | None],
    wanted: Callable[[bytes], list[str]],
    manifest: str,
    progress: Progress,
) -> Path:
    """Every wanted file, after a look at the names and sizes of all that the repository holds."""
    described = _file(address, manifest, commit, progress)
    names = wanted(described.read_bytes())
    where = f"{address.repo_id} at commit {commit}"
    files.require_plain_names(listing, where)
    files.require_sane_sizes({name: size for name, size in listing.items() if size is not None}, where)
    missing = [name for name in names if name not in listing]
    if listing and missing:
        raise FilesError(f"{where} lacks {missing[0]}, which its {manifest} lists. Push it again.")
    for name in names:
        size = listing.get(name)
        progress(f"fetching {name} of {address.repo_id}{f', {size / 1e6:,.1f} MB' if size else ''}", None)
        _file(address, name, commit, progress)
    return described.parent


def _file(
    address: Address, name: str, revision: str | None, progress: Progress, *, force_download: bool = False
) -> Path:
    """One file, from the cache or fetched; a download that was cut goes on where it was."""
    from huggingface_hub import hf_hub_download

    options = {"repo_type": address.kind, "revision": revision, "force_download": force_download}
    fetched = patiently(
        lambda: hf_hub_download(address.repo_id, name, etag_timeout=TIMEOUT_SECONDS, **options),
        address,
        progress,
    )
    return Path(fetched)


def _kept(address: Address, commit: str, wanted: Callable[[bytes], list[str]], manifest: str) -> Path | None:
    """The folder of this commit in the Hub's cache, if every wanted file is in it; never uses the network."""
    described = _cached(address, manifest, commit)
    if described is None or not all(
        _cached(address, name, commit) for name in wanted(described.read_bytes())
    ):
        return None
    return described.parent


def _last_seen(address: Address, manifest: str) -> str | None:
    """The commit at which the revision's manifest was last fetched."""
    found = _cached(address, manifest, address.revision)
    return found.parent.name if found else None


def _cached(address: Address, name: str, revision: str | None) -> Path | None:
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(address.repo_id, name, revision=revision, repo_type=address.kind)
    return Path(found) if isinstance(found, str) else None
