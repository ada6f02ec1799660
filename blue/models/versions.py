"""`versions.json` beside an adapter: which prompt and which item text it was trained with."""

import json
from pathlib import Path

from blue.errors import WeightsError
from blue.item_text import ITEM_TEXT_VERSION
from blue.profile import PROMPT_VERSION

VERSIONS = "versions.json"
OURS = {"prompt_version": PROMPT_VERSION, "item_text_version": ITEM_TEXT_VERSION}


def state_versions(adapter: Path) -> None:
    """Write into an adapter's folder what this program asks it with."""
    (adapter / VERSIONS).write_text(json.dumps(OURS, indent=2) + "\n", encoding="utf-8")


def require_same(adapter: Path) -> None:
    """Refuse an adapter that says it was trained with other texts; one from elsewhere may say nothing.

    Raises:
        WeightsError: it was, or what it says cannot be read.
    """
    path = adapter / VERSIONS
    if not path.is_file():
        return
    try:
        stated = {name: value for name, value in json.loads(path.read_text("utf-8")).items() if name in OURS}
    except (ValueError, AttributeError) as error:
        raise WeightsError(f"{path} cannot be read ({error}). Write {json.dumps(OURS)}.") from error
    if stated != OURS:
        raise WeightsError(
            f"{adapter} was trained with {_said(stated)}; this program has {_said(OURS)}. "
            "Use the release it was trained with, or train it again (training.warm_start.train)."
        )


def require_stated(adapter: Path) -> None:
    """As `require_same`, for who trains it further: it must say so itself.

    Raises:
        WeightsError: it says nothing, or was trained with others.
    """
    if not (adapter / VERSIONS).is_file():
        raise WeightsError(
            f"{adapter} does not say which prompt it was trained with. Train it again; or, if it was trained "
            f"with this program's, write {json.dumps(OURS)} into {adapter / VERSIONS}."
        )
    require_same(adapter)


def _said(versions: dict) -> str:
    prompt, text = (versions.get(name, "unknown") for name in OURS)
    return f"prompt version {prompt} and item text version {text}"
