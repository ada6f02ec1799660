"""Files -> one commit of a repository on the Hub. What breaks off leaves no half-made version.

Large files go up first and are kept by their SHA-256; the commit that makes them visible is the last request.
A push that is started again therefore sends only what is missing, and a repository that already holds exactly
these files gets no commit at all.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from blue.errors import WeightsError
from blue.hub import HUB_OWN, Address, Kind, parse_address, patiently
from blue.models import Progress, silent

OFFICIAL = "https://huggingface.co"


@dataclass(frozen=True)
class Pushed:
    """Where it lies now."""

    repo_id: str
    commit: str
    url: str


def full_name(repo: str, kind: Kind = "model", progress: Progress = silent) -> str:
    """`owner/name`; a bare name belongs to whoever is logged in. Raises WeightsError if that is nobody."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import LocalTokenNotFoundError

    if "/" in repo:
        return parse_address(repo, kind).repo_id
    try:
        owner = patiently(lambda: HfApi().whoami(), Address(repo, kind=kind), progress)["name"]
    except LocalTokenNotFoundError as error:
        raise WeightsError(
            f"Nobody is logged in, so '{repo}' has no owner. Log in with `hf auth login`, or set HF_TOKEN."
        ) from error
    return parse_address(f"{owner}/{repo}", kind).repo_id


def push_files(
    files: Mapping[str, Path | bytes],
    repo: str,
    *,
    kind: Kind = "model",
    private: bool = False,
    revision: str | None = None,
    message: str,
    progress: Progress = silent,
) -> Pushed:
    """Make the repository (and the branch) if need be, and its content exactly these files, in one commit.

    Raises:
        HubUnreachable: the Hub gave no usable answer, after bounded retries.
        WeightsError: not logged in, no permission, or the Hub refused what was sent.
    """
    from huggingface_hub import HfApi

    api = HfApi()
    address = Address(repo, revision, kind)
    if address.is_pinned:
        raise WeightsError(
            f"'{revision}' is a commit, which never changes. Push to a branch, e.g. --revision main."
        )
    made = patiently(
        lambda: api.create_repo(repo, repo_type=kind, private=private or None, exist_ok=True),
        address,
        progress,
    )
    address = Address(made.repo_id, revision, kind)
    if revision is not None:
        patiently(
            lambda: api.create_branch(made.repo_id, branch=revision, repo_type=kind, exist_ok=True),
            address,
            progress,
        )
    _speak_what_the_hub_speaks(address, progress)
    size = sum(
        len(content) if isinstance(content, bytes) else content.stat().st_size for content in files.values()
    )
    progress(f"pushing {len(files)} files, {size / 1e6:,.1f} MB, to {made.repo_id}", None)
    commit = patiently(lambda: _commit(api, files, address, message), address, progress)
    return Pushed(made.repo_id, commit, str(made))


def _speak_what_the_hub_speaks(address: Address, progress: Progress) -> None:
    """The client sends large files by Xet where hf_xet is installed; mirrors may know Git LFS only."""
    from huggingface_hub import constants, get_session
    from huggingface_hub.utils import build_hf_headers

    if constants.HF_HUB_DISABLE_XET or constants.ENDPOINT == OFFICIAL:
        return
    page = f"{constants.ENDPOINT}/api/{address.kind}s/{address.repo_id}/xet-write-token"
    asked = patiently(
        lambda: get_session().get(f"{page}/{address.revision or 'main'}", headers=build_hf_headers()),
        address,
        progress,
    )
    if asked.status_code == 404:
        progress(f"{constants.ENDPOINT} has no Xet storage; large files go by Git LFS", None)
        constants.HF_HUB_DISABLE_XET = True


def _commit(api: object, files: Mapping[str, Path | bytes], address: Address, message: str) -> str:
    """One attempt: additions and deletions against what the branch holds now.

    Compared anew at every attempt: a commit whose answer was lost is found, and not made twice.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    options = {"repo_type": address.kind, "revision": address.revision}
    now = api.repo_info(address.repo_id, **options)
    there = {entry.rfilename for entry in now.siblings or ()}
    operations = [
        CommitOperationAdd(name, content if isinstance(content, bytes) else str(content))
        for name, content in files.items()
    ]
    operations += [
        CommitOperationDelete(name, is_folder=False)
        for name in sorted(there - set(files))
        if name.rpartition("/")[2] not in HUB_OWN
    ]
    try:
        made = api.create_commit(
            address.repo_id, operations, commit_message=message, parent_commit=now.sha, **options
        )
    except json.JSONDecodeError:  # no Hub answers like that: `patiently` says so
        raise
    except ValueError as error:  # a card or a commit that the Hub does not take; its words say why
        raise WeightsError(f"The Hub refused the push to {address.repo_id}: {error}") from error
    return made.oid
