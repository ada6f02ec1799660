"""Model files from the Hugging Face Hub at one commit: what is cached, or fetched within bounded time.

Only weights in safetensors (or one named file), configuration and tokenizer files are asked for:
pickled weights and Python files can run code and are never fetched.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from blue.errors import WeightsError
from blue.presets import HubRepository
from blue.weights.files import Progress, explained_os_errors

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
        folder = Path(
            snapshot_download(repository.repo_id, revision=repository.revision, local_files_only=True)
        )
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
            return Path(
                hf_hub_download(repository.repo_id, repository.file, revision=repository.revision, **bounds)
            )
        folder = Path(
            snapshot_download(
                repository.repo_id,
                revision=repository.revision,
                allow_patterns=ALLOWED,
                ignore_patterns=IGNORED,
                **bounds,
            )
        )
    if not has_all_weights(folder):
        raise WeightsError(
            f"{repository.repo_id} has no complete safetensors weights at {repository.revision}."
        )
    return folder


def _require_answer(repository: HubRepository) -> None:
    """Ask once whether the Hub is there: its client would repeat every request for half a minute."""
    import httpx
    from huggingface_hub import constants

    with _explained(repository):
        httpx.head(constants.ENDPOINT, timeout=TIMEOUT_SECONDS)


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
    import httpx
    from huggingface_hub.errors import (
        GatedRepoError,
        HfHubHTTPError,
        LocalEntryNotFoundError,
        OfflineModeIsEnabled,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    name = repository.repo_id
    try:
        yield
    except RevisionNotFoundError as error:
        raise WeightsError(f"{name} has no commit {repository.revision} on the Hub.") from error
    except (GatedRepoError, RepositoryNotFoundError) as error:  # without a token the Hub hides which
        raise WeightsError(_refusal(repository)) from error
    except (OfflineModeIsEnabled, LocalEntryNotFoundError, httpx.TransportError) as error:
        raise HubUnreachable(
            f"The Hub gave no answer for {name}, and this computer has no copy of it. Check the network "
            "(and HF_ENDPOINT, HF_HUB_OFFLINE if you set them), or pass the path of a model folder."
        ) from error
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status in (401, 403):
            raise WeightsError(_refusal(repository)) from error
        raise HubUnreachable(f"The Hub answered {status} for {name}. Try again in a few minutes.") from error


def _refusal(repository: HubRepository) -> str:
    page = f"https://huggingface.co/{repository.repo_id}"
    if repository.gated:
        return (
            f"{repository.repo_id} is gated: accept its terms on {page}, then log in with `hf auth login` "
            "(or set HF_TOKEN to a token with read access) and start again."
        )
    return (
        f"The Hub refuses {repository.repo_id}: it does not exist, or your token may not read it. "
        f"Open {page} while logged in, or log in with `hf auth login`."
    )
