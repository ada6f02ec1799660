"""What the Hub's client raises, in words; what may pass by itself is tried again, within bounds."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from blue.errors import WeightsError
from blue.hub.address import Address
from blue.models import HubUnreachable, Progress, explained_os_errors, silent

T = TypeVar("T")

PAUSES = (1.0, 3.0)  # seconds before the second and the third attempt
MOST_PATIENT = 30.0  # seconds: a Hub that asks for a longer pause is treated as one that is down


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
