"""A repository of the Hub at one commit: bounded retries, then what is kept on this computer, then words.

`fetch("owner/name@revision")` asks for the commit that the revision is now; a full commit hash whose files
are all here already needs no network. When the Hub cannot be reached, the commit that the revision was last
seen at is taken from the Hub's own cache, and `Snapshot.outage` says so.
"""

import json
import re
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from blue.errors import FilesError, WeightsError
from blue.hub import files
from blue.weights import Progress, explained_os_errors, silent
from blue.weights.hub import HubUnreachable

Kind = Literal["model", "dataset"]
T = TypeVar("T")

PAUSES = (1.0, 3.0)  # seconds before the second and the third attempt
MOST_PATIENT = 30.0  # seconds: a Hub that asks for a longer pause is treated as one that is down
TIMEOUT_SECONDS = 10  # to connect and to answer; a running download may take as long as it moves
_COMMIT = re.compile(r"[0-9a-f]{40}")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True)
class Address:
    """`owner/name`, and the branch, tag or commit after `@` if one was given."""

    repo_id: str
    revision: str | None = None
    kind: Kind = "model"

    @property
    def is_pinned(self) -> bool:
        """Whether it names one commit for ever."""
        return bool(self.revision and _COMMIT.fullmatch(self.revision))

    def __str__(self) -> str:
        return f"{self.repo_id}@{self.revision}" if self.revision else self.repo_id


@dataclass(frozen=True)
class Snapshot:
    """A repository's files on this computer, at one commit."""

    folder: Path
    address: Address
    commit: str
    outage: str | None = None  # what could not be reached, where a kept copy stands in


def parse_address(text: str, kind: Kind = "model") -> Address:
    """`owner/name[@revision]`; raises WeightsError if it is nothing of the kind."""
    repo_id, at, revision = text.partition("@")
    if not _NAME.fullmatch(repo_id) or ".." in text or (at and not revision) or re.search(r"\s", text):
        raise WeightsError(
            f"'{text}' is neither a folder that exists nor a repository. Write owner/name, or "
            "owner/name@revision with a branch, a tag or a commit."
        )
    return Address(repo_id, revision or None, kind)


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


def patiently(call: Callable[[], T], address: Address, progress: Progress = silent) -> T:
    """The call's result; what may pass (no answer, 408, 429, 5xx) is tried again a bounded number of times.

    Raises HubUnreachable when it does not pass, WeightsError for a refusal that will not.
    """
    for pause in (*PAUSES, None):
        try:
            with explained_os_errors(_cache()):
                return call()
        except _errors_of_the_client() as error:
            trouble = _trouble(error)
            if trouble is None:
                raise
            refusal = _refusal(address, trouble)
            pause = _pause(trouble, pause)
            if pause is None or not isinstance(refusal, HubUnreachable):
                raise refusal from error
        progress(f"{refusal} Trying again in {pause:g} s.", None)
        time.sleep(pause)
    raise AssertionError("the last attempt returns or raises")


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

    progress(f"asking the Hub for {address}", None)
    options = {"repo_type": address.kind, "revision": address.revision, "timeout": TIMEOUT_SECONDS}
    found = patiently(
        lambda: HfApi().repo_info(address.repo_id, files_metadata=True, **options), address, progress
    )
    listing = {one.rfilename: one.size for one in found.siblings or ()}
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


def _cache() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE)


def _transport_errors() -> type[Exception]:
    """What the client's HTTP library raises; that moved from httpx to httpx2 between releases."""
    from huggingface_hub import get_session

    return sys.modules[type(get_session()).__module__.partition(".")[0]].TransportError


def _errors_of_the_client() -> tuple[type[Exception], ...]:
    """Everything by which the client says that the Hub did not do what was asked, wrapped or not."""
    from huggingface_hub.errors import HfHubHTTPError

    return (HfHubHTTPError, _transport_errors(), OSError, RuntimeError, ValueError)


def _trouble(error: BaseException | None) -> Exception | None:
    """The Hub's answer or the lack of one, under whatever the client wrapped it in; None: not the Hub's."""
    from huggingface_hub.errors import (
        FileMetadataError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
    )

    no_hub = (FileMetadataError, LocalEntryNotFoundError, json.JSONDecodeError)
    while error is not None:
        if isinstance(error, (HfHubHTTPError, _transport_errors(), OfflineModeIsEnabled)):
            return error
        if isinstance(error, OSError) and "Consistency check failed" in str(error):
            return error  # fewer bytes than were announced
        if error.__cause__ is None and isinstance(error, no_hub):
            return error
        error = error.__cause__
    return None


def _pause(trouble: Exception, planned: float | None) -> float | None:
    """Seconds to wait: what the Hub asks for, within reason, or what was planned; None: give up."""
    from huggingface_hub.errors import OfflineModeIsEnabled

    if planned is None or isinstance(trouble, OfflineModeIsEnabled):
        return None
    response = getattr(trouble, "response", None)
    asked = response.headers.get("Retry-After", "") if response is not None else ""
    if not asked.isdecimal():
        return planned
    return float(asked) if float(asked) <= MOST_PATIENT else None


def _refusal(address: Address, trouble: Exception) -> WeightsError:
    """What the Hub's answer means for a person; HubUnreachable for what may pass by itself."""
    from huggingface_hub import constants
    from huggingface_hub.errors import GatedRepoError, RevisionNotFoundError

    response = getattr(trouble, "response", None)
    if response is None:
        return HubUnreachable(
            f"The Hub gave no usable answer for {address}. "
            "Check the network (and HF_ENDPOINT, HF_HUB_OFFLINE if you set them)."
        )
    status = response.status_code
    page = f"{constants.ENDPOINT}/{'datasets/' if address.kind == 'dataset' else ''}{address.repo_id}"
    if status >= 500 or status in (408, 429):
        asked = response.headers.get("Retry-After")
        when = f"in {asked} s" if asked and asked.isdecimal() else "in a few minutes"
        return HubUnreachable(f"The Hub answers {status} for {address}. Try again {when}.")
    if isinstance(trouble, GatedRepoError):
        return WeightsError(
            f"{address.repo_id} is gated: accept its terms on {page}, then log in with `hf auth login` "
            "(or set HF_TOKEN to a token with read access) and start again."
        )
    if isinstance(trouble, RevisionNotFoundError):
        return WeightsError(
            f"{address.repo_id} has no revision {address.revision!r}. See its commits on {page}/commits/main."
        )
    if status == 401:
        return WeightsError(
            f"The Hub answers 401 for {address}: it does not exist, or it is private and you are not logged "
            "in with a token that may see it. Log in with `hf auth login`, or set HF_TOKEN."
        )
    if status == 403:
        return WeightsError(
            f"The Hub answers 403 for {address}: your token may not do this. "
            "Use a token with that permission (HF_TOKEN, or `hf auth login`)."
        )
    return WeightsError(
        f"The Hub answers {status} for {address}. If it should exist, open {page} while logged in, "
        "and check the spelling and your token."
    )
