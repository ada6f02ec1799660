"""Model files from the Hugging Face Hub at one commit: what is cached, or fetched within bounded time.

Only weights in safetensors (or one named file), configuration and tokenizer files are asked for:
pickled weights and Python files can run code and are never fetched.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from blue.errors import WeightsError
from blue.models.presets import HubRepository
from blue.models.weights.files import Progress, explained_os_errors

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError

ALLOWED = ["*.safetensors", "*.json", "*.txt", "*.jinja", "tokenizer.model"]
IGNORED = ["onnx/*", "openvino/*", "runs/*"]
TIMEOUT_SECONDS = 10  # to connect and to answer; a running download may take as long as it moves


class HubUnreachable(WeightsError):
    """The Hub gave no answer; another place may hold the same model."""


def find_cached(repository: HubRepository) -> Path | None:
    """The complete file or folder of this commit in the Hub's own cache; never uses the network."""
    from huggingface_hub import snapshot_download, try_to_load_from_cache
    from huggingface_hub.errors import LocalEntryNotFoundError

    if repository.file:
        found = try_to_load_from_cache(repository.repo_id, repository.file, revision=repository.revision)
        return Path(found) if isinstance(found, str) else None
    try:
        folder = Path(snapshot_download(**_wanted(repository), local_files_only=True))
    except LocalEntryNotFoundError:
        return None
    return folder if has_all_weights(folder) else None


def fetch(repository: HubRepository, progress: Progress, *, force: bool = False) -> Path:
    """The file or folder of this commit, fetched; `force` replaces what is cached.

    Raises HubUnreachable if there is no answer, WeightsError if the Hub refuses.
    """
    from huggingface_hub import hf_hub_download, snapshot_download

    progress(f"fetching {repository.repo_id} from the Hub", None)
    _require_answer(repository)
    bounds = {"etag_timeout": TIMEOUT_SECONDS, "force_download": force}
    with _explained(repository), explained_os_errors(Path(os.environ.get("HF_HOME", "~/.cache/huggingface"))):
        if repository.file:
            wanted = {"repo_id": repository.repo_id, "filename": repository.file}
            return Path(hf_hub_download(**wanted, revision=repository.revision, **bounds))
        folder = Path(snapshot_download(**_wanted(repository), **bounds))
    if not has_all_weights(folder):
        raise WeightsError(
            f"{repository.repo_id} has no complete safetensors weights at {repository.revision}."
        )
    return folder


def _wanted(repository: HubRepository) -> dict:
    """The part of a repository that is wanted, the same for the cache and the network."""
    return {
        "repo_id": repository.repo_id,
        "revision": repository.revision,
        "allow_patterns": ALLOWED,
        "ignore_patterns": IGNORED,
    }


def _require_answer(repository: HubRepository) -> None:
    """Ask once whether the Hub is there: its client would repeat every request for half a minute."""
    from huggingface_hub import constants, get_session

    if constants.HF_HUB_OFFLINE:  # its client says so itself
        return
    with _explained(repository):
        status = get_session().head(constants.ENDPOINT, timeout=TIMEOUT_SECONDS).status_code
    if status >= 500:
        raise HubUnreachable(f"The Hub answers {status} for now. Try again in a few minutes.")


def has_all_weights(folder: Path) -> bool:
    """Whether the folder holds a configuration and every safetensors file that its index names."""
    if not (folder / "config.json").is_file():
        return False
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return (folder / "model.safetensors").is_file()
    shards = set(json.loads(index.read_text())["weight_map"].values())
    return all((folder / shard).is_file() for shard in shards)


@contextmanager
def _explained(repository: HubRepository) -> Iterator[None]:
    """Turn the Hub's refusals into what a person can do about them."""
    from huggingface_hub import get_session
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError, OfflineModeIsEnabled

    # the Hub's client moved from httpx to httpx2 between releases
    library = sys.modules[type(get_session()).__module__.partition(".")[0]]
    try:
        yield
    except HfHubHTTPError as error:
        raise _refusal(repository, error) from error
    except (LocalEntryNotFoundError, OfflineModeIsEnabled, library.TransportError) as error:
        if isinstance(error.__cause__, HfHubHTTPError):
            raise _refusal(repository, error.__cause__) from error
        raise HubUnreachable(
            f"The Hub gave no answer for {repository.repo_id}, and this computer has no copy of it. "
            "Check the network (and HF_ENDPOINT, HF_HUB_OFFLINE if you set them), "
            "or pass the path of a model folder."
        ) from error


def _refusal(repository: HubRepository, error: "HfHubHTTPError") -> WeightsError:
    """What an answer of 400 or more means for a person."""
    name, status = repository.repo_id, error.response.status_code
    page = f"https://huggingface.co/{name}"
    if status >= 500:
        return HubUnreachable(f"The Hub answers {status} for {name}. Try again in a few minutes.")
    if repository.gated and status in (401, 403):
        return WeightsError(
            f"{name} is gated: accept its terms on {page}, then log in with `hf auth login` "
            "(or set HF_TOKEN to a token with read access) and start again."
        )
    return WeightsError(
        f"The Hub answers {status} for {name} at commit {repository.revision}: it does not exist, or your "
        f"token may not read it. Open {page} while logged in, or log in with `hf auth login`."
    )
