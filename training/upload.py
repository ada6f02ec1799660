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
from blue.hub import client
from blue.hub.files import HUB_OWN
from blue.weights import Progress, silent


@dataclass(frozen=True)
class Pushed:
    """Where it lies now."""

    repo_id: str
    commit: str
    url: str


def push_files(
    files: Mapping[str, Path | bytes],
    repo: str,
    *,
    kind: client.Kind = "model",
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
    address = client.Address(repo, revision, kind)
    if address.is_pinned:
        raise WeightsError(
            f"'{revision}' is a commit, which never changes. Push to a branch, e.g. --revision main."
        )
    made = client.patiently(
        lambda: api.create_repo(repo, repo_type=kind, private=private or None, exist_ok=True),
        address,
        progress,
    )
    address = client.Address(made.repo_id, revision, kind)
    if revision is not None:
        client.patiently(
            lambda: api.create_branch(made.repo_id, branch=revision, repo_type=kind, exist_ok=True),
            address,
            progress,
        )
    size = sum(len(one) if isinstance(one, bytes) else one.stat().st_size for one in files.values())
    progress(f"pushing {len(files)} files, {size / 1e6:,.1f} MB, to {made.repo_id}", None)
    commit = client.patiently(lambda: _commit(api, files, address, message), address, progress)
    return Pushed(made.repo_id, commit, str(made))


def _commit(api: object, files: Mapping[str, Path | bytes], address: client.Address, message: str) -> str:
    """One attempt: additions and deletions against what the branch holds now.

    Compared anew at every attempt: a commit whose answer was lost is found, and not made twice.
    """
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete
    from huggingface_hub.hf_api import RepoFile

    options = {"repo_type": address.kind, "revision": address.revision}
    head = api.repo_info(address.repo_id, **options).sha
    listing = api.list_repo_tree(address.repo_id, recursive=True, **options)
    there = {entry.path for entry in listing if isinstance(entry, RepoFile)}
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
            address.repo_id, operations, commit_message=message, parent_commit=head, **options
        )
    except json.JSONDecodeError:  # no Hub answers like that: `patiently` says so
        raise
    except ValueError as error:  # a card or a commit that the Hub does not take; its words say why
        raise WeightsError(f"The Hub refused the push to {address.repo_id}: {error}") from error
    return made.oid
